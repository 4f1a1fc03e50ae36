package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/stack"
)

// Wanted is what heed.yaml and the deployment want of the account.
type Wanted struct {
	Lists    []WantedList
	Sets     []WantedSet
	Programs []WantedProgram
	// Setless are the programs that have no configuration set, nor has the deployment.
	Setless []string
	// Deployed is false where nobody knows the deployment. What hangs on it is not compared then: topics, streams, roles.
	Deployed bool

	rules *program.Ruleset // whose is which number
}

// WantedList is an opt-out list that programs keep, by name or ARN. An ARN may be another account's, shared.
type WantedList struct {
	Ref      string
	Programs []string
}

// WantedSet is a configuration set that programs send by, by name or ARN.
type WantedSet struct {
	Ref      string
	Programs []string
	// MessageTypes are AWS's words for what the programs want as default, each once; none leaves it as it is.
	MessageTypes []string
	Destinations []Destination
}

// WantedProgram is what the numbers and pools of one program are to be like. Two-way is on for all of them.
type WantedProgram struct {
	*program.Program

	Channel     string // ARN of the topic of the deployment
	SelfManaged bool
	// The texts as AWS can be given them.
	HelpText, StopText, StartText Text
}

// Text is a text of a program for AWS, which sends the same to everybody.
type Text struct {
	Message string
	// Varies says that the program's text is another for each person or number, or may be empty: AWS has no such texts.
	Varies bool
}

// The names of the destinations that heed makes in a configuration set, and the type that covers everything.
const (
	topicDestination  = "heed-events"
	streamDestination = "heed-archive"
	allEvents         = "ALL"
)

// Want says what the programs of a ruleset want, with this deployment behind them. A deployment without a topic is one that
// nobody knows: such a plan says what differs, and cannot be carried out.
func Want(rules *program.Ruleset, deployed stack.Stack) Wanted {
	w := Wanted{rules: rules, Deployed: deployed.InboundTopic != ""}
	for _, p := range rules.Programs {
		w.Programs = append(w.Programs, WantedProgram{
			Program: p, Channel: deployed.InboundTopic, SelfManaged: p.Answers == program.AnswersHeed,
			HelpText: textFor(p.Help(), p.Brand), StopText: textFor(p.OptOut(), p.Brand), StartText: textFor(p.OptIn(), p.Brand),
		})
		if p.OptOutList != "" {
			w.wantList(p)
		}
		if ref := cmp.Or(p.ConfigurationSet, deployed.ConfigurationSet); ref != "" {
			w.wantSet(p, ref, destinations(deployed))
		} else if w.Deployed {
			w.Setless = append(w.Setless, p.Name)
		}
	}
	return w
}

func (w *Wanted) wantList(p *program.Program) {
	i := slices.IndexFunc(w.Lists, func(l WantedList) bool { return l.Ref == p.OptOutList })
	if i < 0 {
		i, w.Lists = len(w.Lists), append(w.Lists, WantedList{Ref: p.OptOutList})
	}
	w.Lists[i].Programs = append(w.Lists[i].Programs, p.Name)
}

func (w *Wanted) wantSet(p *program.Program, ref string, to []Destination) {
	i := slices.IndexFunc(w.Sets, func(s WantedSet) bool { return lastPart(s.Ref) == lastPart(ref) }) // by its name here, by its ARN there
	if i < 0 {
		i, w.Sets = len(w.Sets), append(w.Sets, WantedSet{Ref: ref, Destinations: to})
	}
	s := &w.Sets[i]
	s.Programs = append(s.Programs, p.Name)
	if word := strings.ToUpper(string(p.MessageType)); word != "" && !slices.Contains(s.MessageTypes, word) {
		s.MessageTypes = append(s.MessageTypes, word)
	}
}

// destinations are where the deployment listens for delivery events.
func destinations(deployed stack.Stack) []Destination {
	var to []Destination
	if deployed.EventsTopic != "" {
		to = append(to, Destination{Name: topicDestination, Enabled: true, Types: []string{allEvents}, Topic: deployed.EventsTopic})
	}
	if deployed.EventsStream != "" {
		to = append(to, Destination{
			Name: streamDestination, Enabled: true, Types: []string{allEvents}, Stream: deployed.EventsStream, Role: deployed.EventsStreamRole,
		})
	}
	return to
}

// textFor fills in a text for two people who have nothing in common. AWS can be given what comes out the same.
func textFor(t *program.Template, brand string) Text {
	one, err := t.Execute(program.Data{Brand: brand, Contact: "+14255550101", Identity: "+12065550100", Keyword: "STOP"})
	two, errTwo := t.Execute(program.Data{Brand: brand, Contact: "+447700900101", Identity: "24680", Keyword: "END", Args: []string{"please", "now"}})
	if err != nil || errTwo != nil || one != two || strings.TrimSpace(one) == "" {
		return Text{Varies: true}
	}
	return Text{Message: one}
}

// named are the numbers and pools that a program names anywhere in the file, each once: RCS agents and sender ids,
// which are not looked at, are left out.
func named(p *program.Program) []sms.Identity {
	all := slices.Clone(p.Identities)
	for pool, members := range p.Pools {
		all = append(append(all, pool), members...)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(id sms.Identity) bool {
		return !strings.HasPrefix(string(id), "+") && !sms.Phone(id).ShortNumeric() && !id.IsPhoneNumberID() && !id.IsPool()
	})
}
