package delivery

import (
	"cmp"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/sms"
)

// Finding is what an event says of the person, and not of the message alone.
type Finding string

// The findings.
const (
	// TollFreeBlocked: a carrier or a handset keeps the texts of a toll-free number from the person. There the carrier's
	// network itself takes STOP, and whether the text ever reaches AWS is not documented (keywords-required): this is how
	// it shows.
	TollFreeBlocked Finding = "toll_free_blocked"
	// InvalidNumber: the number of the person does not exist (TEXT_INVALID, MEDIA_INVALID in
	// configuration-sets-event-types).
	InvalidNumber Finding = "invalid_number"
)

// Evidence is a finding with what it rests on.
type Evidence struct {
	Finding     Finding
	Contact     sms.Phone
	Identity    sms.Identity
	Program     string
	MessageID   string
	EventType   string
	AWSStatus   string
	Description string
	At          time.Time
}

// noProgram is where the consent to a number goes that no program names, as for texts (program.DefaultName).
const noProgram = "default"

// evidenceOf says what an event of a message of a program shows of the person. Only last words count: what AWS still
// tries has shown nothing. AWS tells of no other refusal by an event, a number on its own opt-out list included: that
// one is the answer to the send.
func evidenceOf(e *sms.Event, program string) (Evidence, bool) {
	if !e.Final || e.Contact == "" {
		return Evidence{}, false
	}
	channel, word, _ := strings.Cut(strings.ToUpper(e.Type), "_")
	if e.AWSStatus != "" {
		word = strings.ToUpper(e.AWSStatus)
	}
	if channel != "TEXT" && channel != "MEDIA" {
		return Evidence{}, false
	}
	found := Evidence{
		Contact: e.Contact, Identity: e.Identity, Program: cmp.Or(program, noProgram), MessageID: e.MessageID,
		EventType: e.Type, AWSStatus: e.AWSStatus, Description: e.Description, At: e.OccurredAt,
	}
	switch {
	case (word == "BLOCKED" || word == "CARRIER_BLOCKED") && e.Identity.IsUSTollFree():
		found.Finding = TollFreeBlocked
	case word == "INVALID":
		found.Finding = InvalidNumber
	default:
		return Evidence{}, false
	}
	return found, true
}
