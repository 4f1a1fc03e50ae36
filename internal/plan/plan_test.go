package plan_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/sms"
	"github.com/heedsms/heed/internal/stack"
)

const (
	here  = "arn:aws:sms-voice:us-east-1:111122223333:"
	texts = "arn:aws:sns:us-east-1:111122223333:texts"
)

func deployed() stack.Stack {
	return stack.Stack{
		InboundTopic: texts, EventsTopic: "arn:aws:sns:us-east-1:111122223333:events", EventsStream: "arn:aws:firehose:us-east-1:111122223333:deliverystream/events",
		EventsStreamRole: "arn:aws:iam::111122223333:role/stream", ConfigurationSet: "heed",
	}
}

func wanted(t interface{ Fatal(...any) }, document string) (plan.Wanted, *program.Ruleset) {
	rules, findings := program.Parse("heed.yaml", []byte(document))
	if rules == nil {
		t.Fatal(findings)
	}
	return plan.Want(rules, deployed()), rules
}

// number is a number as AWS hands it out.
func number(id string, of sms.Identity, kind string) plan.Identity {
	return plan.Identity{
		Kind: plan.Number, ID: id, ARN: here + "phone-number/" + id, Number: of, Type: kind, Country: "US", Status: "ACTIVE",
		Inbound: plan.Inbound{OptOutList: "Default", Keywords: keywords()},
	}
}

func keywords() map[string]plan.Keyword {
	return map[string]plan.Keyword{"HELP": {Action: "AUTOMATIC_RESPONSE", Message: "Help."}, "STOP": {Action: "OPT_OUT", Message: "Bye."}}
}

// pool is a pool, and the numbers put into it.
func pool(id string, numbers ...plan.Identity) []plan.Identity {
	all := []plan.Identity{{
		Kind: plan.Pool, ID: id, ARN: here + "pool/" + id, Number: sms.Identity(id), Status: "ACTIVE",
		Inbound: plan.Inbound{OptOutList: "Default", Keywords: keywords()},
	}}
	for _, n := range numbers {
		n.Pool = id
		all[0].Members = append(all[0].Members, n.ID)
		all = append(all, n)
	}
	return all
}

func account(identities ...plan.Identity) plan.Found {
	return plan.Found{Identities: identities, Lists: []plan.List{{Name: "Default", ARN: here + "opt-out-list/Default"}}}
}

// carryOut is AWS doing an action, on a copy.
func carryOut(t interface{ Fatalf(string, ...any) }, f plan.Found, a plan.Action) plan.Found {
	f.Lists, f.Sets, f.Identities = slices.Clone(f.Lists), slices.Clone(f.Sets), slices.Clone(f.Identities)
	set := func(name string) *plan.Set {
		i := slices.IndexFunc(f.Sets, func(s plan.Set) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("there is no configuration set %s", name)
		}
		f.Sets[i].Destinations = slices.Clone(f.Sets[i].Destinations)
		return &f.Sets[i]
	}
	identity := func(id string) *plan.Identity {
		i := slices.IndexFunc(f.Identities, func(have plan.Identity) bool { return have.ID == id })
		if i < 0 {
			t.Fatalf("there is no %s", id)
		}
		f.Identities[i].Keywords = maps.Clone(f.Identities[i].Keywords)
		return &f.Identities[i]
	}
	switch a := a.(type) {
	case plan.CreateList:
		if !slices.ContainsFunc(f.Lists, func(l plan.List) bool { return l.Name == a.Name }) {
			f.Lists = append(f.Lists, plan.List{Name: a.Name, ARN: here + "opt-out-list/" + a.Name})
		}
	case plan.CreateSet:
		if !slices.ContainsFunc(f.Sets, func(s plan.Set) bool { return s.Name == a.Name }) {
			f.Sets = append(f.Sets, plan.Set{Name: a.Name, ARN: here + "configuration-set/" + a.Name})
		}
	case plan.SetMessageType:
		set(a.Set).MessageType = a.MessageType
	case plan.CreateDestination:
		s := set(a.Set)
		if !slices.ContainsFunc(s.Destinations, func(d plan.Destination) bool { return d.Name == a.Destination.Name }) {
			s.Destinations = append(s.Destinations, a.Destination)
		}
		if len(s.Destinations) > 5 {
			t.Fatalf("a sixth destination of %s", a.Set)
		}
	case plan.UpdateDestination:
		s := set(a.Set)
		i := slices.IndexFunc(s.Destinations, func(d plan.Destination) bool { return d.Name == a.Destination.Name })
		if i < 0 {
			t.Fatalf("there is no destination %s", a.Destination.Name)
		}
		s.Destinations[i] = a.Destination
	case plan.PutKeyword:
		id := identity(a.ID)
		if a.Action == "" {
			a.Action = id.Keywords[a.Word].Action
		}
		id.Keywords[a.Word] = plan.Keyword{Action: a.Action, Message: a.Message}
	case plan.DeleteKeyword:
		if a.Word == "HELP" || a.Word == "STOP" {
			t.Fatalf("%s cannot be deleted", a.Word)
		}
		delete(identity(a.ID).Keywords, a.Word)
	case plan.UpdateIdentity:
		id := identity(a.ID)
		if id.Pool != "" {
			t.Fatalf("%s sits in a pool", a.ID)
		}
		if a.Channel != "" {
			id.TwoWay, id.Channel = true, a.Channel
		}
		if a.SelfManaged != nil {
			id.SelfManaged = *a.SelfManaged
		}
		if id.SelfManaged && !id.TwoWay {
			t.Fatalf("%s: self-managed without two-way", a.ID)
		}
		if a.OptOutList != "" {
			if !slices.ContainsFunc(f.Lists, func(l plan.List) bool { return l.Name == a.OptOutList || l.ARN == a.OptOutList }) {
				t.Fatalf("there is no list %s", a.OptOutList)
			}
			id.OptOutList = a.OptOutList[strings.LastIndex(a.OptOutList, "/")+1:]
		}
		if a.Protected != nil {
			id.Protected = *a.Protected
		}
	case plan.ApplyRuleset:
	default:
		t.Fatalf("AWS cannot %T", a)
	}
	return f
}

