package plan

import (
	"fmt"
	"slices"
	"strings"
)

// maxDestinations is how many event destinations a configuration set may have (API_CreateEventDestination).
const maxDestinations = 5

// set compares one configuration set.
func (c *comparison) set(w WantedSet) {
	what := "configuration set " + w.Ref
	have := Set{Name: lastPart(w.Ref)}
	if i := slices.IndexFunc(c.found.Sets, func(s Set) bool { return s.Name == w.Ref || s.ARN == w.Ref }); i >= 0 {
		have = c.found.Sets[i]
		what = "configuration set " + have.Name
	} else {
		change := Change{Op: Add, What: what, Why: "replies of " + strings.Join(w.Programs, ", ") + " are sent by it"}
		if !c.own(w.Ref) {
			change.Blocked = "it is of another account or Region, and sets cannot be shared: name one of this account"
			c.left(change)
			return
		}
		c.step(CreateSet{have.Name}, change)
	}
	c.messageType(what, have, w)
	if len(w.Destinations) == 0 {
		c.note("%s: the deployment has no output for delivery events, so none is sent anywhere.", what)
	}
	for _, d := range w.Destinations {
		c.destination(what, &have, d)
	}
}

func (c *comparison) messageType(what string, have Set, w WantedSet) {
	switch {
	case len(w.MessageTypes) > 1:
		c.left(Change{
			Op: Modify, What: what, Field: "default message type", From: have.MessageType, To: strings.Join(w.MessageTypes, " and "),
			Blocked: "programs " + strings.Join(w.Programs, ", ") + " send by this set and want different ones: give each a set of its own",
		})
	case len(w.MessageTypes) == 1 && have.MessageType != w.MessageTypes[0]:
		op := Modify
		if have.MessageType == "" {
			op = Add
		}
		c.step(SetMessageType{have.Name, w.MessageTypes[0]}, Change{
			Op: op, What: what, Field: "default message type", From: have.MessageType, To: w.MessageTypes[0], Why: "messageType in heed.yaml",
		})
	}
}

// destination compares where events go by what it is, not by how it is called.
func (c *comparison) destination(what string, set *Set, w Destination) {
	var same []Destination
	for _, d := range set.Destinations {
		if w.Topic != "" && d.Topic == w.Topic || w.Stream != "" && d.Stream == w.Stream {
			same = append(same, d)
		}
	}
	if slices.ContainsFunc(same, func(d Destination) bool { return len(differences(what, d, w)) == 0 }) {
		return
	}
	if len(same) > 0 {
		changes := differences(what, same[0], w)
		w.Name = same[0].Name
		c.step(UpdateDestination{set.Name, w}, changes...)
		return
	}
	change := Change{
		Op: Add, What: what, Field: "event destination", To: w.Topic + w.Stream, Why: "delivery events go to heed: without them a message has no outcome",
	}
	if len(set.Destinations) >= maxDestinations {
		change.Blocked = fmt.Sprintf("the set has %d event destinations, as many as AWS takes: delete one, or name another set in heed.yaml", len(set.Destinations))
		c.left(change)
		return
	}
	w.Name = freeName(w.Name, set.Destinations)
	set.Destinations = append(slices.Clip(set.Destinations), w)
	c.step(CreateDestination{set.Name, w}, change)
}

// differences are what keeps a destination from getting every event to where it should go.
func differences(what string, have, w Destination) []Change {
	field := "event destination " + have.Name
	var changes []Change
	if !have.Enabled {
		changes = append(changes, Change{Op: Modify, What: what, Field: field, From: "disabled", To: "enabled", Why: "no event comes while it is disabled"})
	}
	if !coversAll(have.Types) {
		changes = append(changes, Change{
			Op: Modify, What: what, Field: field + ", types", From: strings.Join(have.Types, ", "), To: strings.Join(w.Types, ", "),
			Why: "events of other types never reach heed: their messages keep the state of before",
		})
	}
	if w.Stream != "" && w.Role != "" && have.Role != w.Role {
		changes = append(changes, Change{Op: Modify, What: what, Field: field + ", role", From: have.Role, To: w.Role, Why: "the role of the deployment may write to its stream"})
	}
	return changes
}

// coversAll says whether event types leave none out (page configuration-sets-event-types).
func coversAll(types []string) bool {
	has := func(t string) bool { return slices.Contains(types, t) }
	return has(allEvents) || has("TEXT_ALL") && has("MEDIA_ALL") && has("VOICE_ALL") && has("RCS_ALL")
}

func freeName(name string, taken []Destination) string {
	free := name
	for n := 2; slices.ContainsFunc(taken, func(d Destination) bool { return d.Name == free }); n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}
