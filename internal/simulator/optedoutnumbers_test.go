package simulator_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
	"pgregory.net/rapid"
)

// A number leaves a list once every 30 days, whatever the list; the error is one of three.
func TestOptInOnceIn30Days(t *testing.T) {
	t.Parallel()
	for lock, want := range map[simulator.OptInLock]string{
		simulator.LockCannotBeOptedIn:        "validation PHONE_NUMBER_CANNOT_BE_OPTED_IN OptedOutNumber",
		simulator.LockDeletionNotAllowed:     "conflict RESOURCE_DELETION_NOT_ALLOWED opted-out-number",
		simulator.LockModificationNotAllowed: "conflict RESOURCE_MODIFICATION_NOT_ALLOWED opted-out-number",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{OptInLock: lock})
			do(t, d, optOut("Default", person), optIn("Default", person), newList("other"),
				optOut("Default", person), optOut("other", person))
			for _, list := range []string{"Default", "other"} {
				if got := verdict(optIn(list, person)(t.Context(), d)); got != want {
					t.Errorf("%s: %s", list, got)
				}
			}
			d.Advance(30*24*time.Hour - time.Second)
			if got := verdict(optIn("Default", person)(t.Context(), d)); got != want {
				t.Errorf("a second early: %s", got)
			}
			if !d.OptedOut("Default", person) {
				t.Error("a refused deletion took the number off")
			}
			d.Advance(time.Second)
			do(t, d, optIn("Default", person))
			if d.OptedOut("Default", person) {
				t.Error("still listed after 30 days")
			}
		})
	}
}

// A second put keeps the time of the first; what the API put was not the end user's wish, a text was.
func TestOptedOutEntry(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, optOut("Default", person))
	d.Advance(time.Hour)
	do(t, d, optOut("Default", person))
	_, err := d.Text(t.Context(), "+14255550102", ourNumber, "stop")
	must(t, err)

	entries := func(filters ...types.OptedOutFilter) []types.OptedOutNumberInformation {
		out, err := d.client.DescribeOptedOutNumbers(t.Context(), &api.DescribeOptedOutNumbersInput{
			OptOutListName: aws.String("Default"), Filters: filters,
		})
		must(t, err)
		return out.OptedOutNumbers
	}
	byAPI := types.OptedOutNumberInformation{OptedOutNumber: aws.String(person), OptedOutTimestamp: aws.Time(noon)}
	byText := types.OptedOutNumberInformation{
		OptedOutNumber: aws.String("+14255550102"), OptedOutTimestamp: aws.Time(noon.Add(time.Hour)), EndUserOptedOut: true,
	}
	opts := cmp.AllowUnexported(types.OptedOutNumberInformation{})
	if diff := cmp.Diff([]types.OptedOutNumberInformation{byAPI, byText}, entries(), opts); diff != "" {
		t.Error(diff)
	}
	byUser := types.OptedOutFilter{Name: types.OptedOutFilterNameEndUserOptedOut, Values: []string{"true"}}
	if diff := cmp.Diff([]types.OptedOutNumberInformation{byText}, entries(byUser), opts); diff != "" {
		t.Error(diff)
	}
}

// With eventual visibility a change shows in the list after its time, while a send meets it at once; put and taken off
// again within that time, a number comes and goes late.
func TestVisibleAfter(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{VisibleAfter: time.Minute})
	shown := func() int {
		t.Helper()
		out, err := d.client.DescribeOptedOutNumbers(t.Context(), &api.DescribeOptedOutNumbersInput{OptOutListName: aws.String("Default")})
		must(t, err)
		return len(out.OptedOutNumbers)
	}
	do(t, d, optOut("Default", person))
	if got := verdict(send(person)(t.Context(), d)); got != "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number" {
		t.Errorf("a send meets %s", got)
	}
	d.Advance(30 * time.Second)
	do(t, d, optIn("Default", person), send(person))
	for _, row := range []struct {
		why  string
		wait time.Duration
		want int
	}{
		{"neither shows yet", 0, 0},
		{"the put shows, the deletion not yet", 30 * time.Second, 1},
		{"both show", 30 * time.Second, 0},
	} {
		d.Advance(row.wait)
		if got := shown(); got != row.want {
			t.Errorf("%s: %d numbers, want %d", row.why, got, row.want)
		}
	}
}

// Paging gives every number once, in any page size, even when numbers that were given are deleted on the way.
func TestPaging(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := simulator.New(simulator.Options{})
		total := rapid.IntRange(0, 30).Draw(r, "numbers")
		size := rapid.Int32Range(1, 10).Draw(r, "page size")
		for i := range total {
			in := &api.PutOptedOutNumberInput{
				OptOutListName: aws.String("Default"), OptedOutNumber: aws.String(fmt.Sprintf("+142555501%02d", i)),
			}
			if _, err := s.PutOptedOutNumber(t.Context(), in); err != nil {
				r.Fatal(err)
			}
		}
		seen := map[string]bool{}
		in := &api.DescribeOptedOutNumbersInput{OptOutListName: aws.String("Default"), MaxResults: &size}
		for {
			out, err := s.DescribeOptedOutNumbers(t.Context(), in)
			if err != nil {
				r.Fatal(err)
			}
			if len(out.OptedOutNumbers) > int(size) {
				r.Fatalf("a page of %d", len(out.OptedOutNumbers))
			}
			for _, n := range out.OptedOutNumbers {
				if seen[*n.OptedOutNumber] {
					r.Fatalf("%s twice", *n.OptedOutNumber)
				}
				seen[*n.OptedOutNumber] = true
				del := &api.DeleteOptedOutNumberInput{OptOutListName: aws.String("Default"), OptedOutNumber: n.OptedOutNumber}
				if _, err := s.DeleteOptedOutNumber(t.Context(), del); err != nil {
					r.Fatal(err)
				}
			}
			if out.NextToken == nil {
				break
			}
			in.NextToken = out.NextToken
		}
		if len(seen) != total {
			r.Fatalf("%d of %d", len(seen), total)
		}
	})
}