// anyAccount draws an account in which much may be wrong.
func anyAccount(t *rapid.T) plan.Found {
	var identities []plan.Identity
	inbound := func(label string, id *plan.Identity) {
		id.TwoWay = rapid.Bool().Draw(t, label+" two-way")
		if id.TwoWay {
			id.Channel = rapid.SampledFrom([]string{texts, texts + "-other", "connect.us-east-1.amazonaws.com"}).Draw(t, label+" channel")
			id.SelfManaged = rapid.Bool().Draw(t, label+" self-managed")
		}
		id.OptOutList = rapid.SampledFrom([]string{"Default", "alerts", "shop"}).Draw(t, label+" list")
		id.Protected = rapid.Bool().Draw(t, label+" protected")
		for _, word := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"START", "UNSTOP", "HOURS", "WIFI", "BAJA", "REVOKE", "JOIN"}), rapid.ID).Draw(t, label+" words") {
			id.Keywords[word] = plan.Keyword{
				Action:  rapid.SampledFrom([]string{"AUTOMATIC_RESPONSE", "OPT_IN", "OPT_OUT", "DANCE"}).Draw(t, label+" "+word),
				Message: "Hm.",
			}
		}
		id.Status = rapid.SampledFrom([]string{"ACTIVE", "ACTIVE", "ACTIVE", "PENDING"}).Draw(t, label+" status")
	}
	pools := map[string]bool{}
	for i, n := range []plan.Identity{
		number("phone-0", "+12065550100", "TEN_DLC"), number("phone-1", "+12065550101", "TEN_DLC"),
		number("phone-2", "+18005550102", "TOLL_FREE"), number("phone-3", "24680", "SHORT_CODE"), number("phone-4", "+12065550104", "SIMULATOR"),
	} {
		label := fmt.Sprint("number ", i)
		if rapid.Bool().Draw(t, label+" absent") {
			continue
		}
		inbound(label, &n)
		if n.Pool = rapid.SampledFrom([]string{"", "", "pool-a", "pool-b"}).Draw(t, label+" pool"); n.Pool != "" {
			pools[n.Pool] = true
		}
		identities = append(identities, n)
	}
	for _, id := range slices.Sorted(maps.Keys(pools)) {
		p := pool(id)[0]
		inbound(id, &p)
		identities = append(identities, p)
	}
	f := account(rapid.Permutation(identities).Draw(t, "identities")...)
	for _, id := range f.Identities { // a list that is in use is there
		if !slices.ContainsFunc(f.Lists, func(l plan.List) bool { return l.Name == id.OptOutList }) {
			f.Lists = append(f.Lists, plan.List{Name: id.OptOutList, ARN: here + "opt-out-list/" + id.OptOutList})
		}
	}
	for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"alerts", "heed", "another"}), rapid.ID).Draw(t, "sets") {
		s := plan.Set{Name: name, ARN: here + "configuration-set/" + name, MessageType: rapid.SampledFrom([]string{"", "PROMOTIONAL", "TRANSACTIONAL"}).Draw(t, name+" type")}
		for i := range rapid.IntRange(0, 5).Draw(t, name+" destinations") {
			d := plan.Destination{
				Name: rapid.SampledFrom([]string{"heed-events", "heed-archive", "d"}).Draw(t, "name"), Enabled: rapid.Bool().Draw(t, "enabled"),
				Types: rapid.SampledFrom([][]string{{"ALL"}, {"TEXT_ALL"}, {"TEXT_ALL", "MEDIA_ALL", "VOICE_ALL", "RCS_ALL"}}).Draw(t, "types"),
			}
			if slices.ContainsFunc(s.Destinations, func(other plan.Destination) bool { return other.Name == d.Name }) {
				d.Name += fmt.Sprint(i)
			}
			switch rapid.IntRange(0, 2).Draw(t, "to") {
			case 0:
				d.Topic = rapid.SampledFrom([]string{deployed().EventsTopic, texts + "-other"}).Draw(t, "topic")
			case 1:
				d.Stream, d.Role = deployed().EventsStream, rapid.SampledFrom([]string{deployed().EventsStreamRole, "arn:aws:iam::111122223333:role/old"}).Draw(t, "role")
			default:
				d.Logs = "arn:aws:logs:us-east-1:111122223333:log-group:x"
			}
			s.Destinations = append(s.Destinations, d)
		}
		f.Sets = append(f.Sets, s)
	}
	return f
}

