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
		change := Change{
			Op: Add, Code: SetMissing, Program: strings.Join(w.Programs, ", "), About: have.Name, What: what,
			Why: "replies of " + strings.Join(w.Programs, ", ") + " are sent by it",
		}
		if !c.own(w.Ref) {
			change.Blocked = "it is of another account or Region, and sets cannot be shared: name one of this account"
			c.left(change)
			return
		}
		c.step(CreateSet{have.Name}, change)
	}
	c.messageType(what, have, w)
	if len(w.Destinations) == 0 && c.wanted.Deployed {
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
			Op: Modify, Code: MessageTypeDiffers, About: have.Name, What: what, Field: "default message type", From: have.MessageType, To: strings.Join(w.MessageTypes, " and "),
			Blocked: "programs " + strings.Join(w.Programs, ", ") + " send by this set and want different ones: give each a set of its own",
		})
	case len(w.MessageTypes) == 1 && have.MessageType != w.MessageTypes[0]:
		op := Modify
		if have.MessageType == "" {
			op = Add
		}
		c.step(SetMessageType{have.Name, w.MessageTypes[0]}, Change{
			Op: op, Code: MessageTypeDiffers, About: have.Name, What: what, Field: "default message type", From: have.MessageType, To: w.MessageTypes[0], Why: "messageType in heed.yaml",
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
	if slices.ContainsFunc(same, func(d Destination) bool { return len(set.differences(what, d, w)) == 0 }) {
		return
	}
	if len(same) > 0 {
		changes := set.differences(what, same[0], w)
		w.Name = same[0].Name
		c.step(UpdateDestination{set.Name, w}, changes...)
		return
	}
	change := Change{
		Op: Add, Code: NoDestination, About: set.Name, What: what, Field: "event destination", To: w.Topic + w.Stream,
		Why: "delivery events go to heed: without them a message has no outcome",
	}
	if slices.ContainsFunc(set.Destinations, func(d Destination) bool { return w.Topic != "" && d.Topic != "" || w.Stream != "" && d.Stream != "" }) {
		change.Code = DestinationElsewhere
	}
	if len(set.Destinations) >= maxDestinations {
		change.Code = DestinationsFull
		change.Blocked = fmt.Sprintf("the set has %d event destinations, as many as AWS takes: delete one, or name another set in heed.yaml", len(set.Destinations))
		c.left(change)
		return
	}
	w.Name = freeName(w.Name, set.Destinations)
	set.Destinations = append(slices.Clip(set.Destinations), w)
	c.step(CreateDestination{set.Name, w}, change)
}

// differences are what keeps a destination from getting every event to where it should go.
func (s *Set) differences(what string, have, w Destination) []Change {
	field := "event destination " + have.Name
	var changes []Change
	change := func(code Code, field, from, to, why string) {
		changes = append(changes, Change{Op: Modify, Code: code, About: s.Name, What: what, Field: field, From: from, To: to, Why: why})
	}
	if !have.Enabled {
		change(DestinationDisabled, field, "disabled", "enabled", "no event comes while it is disabled")
	}
	if !coversAll(have.Types) {
		change(TypesMissing, field+", types", strings.Join(have.Types, ", "), strings.Join(w.Types, ", "),
			"events of other types never reach heed: their messages keep the state of before")
	}
	if w.Stream != "" && w.Role != "" && have.Role != w.Role {
		change(StreamRole, field+", role", have.Role, w.Role, "the role of the deployment may write to its stream")
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
