package sms_test

import (
	"testing"

	"github.com/heedsms/heed/internal/sms"
)

// Every status word of AWS and what heed calls it.
var statusOf = map[string]sms.Status{
	// On its way.
	"QUEUED": sms.StatusQueued, "ACCEPTED": sms.StatusQueued, "PENDING": sms.StatusSent, "SENT": sms.StatusSent,
	"INITIATED": sms.StatusSent, "RINGING": sms.StatusSent, "ANSWERED": sms.StatusSent,
	// Taken by a carrier is not yet in a hand.
	"SUCCESSFUL": sms.StatusAccepted,
	"DELIVERED":  sms.StatusDelivered, "COMPLETED": sms.StatusDelivered, "READ": sms.StatusRead,
	"TTL_EXPIRED": sms.StatusExpired,
	// Not reached.
	"UNREACHABLE": sms.StatusUndeliverable, "CARRIER_UNREACHABLE": sms.StatusUndeliverable, "FAILED": sms.StatusUndeliverable,
	"REJECTED": sms.StatusUndeliverable, "UNDELIVERABLE": sms.StatusUndeliverable, "BUSY": sms.StatusUndeliverable, "NO_ANSWER": sms.StatusUndeliverable,
	// Held up by somebody: handset, carrier, filter, the account's own protection.
	"BLOCKED": sms.StatusBlocked, "CARRIER_BLOCKED": sms.StatusBlocked, "SPAM": sms.StatusBlocked, "PROTECT_BLOCKED": sms.StatusBlocked,
	// Wrong in itself.
	"INVALID": sms.StatusInvalid, "INVALID_MESSAGE": sms.StatusInvalid, "UNROUTABLE": sms.StatusInvalid,
	"UNKNOWN": sms.StatusUnknown,
}

func TestClassifyStatus(t *testing.T) {
	t.Parallel()
	for word, want := range statusOf {
		if got, _ := sms.Classify(word, "TEXT_FROM_NOWHERE", true); got != want {
			t.Errorf("%s is %s, want %s", word, got, want)
		}
	}
}

// Where the status is missing or new, the type of the event says as much as there is to know.
func TestClassifyByEventType(t *testing.T) {
	t.Parallel()
	types := map[string]sms.Status{
		"MEDIA_FILE_INACCESSIBLE": sms.StatusInvalid, "MEDIA_FILE_TYPE_UNSUPPORTED": sms.StatusInvalid, "MEDIA_FILE_SIZE_EXCEEDED": sms.StatusInvalid,
		"RCS_QUEUED": sms.StatusQueued, "RCS_SENT": sms.StatusSent, "RCS_DELIVERED": sms.StatusDelivered, "RCS_READ": sms.StatusRead,
		"RCS_FAILED": sms.StatusUndeliverable, "RCS_TTL_EXPIRED": sms.StatusExpired, "RCS_PROTECT_BLOCKED": sms.StatusBlocked,
		// It goes on, by another way.
		"RCS_FALLEN_BACK_TO_SMS": sms.StatusSent,
	}
	for _, word := range []string{"SENT", "PENDING", "QUEUED", "SUCCESSFUL", "DELIVERED", "INVALID", "INVALID_MESSAGE", "UNREACHABLE", "CARRIER_UNREACHABLE", "BLOCKED", "CARRIER_BLOCKED", "SPAM", "UNKNOWN", "TTL_EXPIRED"} {
		types["TEXT_"+word], types["MEDIA_"+word] = statusOf[word], statusOf[word]
	}
	types["TEXT_PROTECT_BLOCKED"] = sms.StatusBlocked
	for _, word := range []string{"INITIATED", "RINGING", "ANSWERED", "COMPLETED", "BUSY", "NO_ANSWER", "FAILED", "TTL_EXPIRED"} {
		types["VOICE_"+word] = statusOf[word]
	}
	for eventType, want := range types {
		for _, status := range []string{"", "NEVER_SEEN_BEFORE"} {
			if got, _ := sms.Classify(status, eventType, true); got != want {
				t.Errorf("%s with status %q is %s, want %s", eventType, status, got, want)
			}
		}
	}
}

func TestClassifyTheUnknown(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ why, status, eventType string }{
		{"a word of next year", "TELEPORTED", "TEXT_TELEPORTED"},
		{"nothing at all", "", ""},
		{"a type without its prefix is no type", "", "DELIVERED"},
		{"the group words never come in an event", "", "TEXT_ALL"},
	} {
		for _, final := range []bool{true, false} {
			if got, _ := sms.Classify(row.status, row.eventType, final); got != sms.StatusUnknown {
				t.Errorf("%s: %s, want unknown", row.why, got)
			}
		}
	}
	// The status outweighs the type, and case is nothing.
	if got, _ := sms.Classify("delivered", "TEXT_QUEUED", true); got != sms.StatusDelivered {
		t.Errorf("delivered with type TEXT_QUEUED is %s", got)
	}
}

// Of two last words, whichever comes first, the better known one stays.
func TestRanks(t *testing.T) {
	t.Parallel()
	final := func(status string) sms.Rank { _, r := sms.Classify(status, "", true); return r }
	under := func(status string) sms.Rank { _, r := sms.Classify(status, "", false); return r }
	for _, row := range []struct {
		why        string
		less, more sms.Rank
	}{
		{"queued, then sent", under("QUEUED"), under("PENDING")},
		{"anything final is more than something on its way", under("PENDING"), final("UNREACHABLE")},
		{"a real failure is more than UNKNOWN", final("UNKNOWN"), final("TTL_EXPIRED")},
		{"a real success is more than UNKNOWN", final("UNKNOWN"), final("SUCCESSFUL")},
		{"UNKNOWN after 72 hours does not hide that a carrier took it", final("UNKNOWN"), under("SUCCESSFUL")},
		{"UNKNOWN is more than still on its way", under("PENDING"), final("UNKNOWN")},
		{"a failure for good is more than one that may pass", final("UNREACHABLE"), final("INVALID")},
		{"success is more than failure", final("CARRIER_BLOCKED"), final("SUCCESSFUL")},
		{"AWS's own refusal is more than a carrier's failure", final("BLOCKED"), sms.RankRefused},
		{"the handset is more than the carrier", final("SUCCESSFUL"), final("DELIVERED")},
		{"read is more than delivered", final("DELIVERED"), final("READ")},
		{"a real last word is more than none in time", sms.RankNoReceipt, final("UNREACHABLE")},
		{"and so is UNKNOWN", sms.RankNoReceipt, final("UNKNOWN")},
		{"none in time is more than on its way", under("PENDING"), sms.RankNoReceipt},
		{"a word never seen, of a message that goes on, hides no last word", under("TELEPORTING"), final("UNREACHABLE")},
	} {
		if row.less >= row.more {
			t.Errorf("%s: %d is not less than %d", row.why, row.less, row.more)
		}
	}
}

func TestFailed(t *testing.T) {
	t.Parallel()
	failed := map[sms.Status]bool{
		sms.StatusExpired: true, sms.StatusUndeliverable: true, sms.StatusBlocked: true, sms.StatusInvalid: true, sms.StatusRefused: true,
		sms.StatusQueued: false, sms.StatusSent: false, sms.StatusAccepted: false, sms.StatusDelivered: false, sms.StatusRead: false,
		// Nobody knows: that is no failure to report.
		sms.StatusUnknown: false, sms.StatusNoReceipt: false,
	}
	for s, want := range failed {
		if s.Failed() != want {
			t.Errorf("%s: failed is %t", s, !want)
		}
	}
}