func anyRules(t *rapid.T) string {
	answers := rapid.SampledFrom([]string{"heed", "aws"})
	extras := rapid.SampledFrom([]string{"", ", messageType: promotional", ", deletionProtection: true", ", deletionProtection: false", `, unmatched: {reply: "Sorry?"}`})
	return fmt.Sprintf(`version: 1
programs:
  alerts: {brand: Acme, optOutList: alerts, configurationSet: alerts, identities: ["+12065550100", pool-a], answers: %s%s, keywords: [{words: [HOURS], reply: "9 to 5"}]}
  shop: {brand: Shop, optOutList: shop, identities: ["+18005550102", "24680", phone-4], answers: %s%s, texts: {help: "%s"}}
`, answers.Draw(t, "alerts"), extras.Draw(t, "alerts"), answers.Draw(t, "shop"), extras.Draw(t, "shop"),
		rapid.SampledFrom([]string{"Shop: help at shop.example", "{{.Identity}} is Shop"}).Draw(t, "help"))
}

// Whatever an account is like: a plan that is carried out leaves nothing to do but what heed may not touch; each of its
// steps can be done again, at once and later; it never asks for what AWS refuses (the model would fail); and in which
// order AWS tells of things makes no difference.
func TestPlansEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, _ := wanted(t, anyRules(t))
		found := anyAccount(t)
		p := plan.Compare(w, found, &plan.InForce{Same: rapid.Bool().Draw(t, "in force")})

		shuffled := found
		shuffled.Identities = rapid.Permutation(found.Identities).Draw(t, "other order")
		shuffled.Lists, shuffled.Sets = rapid.Permutation(found.Lists).Draw(t, "lists"), rapid.Permutation(found.Sets).Draw(t, "sets")
		if diff := cmp.Diff(p, plan.Compare(w, shuffled, &plan.InForce{Same: !hasRuleset(p)}), cmp.Transformer("sorted", func(c []plan.Change) []string {
			var all []string
			for _, one := range c {
				all = append(all, fmt.Sprint(one))
			}
			return slices.Sorted(slices.Values(all))
		})); diff != "" {
			t.Fatal("told in another order, the plan is another: ", diff)
		}

		after := found
		for _, s := range p.Steps {
			after = carryOut(t, after, s.Action)
			if again := carryOut(t, after, s.Action); !cmp.Equal(again, after) {
				t.Fatalf("%#v does something the second time: %s", s.Action, cmp.Diff(after, again))
			}
		}
		second := plan.Compare(w, after, &plan.InForce{Same: true})
		if len(second.Steps) != 0 {
			t.Fatalf("there is more to do: %+v", second.Changes())
		}
		if diff := cmp.Diff(p.Left, second.Left); diff != "" {
			t.Fatal("what heed may not touch has changed: ", diff)
		}
		rest := after
		for _, s := range p.Steps {
			rest = carryOut(t, rest, s.Action)
		}
		if diff := cmp.Diff(after, rest); diff != "" {
			t.Fatal("the plan does something the second time: ", diff)
		}

		// Interrupted anywhere, what is left is the rest.
		n := rapid.IntRange(0, len(p.Steps)).Draw(t, "interrupted after")
		half := found
		for _, s := range p.Steps[:n] {
			half = carryOut(t, half, s.Action)
		}
		written := &plan.InForce{Same: !hasRuleset(p) || n == len(p.Steps)}
		if diff := cmp.Diff(p.Steps[n:], plan.Compare(w, half, written).Steps, cmp.Comparer(func(a, b plan.Change) bool { return a.Op == b.Op && a.What == b.What && a.Field == b.Field })); diff != "" {
			t.Fatalf("after %d of %d steps: %s", n, len(p.Steps), diff)
		}
	})
}

