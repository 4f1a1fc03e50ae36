package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/store"
)

// Each text comes once and in the order in which people spoke, whatever the size of the pages and however many were
// said at one moment. The range has its first moment and not its last.
func TestPastTextsPageByPage(t *testing.T) {
	t.Parallel()
	s := open(t)
	var want []string
	for i, at := range []time.Time{noon().Add(-time.Microsecond), noon(), noon(), noon(), noon(), noon().Add(time.Microsecond), noon().Add(time.Minute)} {
		id := fmt.Sprintf("i%d", i)
		if _, err := s.Pool().Exec(context.Background(), `INSERT INTO heed.inbound
			(identity, inbound_message_id, variant, contact, program, body, verdict, reason, ruleset_version, said_at, received_at, raw)
			VALUES ('+12065550100', $1, 'sms', $2, 'alerts', 'hello', 'none', 'no_match', 0, $3, $3, '')`, id, ann, at); err != nil {
			t.Fatal(err)
		}
		if i > 0 && i < 6 {
			want = append(want, id)
		}
	}
	for most := 1; most <= 6; most++ {
		var got []string
		after := store.Place{SaidAt: noon()}
		for {
			page, err := s.PastTexts(context.Background(), after, noon().Add(time.Minute), most)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, text := range page {
				got = append(got, text.ID)
			}
			after = page[len(page)-1].Place
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("in pages of %d (-want +got):\n%s", most, diff)
		}
	}
}
