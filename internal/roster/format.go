package roster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/optout"
)

// Format is a layout of lists.
type Format string

// The formats.
const (
	Heed   Format = "heed"   // heed's own
	AWS    Format = "aws"    // the opt-out list of AWS, as its API names things
	Twilio Format = "twilio" // Twilio's consents
)

// What a column is about. Any other column is kept with the evidence.
type role int

const (
	other role = iota
	contact
	program
	state
	saidAt
	reason
	roles // how many there are
)

// headings are the names of the columns that are understood, by format. Case, spaces and punctuation are not looked at.
var headings = map[Format]map[role][]string{
	Heed: {
		contact: {"contact"},
		program: {"program"},
		state:   {"state"},
		saidAt:  {"said_at"},
		reason:  {"reason"},
	},
	AWS: {
		// OptedOutNumberInformation of the API, and the words of the console's table.
		contact: {"OptedOutNumber", "Phone number", "Destination phone number"},
		saidAt:  {"OptedOutTimestamp", "Opted out timestamp", "Opt-out date", "Opted out date", "Date"},
	},
	Twilio: {
		// The Consent Management API (POST /v1/Consents/Bulk), and names that exports of opt-outs have.
		contact: {"contact_id", "Phone number", "Contact", "Recipient"},
		state:   {"status", "consent_status", "OptOutType", "Opt-out type"},
		saidAt:  {"date_of_consent", "Date", "Date created", "Date updated", "Opt-out date", "Opted out at", "Timestamp"},
		reason:  {"source"},
	},
}

// telling are the columns by which a format is known when nobody names it.
var telling = []struct {
	format Format
	names  []string
}{
	{AWS, []string{"OptedOutNumber"}},
	{Twilio, []string{"contact_id"}},
	{Heed, []string{"contact"}},
}

// states are the words for a state, by format.
var states = map[Format]map[string]optout.State{
	Heed: {"opted_in": optout.OptedIn, "opted_out": optout.OptedOut, "held": optout.Held},
	AWS:  {},
	Twilio: {
		"optin": optout.OptedIn, "optedin": optout.OptedIn, "reoptin": optout.OptedIn, "start": optout.OptedIn, "subscribed": optout.OptedIn,
		"optout": optout.OptedOut, "optedout": optout.OptedOut, "stop": optout.OptedOut, "unsubscribed": optout.OptedOut,
	},
}

// plainName is a column's name without case, spaces and punctuation.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 127:
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}

func (f Format) roleOf(name string) role {
	for r, names := range headings[f] {
		if slices.ContainsFunc(names, func(n string) bool { return plainName(n) == plainName(name) }) {
			return r
		}
	}
	return other
}

// detect finds the format of a file by its columns.
func detect(columns []string) (Format, error) {
	for _, t := range telling {
		for _, name := range t.names {
			if slices.ContainsFunc(columns, func(c string) bool { return plainName(c) == plainName(name) }) {
				return t.format, nil
			}
		}
	}
	return "", fmt.Errorf("the columns are %s, by which no format is known: heed has a column contact, aws OptedOutNumber, twilio contact_id; name the format if its columns have other names",
		quoteAll(columns))
}

func quoteAll(names []string) string {
	const most = 20
	var list []string
	for i, n := range names {
		if i == most {
			list = append(list, "…")
			break
		}
		if len(n) > 60 {
			n = n[:60] + "…"
		}
		list = append(list, fmt.Sprintf("%q", n))
	}
	return strings.Join(list, ", ")
}