func hasRuleset(p plan.Plan) bool {
	return slices.ContainsFunc(p.Steps, func(s plan.Step) bool { _, ok := s.Action.(plan.ApplyRuleset); return ok })
}

// What is decided of an account, row by row: the steps, what is left, and notes.
func TestCompare(t *testing.T) {
	t.Parallel()
	const heedAnswers = `
  alerts: {brand: Acme, identities: ["+12065550100"], texts: {help: "Acme: help at acme.example. Reply STOP to end.", optOut: "Acme: you are out. Reply START to return."}}
`
	right := func(n plan.Identity) plan.Identity {
		n.TwoWay, n.Channel, n.SelfManaged, n.Keywords = true, texts, true, maps.Clone(n.Keywords)
		n.Keywords["HELP"] = plan.Keyword{Action: "AUTOMATIC_RESPONSE", Message: "Acme: help at acme.example. Reply STOP to end."}
		n.Keywords["STOP"] = plan.Keyword{Action: "OPT_OUT", Message: "Acme: you are out. Reply START to return."}
		return n
	}
	ten := number("phone-0", "+12065550100", "TEN_DLC")
	with := func(n plan.Identity, change func(*plan.Identity)) plan.Identity {
		n.Keywords = maps.Clone(n.Keywords)
		change(&n)
		return n
	}
	for _, row := range []struct {
		sentence, programs string
		identities         []plan.Identity
		steps, left        []string // op, thing, field
		note               string
	}{
		{"all is right", heedAnswers, []plan.Identity{right(ten)}, nil, nil, ""},
		{
			"a number that the account does not have", heedAnswers, nil, nil, []string{"+ phone number +12065550100"}, "",
		},
		{
			"the number waits for its registration", heedAnswers,
			[]plan.Identity{with(ten, func(n *plan.Identity) { n.Status = "PENDING" })},
			nil,
			[]string{
				"~ phone number +12065550100 keyword HELP", "~ phone number +12065550100 keyword STOP", "~ phone number +12065550100 two-way",
				"+ phone number +12065550100 two-way channel", "~ phone number +12065550100 self-managed opt-outs",
			},
			"",
		},
		{
			"a number that another account shares", heedAnswers, []plan.Identity{with(right(ten), func(n *plan.Identity) {
				n.ARN, n.SelfManaged = "arn:aws:sms-voice:us-east-1:444455556666:phone-number/phone-0", false
			})}, nil, []string{"~ phone number +12065550100 self-managed opt-outs"}, "",
		},
		{
			"two programs in one pool", `
  a: {brand: A, identities: ["+12065550100"]}
  b: {brand: B, identities: ["+12065550101"]}
`, pool("pool-1", ten, number("phone-1", "+12065550101", "TEN_DLC")), nil, []string{"~ pool pool-1 program"}, "",
		},
		{
			"a number in the pool that nobody names", heedAnswers, pool("pool-1", ten, number("phone-1", "+12065550199", "TEN_DLC")),
			[]string{
				"~ pool pool-1 keyword HELP", "~ pool pool-1 keyword STOP", "~ pool pool-1 two-way !", "+ pool pool-1 two-way channel", "~ pool pool-1 self-managed opt-outs !",
			},
			nil, "texts to +12065550199 count for the program default",
		},
		{
			"a number that is not in the pool that the file says", `
  a: {brand: A, identities: [pool-1], pools: {pool-1: ["+12065550100"]}}
`, append(pool("pool-1"), ten), nil, []string{"~ phone number +12065550100 belongs to"}, "",
		},
		{
			"a text that is another for each person, where AWS would send it", `
  a: {brand: A, identities: ["+12065550100"], answers: aws, texts: {help: "{{.Contact}}, call us."}}
`, []plan.Identity{ten}, nil, []string{"~ phone number +12065550100 keyword HELP"}, "",
		},
		{
			"the same, where heed sends it", `
  alerts: {brand: Acme, identities: ["+12065550100"], texts: {help: "{{.Contact}}, call us.", optOut: "Acme: you are out. Reply START to return."}}
`, []plan.Identity{right(ten)}, nil, nil, "AWS keeps its own text for HELP",
		},
		{
			"a text that 10DLC does not take", `
  alerts: {brand: Acme, identities: ["+12065550100"], texts: {help: "Acme: help at acme.example. Reply STOP to end.", optOut: "Acme: bye."}}
`,
			[]plan.Identity{with(right(ten), func(n *plan.Identity) { n.Keywords["STOP"] = plan.Keyword{Action: "OPT_OUT", Message: "Acme: bye."} })},
			nil, nil, "texts.optOut has 10 characters",
		},
		{
			"a word that opts out at AWS only", heedAnswers,
			[]plan.Identity{with(right(ten), func(n *plan.Identity) { n.Keywords["ADIOS"] = plan.Keyword{Action: "OPT_OUT", Message: "Bye."} })},
			nil,
			[]string{"- phone number +12065550100 keyword ADIOS"},
			"",
		},
		{
			"a word that opts out at AWS and here", heedAnswers,
			[]plan.Identity{with(right(ten), func(n *plan.Identity) { n.Keywords["REVOKE"] = plan.Keyword{Action: "OPT_OUT", Message: "Bye."} })},
			[]string{"- phone number +12065550100 keyword REVOKE !"},
			nil, "",
		},
		{
			"START at AWS where heed answers: a second answer", heedAnswers,
			[]plan.Identity{with(right(ten), func(n *plan.Identity) { n.Keywords["START"] = plan.Keyword{Action: "OPT_IN", Message: "Hello."} })},
			[]string{"- phone number +12065550100 keyword START !"},
			nil, "",
		},
		{
			"a pool of toll-free and other numbers is left as it is where heed answers", `
  alerts: {brand: Acme, identities: [pool-1], pools: {pool-1: ["+12065550100", "+18005550102"]}, texts: {help: "Acme: help at acme.example. Reply STOP to end.", optOut: "Acme: you are out. Reply START to return."}}
`, append([]plan.Identity{right(pool("pool-1")[0])}, pool("pool-1", ten, number("phone-2", "+18005550102", "TOLL_FREE"))[1:]...), nil, []string{"~ pool pool-1 answers"}, "",
		},
		{
			"a toll-free number where heed answers: its mode stays, no START is made, and one that is there is nobody's second answer", `
  alerts: {brand: Acme, identities: ["+18005550102"], texts: {help: "Acme: help at acme.example. Reply STOP to end."}}
`, []plan.Identity{with(right(number("phone-2", "+18005550102", "TOLL_FREE")), func(n *plan.Identity) {
				n.SelfManaged = false
				n.Keywords["STOP"], n.Keywords["START"] = plan.Keyword{Action: "OPT_OUT", Message: "Bye."}, plan.Keyword{Action: "OPT_IN", Message: "Hello."}
			})}, nil, []string{"~ phone number +18005550102 answers"}, "",
		},
		{
			"a toll-free number where AWS answers: START and UNSTOP, and the carriers' STOP is left alone", `
  alerts: {brand: Acme, answers: aws, identities: ["+18005550102"], texts: {help: "Acme: help at acme.example. Reply STOP to end."}}
`,
			[]plan.Identity{with(right(number("phone-2", "+18005550102", "TOLL_FREE")), func(n *plan.Identity) { n.Keywords["STOP"] = plan.Keyword{Action: "OPT_OUT", Message: "Bye."} })},
			[]string{"+ phone number +18005550102 keyword START", "+ phone number +18005550102 keyword UNSTOP", "~ phone number +18005550102 self-managed opt-outs !"},
			nil, "",
		},
		{
			"a program without a list of its own on two lists", `
  alerts: {brand: Acme, identities: ["+12065550100", "24680"], texts: {help: "Acme: help at acme.example. Reply STOP to end.", optOut: "Acme: you are out. Reply START to return."}}
`,
			[]plan.Identity{right(ten), with(right(number("phone-3", "24680", "SHORT_CODE")), func(n *plan.Identity) { n.OptOutList = "shop" })},
			nil,
			[]string{"~ program alerts opt-out list"},
			"",
		},
		{
			"a role publishes the texts", heedAnswers,
			[]plan.Identity{with(right(ten), func(n *plan.Identity) { n.ChannelRole = "arn:aws:iam::111122223333:role/old" })},
			nil, nil, "has to be allowed sns:Publish",
		},
		{
			"a sender id is not looked at", strings.Replace(heedAnswers, `["+12065550100"]`, `["+12065550100", ACME]`, 1), []plan.Identity{right(ten)}, nil, nil, "",
		},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			t.Parallel()
			w, _ := wanted(t, "version: 1\nprograms:"+row.programs)
			w.Sets = nil // they have tests of their own
			p := plan.Compare(w, account(row.identities...), nil)
			line := func(c plan.Change) string {
				text := strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Op, strings.Split(c.What, " (")[0], c.Field))
				if c.Danger != "" {
					text += " !"
				}
				return text
			}
			var steps, left []string
			for _, c := range p.Changes() {
				steps = append(steps, line(c))
			}
			for _, c := range p.Left {
				left = append(left, line(c))
				if c.Blocked == "" {
					t.Errorf("nothing says why %s is left", line(c))
				}
			}
			if row.sentence == "a text that is another for each person, where AWS would send it" || strings.HasPrefix(row.sentence, "a number that is not in the pool") {
				steps = nil // what else it does is the other rows'
			}
			if diff := cmp.Diff([][]string{row.steps, row.left}, [][]string{steps, left}); diff != "" {
				t.Error(diff)
			}
			if notes := strings.Join(p.Notes, "\n"); !strings.Contains(notes, row.note) || row.note == "" && notes != "" {
				t.Errorf("notes: %s, want %q", notes, row.note)
			}
		})
	}
}

