package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/plan"
)

// The codes of configuration sets and their event destinations.
const (
	NoSet                = "no_set"
	SetMissing           = "set_missing"
	NoDestination        = "no_destination"
	DestinationDisabled  = "destination_disabled"
	DestinationElsewhere = "destination_elsewhere"
	DestinationsFull     = "destinations_full"
	TypesMissing         = "types_missing"
	StreamRole           = "stream_role"
)

// mostDestinations is how many a configuration set may have.
const mostDestinations = 5

// textTypes are the events of a text that AWS can tell of. TEXT_SENT is in its list of words and refused.
func textTypes() []string {
	return []string{
		"TEXT_PENDING", "TEXT_QUEUED", "TEXT_SUCCESSFUL", "TEXT_DELIVERED", "TEXT_INVALID", "TEXT_INVALID_MESSAGE", "TEXT_UNREACHABLE",
		"TEXT_CARRIER_UNREACHABLE", "TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED", "TEXT_SPAM", "TEXT_UNKNOWN", "TEXT_TTL_EXPIRED", "TEXT_PROTECT_BLOCKED",
	}
}

// Destinations judges whether what becomes of replies is told to heed: the configuration set of each program, and where
// its events go.
func Destinations(found *plan.Found, w Setup) []Finding {
	var findings []Finding
	seen := map[string]bool{}
	for _, p := range w.Rules.Programs {
		name := w.set(p)
		if name == "" {
			findings = append(findings, Finding{
				Code: NoSet, Severity: Warning, Program: p.Name, Text: "has no configuration set, and the deployment none: nothing is ever heard of what became of its replies",
				Mend: fmt.Sprintf("name one as configurationSet: in %s, then %s", w.File, w.apply()),
			})
			continue
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		i := slices.IndexFunc(found.Sets, func(s plan.Set) bool { return s.Name == name })
		if i < 0 {
			findings = append(findings, Finding{
				Code: SetMissing, Severity: Error, Program: p.Name, About: name, Text: "AWS has no configuration set of this name: it refuses every reply that names it", Mend: w.apply(),
			})
			continue
		}
		if w.Stack != nil {
			findings = append(findings, destinations(found.Sets[i], w)...)
		}
	}
	return findings
}

// destinations judges where the events of a set go.
func destinations(set plan.Set, w Setup) []Finding {
	one := func(code string, severity Severity, format string, args ...any) []Finding {
		return []Finding{{Code: code, Severity: severity, About: set.Name, Text: fmt.Sprintf(format, args...), Mend: w.apply()}}
	}
	var here, enabled []plan.Destination
	var elsewhere []string
	for _, d := range set.Destinations {
		ours := d.Topic != "" && d.Topic == w.Stack.EventsTopic || d.Stream != "" && d.Stream == w.Stack.EventsStream
		switch {
		case ours && d.Enabled:
			here, enabled = append(here, d), append(enabled, d)
		case ours:
			here = append(here, d)
		case d.Topic != "" || d.Stream != "":
			elsewhere = append(elsewhere, cmp.Or(d.Topic, d.Stream))
		}
	}
	switch {
	case len(here) == 0 && len(set.Destinations) >= mostDestinations:
		findings := one(DestinationsFull, Error, "has %d event destinations, which is the most, and none leads to heed: nothing is heard of what became of replies", mostDestinations)
		findings[0].Mend = fmt.Sprintf("aws pinpoint-sms-voice-v2 delete-event-destination --configuration-set-name %s --event-destination-name %s --region %s   # the one that nobody needs, then %s",
			set.Name, set.Destinations[0].Name, w.Region, w.apply())
		return findings
	case len(here) == 0 && len(elsewhere) > 0:
		return one(DestinationElsewhere, Error, "sends its events to %s and not to heed's %s: nothing is heard of what became of replies",
			strings.Join(elsewhere, ", "), cmp.Or(w.Stack.EventsTopic, w.Stack.EventsStream))
	case len(here) == 0:
		return one(NoDestination, Error, "has no event destination that leads to heed: nothing is heard of what became of replies")
	case len(enabled) == 0:
		return one(DestinationDisabled, Error, "its event destination %s is switched off: nothing is heard of what became of replies", here[0].Name)
	}
	var findings []Finding
	if absent := missingTypes(enabled); len(absent) > 0 {
		findings = one(TypesMissing, Warning, "does not send heed the events %s: replies that end so stay open for four days and end as no_receipt", strings.Join(absent, ", "))
	}
	for _, d := range enabled {
		if d.Stream != "" && w.Stack.EventsStreamRole != "" && d.Role != w.Stack.EventsStreamRole {
			findings = append(findings, one(StreamRole, Warning, "its destination %s writes to the stream with the role %s, the deployment made %s for it: events may be lost",
				d.Name, d.Role, w.Stack.EventsStreamRole)...)
		}
	}
	return findings
}

// missingTypes are the events of a text that none of the destinations takes.
func missingTypes(ds []plan.Destination) []string {
	return slices.DeleteFunc(textTypes(), func(t string) bool {
		return slices.ContainsFunc(ds, func(d plan.Destination) bool {
			return slices.Contains(d.Types, t) || slices.Contains(d.Types, "TEXT_ALL") || slices.Contains(d.Types, "ALL")
		})
	})
}
