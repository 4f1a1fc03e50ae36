package roster

import (
	"strings"
	"testing"

	"github.com/heedsms/heed/internal/optout"
)

// Each row: a format, what it says of some people, and that it can be read again.
func TestWrite(t *testing.T) {
	t.Parallel()
	people := []Stand{
		{"acme", "+14255550101", optout.OptedOut, noon(), "keyword", 7},
		{"acme", "+14255550102", optout.OptedIn, noon(), "import", 0},
		{"acme", "+14255550103", optout.Held, noon(), "natural_language", 9},
		{"acme, again", "#5f6a", optout.OptedOut, noon(), "keyword", 10},
		{"acme", "12345", optout.OptedOut, noon(), "keyword", 11},
	}
	for _, c := range []struct {
		format Format
		want   string
	}{
		{Heed, "contact,program,state,said_at,source,event_id\n+14255550101,acme,opted_out,2026-11-20T12:00:00Z,keyword,7\n" +
			"+14255550102,acme,opted_in,2026-11-20T12:00:00Z,import,\n+14255550103,acme,held,2026-11-20T12:00:00Z,natural_language,9\n"},
		{AWS, "OptedOutNumber,OptedOutTimestamp,EndUserOptedOut\n+14255550101,2026-11-20T12:00:00Z,true\n"},
		{Twilio, "contact_id,correlation_id,sender_id,status,source,date_of_consent\n" +
			"+14255550101,c58c13e0a0e3d47e7a2aa4d6f7d50e1c,,opt-out,opt-out-message,2026-11-20T12:00:00Z\n+14255550102,ID,,opt-in,others,2026-11-20T12:00:00Z\n"},
	} {
		var b strings.Builder
		w := NewWriter(&b, c.format)
		written := 0
		for _, p := range people {
			if w.Add(p) {
				written++
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if c.format == Twilio { // any 32 characters, each person's own
			for _, line := range []int{1, 2} {
				id := strings.Split(strings.Split(got, "\n")[line], ",")[1]
				want := strings.Split(strings.Split(c.want, "\n")[line], ",")[1]
				if len(id) != 32 {
					t.Errorf("%q is no correlation_id", id)
				}
				got = strings.Replace(got, id, want, 1)
			}
		}
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.format, got, c.want)
		}
		rows, err := readAll(t, b.String(), Options{Program: "acme"})
		if err != nil || len(rows) != written || strings.Contains(strings.Join(rows, "\n"), "refused") {
			t.Errorf("%s read again: %v\n%s", c.format, err, strings.Join(rows, "\n"))
		}
	}
}