// reader is an account that is read.
type reader struct{ plan.Found }

func (r reader) Numbers(context.Context) ([]plan.Identity, error)  { return r.Identities, nil }
func (r reader) Pools(context.Context) ([]plan.Identity, error)    { return nil, nil }
func (r reader) Members(context.Context, string) ([]string, error) { return nil, nil }
func (r reader) Lists(context.Context) ([]plan.List, error)        { return r.Found.Lists, nil }
func (r reader) Sets(context.Context) ([]plan.Set, error)          { return r.Found.Sets, nil }
func (r reader) Keywords(context.Context, string) (map[string]plan.Keyword, error) {
	return keywords(), nil
}

// AWS tells for a while of a number that was given back. It is not there.
func TestReadLeavesOutWhatIsGone(t *testing.T) {
	t.Parallel()
	_, rules := wanted(t, `{version: 1, programs: {a: {brand: A, identities: ["+12065550100", "+12065550101"]}}}`)
	gone, stays := number("phone-0", "+12065550100", "TEN_DLC"), number("phone-1", "+12065550101", "TEN_DLC")
	gone.Status = "DELETED"
	var told []string
	found, err := plan.Read(t.Context(), reader{account(gone, stays)}, rules, func(what string) { told = append(told, what) })
	if err != nil || len(found.Identities) != 1 || found.Identities[0].ID != "phone-1" {
		t.Errorf("%+v %v", found, err)
	}
	if !slices.Contains(told, "keywords of +12065550101, 1 of 1") {
		t.Errorf("who waits for a thousand numbers is told %q", told)
	}
}

