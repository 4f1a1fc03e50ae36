package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// No list takes a person while the confirmation of their opt-out may still go out, for AWS would refuse it: not
// their second STOP's list, and not that of the START before it.
func TestConfirmationGoesBeforeTheList(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return noon().Add(time.Duration(s) * time.Second) }
	stop, again := spoken{"1", ann, acme, "STOP", at(0)}, spoken{"2", ann, acme, "stop", at(1)}
	for _, c := range []struct {
		sentence  string
		throttled int
		batches   [][]spoken
	}{
		{"STOP twice in one batch, the confirmation throttled", 1, [][]spoken{{stop, again}}},
		{"STOP twice in two batches, the confirmation throttled", 1, [][]spoken{{stop}, {again}}},
		{"START and STOP in one batch", 0, [][]spoken{{{"1", ann, acme, "START", at(0)}, {"2", ann, acme, "STOP", at(3)}}}},
	} {
		t.Run(c.sentence, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			apply(t, s, rulesYAML)
			var now clock
			aws := strictAWS(t, rulesYAML)
			aws.fail = firstSends(c.throttled)
			h := texts(s, aws, now.now)
			for _, batch := range c.batches {
				now.advance(3 * time.Second)
				say(t, h, batch...)
			}
			now.advance(30 * time.Second)
			relay(t, s, h)
			if diff := cmp.Diff([]string{confirmation}, aws.sent()); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"alerts " + ann}, aws.lists()); diff != "" {
				t.Errorf("lists (-want +got):\n%s", diff)
			}
			if t.Failed() {
				t.Log(story(t, s, aws))
			}
		})
	}
}

// A confirmation that was throttled does not follow the answer to the START behind it: the last thing that a person
// hears is about the last thing they said.
func TestConfirmationIsOvertakenByStart(t *testing.T) {
	t.Parallel()
	s := open(t)
	apply(t, s, rulesYAML)
	var c clock
	aws := strictAWS(t, rulesYAML)
	aws.fail = firstSends(1)
	h := texts(s, aws, c.now)
	say(t, h, spoken{"1", ann, acme, "STOP", c.now()})
	c.advance(10 * time.Second)
	say(t, h, spoken{"2", ann, acme, "START", c.now()})
	c.advance(30 * time.Second)
	relay(t, s, h)
	if diff := cmp.Diff([]string{welcome}, aws.sent()); diff != "" {
		t.Errorf("sent (-want +got):\n%s\n%s", diff, story(t, s, aws))
	}
	if listed := aws.lists(); len(listed) != 0 {
		t.Errorf("still listed: %q\n%s", listed, story(t, s, aws))
	}
}
