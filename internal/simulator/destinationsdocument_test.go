package simulator_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/simulator"
)

// What docs/simulator.md says of destinations is what becomes of messages to them. -update writes it.
func TestDestinationsDocument(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../docs/simulator.md", "<!-- destinations -->\n", "<!-- /destinations -->"
	numbers := []string{
		string(simulator.DestinationSuccess), string(simulator.DestinationSuccessGB),
		string(simulator.DestinationFailure), string(simulator.DestinationFailureGB),
	}
	for i := range 20 {
		numbers = append(numbers, fmt.Sprint("+142555501", 80+i))
	}
	usual := coursesTo(t, person)
	var table strings.Builder
	table.WriteString("| destination | text | media message | call | RCS message (`--rcs-events`) |\n| --- | --- | --- | --- | --- |\n")
	fmt.Fprintf(&table, "| any other | %s |\n", strings.Join(usual, " | "))
	for _, number := range numbers {
		courses := coursesTo(t, number)
		for i := range courses {
			if courses[i] == usual[i] {
				courses[i] = ""
			}
		}
		if strings.Join(courses, "") != "" || strings.HasPrefix(number, "+14254147") || strings.HasPrefix(number, "+44") {
			fmt.Fprintf(&table, "| %s | %s |\n", number, strings.Join(courses, " | "))
		}
	}
	text, err := os.ReadFile(file)
	must(t, err)
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatalf("%s has no place for the table", file)
	}
	want := before + begin + table.String() + end + after
	if updating() {
		must(t, os.WriteFile(file, []byte(want), 0o600))
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("%s is not what the double does (run it with -update):\n%s", file, diff)
	}
}

// coursesTo is what becomes of a text, a media message, a call and an RCS message to a number.
func coursesTo(t *testing.T, to string) []string {
	t.Helper()
	var courses []string
	for _, channel := range []string{"TEXT", "MEDIA", "VOICE", "RCS"} {
		courses = append(courses, courseTo(t, to, channel))
	}
	return courses
}

// courseTo is what becomes of a message, in the event types without their channel.
func courseTo(t *testing.T, to, channel string) string {
	t.Helper()
	d, _ := listening(t, simulator.Options{RCSEvents: true})
	do(t, d, able)
	agent := string(d.AddRCSAgent(simulator.RCSAgentSpec{Countries: []string{"US", "GB"}, Fallback: ourNumber}))
	life, set := aws.Int32(120), aws.String("alerts")
	switch channel {
	case "MEDIA":
		do(t, d, sendPhoto(to, func(in *api.SendMediaMessageInput) { in.ConfigurationSetName, in.TimeToLive = set, life }))
	case "VOICE":
		do(t, d, ring(to, func(in *api.SendVoiceMessageInput) { in.ConfigurationSetName, in.TimeToLive = set, life }))
	default:
		do(t, d, send(to, func(in *api.SendTextMessageInput) {
			in.ConfigurationSetName, in.TimeToLive = set, life
			if channel == "RCS" {
				in.OriginationIdentity = &agent
			}
		}))
	}
	var course []string
	for _, e := range d.PendingEvents() {
		word := strings.TrimPrefix(e.Type, channel+"_")
		if strings.Contains(string(e.JSON), `"isFinal":true`) {
			word += "!"
		}
		if after := e.At.Sub(noon); after >= time.Minute {
			word += " after " + strings.TrimSuffix(strings.TrimSuffix(after.String(), "0s"), "0m")
		}
		course = append(course, word)
	}
	return strings.Join(course, ", ")
}