// A deployment in another Region fits nothing: nothing is done, and one thing is told.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	w, _ := wanted(t, `{version: 1, programs: {a: {brand: A, optOutList: a, identities: ["+12065550100"]}}}`)
	found := account(number("phone-0", "+12065550100", "TEN_DLC"))
	found.Lists[0].ARN = "arn:aws:sms-voice:eu-west-1:111122223333:opt-out-list/Default"
	if p := plan.Compare(w, found, &plan.InForce{}); len(p.Steps) != 0 || len(p.Left) != 1 || p.Left[0].From != "us-east-1, account 111122223333" {
		t.Errorf("%+v", p)
	}
}

// What AWS allows no sixth of, what programs disagree on, and names that are taken.
func TestSets(t *testing.T) {
	t.Parallel()
	other := func(name string) plan.Destination {
		return plan.Destination{Name: name, Enabled: true, Types: []string{"ALL"}, Topic: texts + "-other"}
	}
	w, _ := wanted(t, `{version: 1, programs: {a: {brand: A, messageType: promotional}, b: {brand: B, messageType: transactional}}}`)
	found := account()
	found.Sets = []plan.Set{{Name: "heed", Destinations: []plan.Destination{other("heed-events"), other("two"), other("three"), other("four")}}}
	p := plan.Compare(w, found, nil)
	if len(p.Steps) != 1 || p.Steps[0].Action.(plan.CreateDestination).Destination.Name != "heed-events-2" {
		t.Errorf("%+v", p.Steps)
	}
	if len(p.Left) != 2 || p.Left[0].Field != "default message type" || !strings.Contains(p.Left[1].Blocked, "as many as AWS takes") {
		t.Errorf("%+v", p.Left)
	}
	w, _ = wanted(t, `{version: 1, programs: {a: {brand: A, configurationSet: "arn:aws:sms-voice:us-east-1:111122223333:configuration-set/a"}, b: {brand: B, configurationSet: "arn:aws:sms-voice:us-east-1:444455556666:configuration-set/b"}}}`)
	p = plan.Compare(w, account(), nil)
	if len(p.Steps) != 3 || p.Steps[0].Action != (plan.CreateSet{Name: "a"}) || len(p.Left) != 1 || p.Left[0].Op != plan.Add {
		t.Errorf("%+v", p)
	}
}

// A list that another account shares is not made; one of this account is, by its name.
func TestListsByARN(t *testing.T) {
	t.Parallel()
	w, _ := wanted(t, `{version: 1, programs: {a: {brand: A, optOutList: "arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/mine"}, b: {brand: B, optOutList: "arn:aws:sms-voice:us-east-1:444455556666:opt-out-list/theirs"}}}`)
	w.Sets = nil
	p := plan.Compare(w, account(), nil)
	if len(p.Steps) != 1 || p.Steps[0].Action != (plan.CreateList{Name: "mine"}) || len(p.Left) != 0 || len(p.Notes) != 1 {
		t.Errorf("%+v", p)
	}
}

// refusing is AWS that refuses everything with one error.
type refusing struct{ err error }

func (r refusing) Do(context.Context, plan.Action) error { return r.err }

// A refusal is told in words, and who lost the right to apply does nothing.
func TestExplanations(t *testing.T) {
	t.Parallel()
	update := plan.Step{Action: plan.UpdateIdentity{Kind: plan.Pool, Channel: texts}, Changes: []plan.Change{{What: "pool pool-1"}}}
	for says, err := range map[string]error{
		"sms-voice:UpdatePool": &types.AccessDeniedException{},
		"others use up":        &types.ThrottlingException{},
		"nobody knows":         &types.InternalServerException{},
		"turned off meanwhile": &types.ValidationException{Reason: types.ValidationExceptionReasonTwoWayNotEnabled},
		"not active yet":       &types.ConflictException{Reason: types.ConflictExceptionReasonResourceNotActive, Message: aws.String("no")},
		"it is gone":           &types.ResourceNotFoundException{},
	} {
		runner := plan.Runner{AWS: refusing{err}, Held: func(context.Context) error { return nil }}
		_, err := runner.Apply(t.Context(), plan.Plan{Steps: []plan.Step{update}})
		var stopped *plan.StoppedError
		if !errors.As(err, &stopped) || !strings.Contains(stopped.Explanation(), says) {
			t.Errorf("%v is not explained by %q", err, says)
		}
	}
	lost := errors.New("the connection is lost")
	runner := plan.Runner{AWS: refusing{errors.New("called")}, Held: func(context.Context) error { return lost }}
	if _, err := runner.Apply(t.Context(), plan.Plan{Steps: []plan.Step{update}}); !errors.Is(err, lost) {
		t.Error(err)
	}
}
