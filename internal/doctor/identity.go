package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/stack"
	"github.com/heedsms/heed/internal/vitals"
)

// The codes of the identity and its rights.
const (
	NoCredentials  = "no_credentials"
	NoStack        = "no_stack"
	OtherAccount   = "other_account"
	OtherRegion    = "other_region"
	OperatorDenied = "operator_denied"
	FunctionDenied = "function_denied"
	NotSimulated   = "not_simulated"
	NotRead        = "not_read"
)

// Unknown is the finding of credentials that AWS does not take, or that are not there.
func Unknown(why string) []Finding {
	return []Finding{{
		Code: NoCredentials, Severity: Error, Text: "AWS does not know who asks, and nothing at AWS was looked at: " + why,
		Mend: "aws sts get-caller-identity   # until it answers: aws sso login, or AWS_PROFILE",
	}}
}

// Unread is the finding of a part that AWS did not let be read. A call that it refused to this caller is a right that is
// lacking.
func Unread(what, why string, denied bool) Finding {
	if denied {
		return Finding{
			Code: OperatorDenied, Severity: Error, About: what, Text: "AWS refuses it to you: " + why,
			Mend: allowOperator,
		}
	}
	return Finding{Code: NotRead, Severity: Error, About: what, Text: "could not be read: " + why, Mend: "heed doctor   # again"}
}

// Stackless is the finding of a deployment that was not found.
func Stackless(n Names, why string) []Finding {
	return []Finding{{
		Code: NoStack, Severity: Warning, About: n.Stack, Text: "the deployment was not found, and what hangs on it was not looked at: " + why,
		Mend: "sam deploy --guided   # or name it: heed doctor --stack NAME, --outputs FILE, --no-stack",
	}}
}

// Identity judges who asks against where the deployment is.
func Identity(caller vitals.Caller, s stack.Stack, n Names) []Finding {
	account, region := place(s)
	switch {
	case account != "" && account != caller.Account:
		return []Finding{{
			Code: OtherAccount, Severity: Error, About: caller.ARN,
			Text: fmt.Sprintf("is of account %s and the stack %s of %s: what was found below is another account's", caller.Account, n.Stack, account),
			Mend: fmt.Sprintf("export AWS_PROFILE=…   # a profile of account %s", account),
		}}
	case region != "" && region != caller.Region:
		return []Finding{{
			Code: OtherRegion, Severity: Error, About: caller.Region,
			Text: fmt.Sprintf("is not the Region of the stack %s: its topics are in %s, and numbers can publish to their own Region only", n.Stack, region),
			Mend: "export AWS_REGION=" + region,
		}}
	}
	return nil
}

// place is where a deployment is, by an ARN of it.
func place(s stack.Stack) (account, region string) {
	if parts := strings.Split(s.InboundTopic, ":"); len(parts) == 6 {
		return parts[4], parts[3]
	}
	return "", ""
}

// Need is what a principal has to be allowed: actions on resources, under what their conditions may ask.
type Need struct {
	Actions, Resources []string
	// Context are keys of conditions with the values that the calls have.
	Context map[string]string
}

// ARNs of what has no single name yet.
type arns struct{ partition, region, account string }

func arnsOf(c vitals.Caller) arns {
	a := arns{"aws", c.Region, c.Account}
	if parts := strings.Split(c.ARN, ":"); len(parts) > 1 && parts[1] != "" {
		a.partition = parts[1]
	}
	return a
}

func (a arns) of(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", a.partition, service, a.region, a.account, resource)
}

// queue is the ARN of a queue by its URL.
func (a arns) queue(url string) string { return a.of("sqs", last(url)) }

// list is the ARN of an opt-out list by its name or ARN.
func (a arns) list(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	return a.of("sms-voice", "opt-out-list/"+name)
}

// Resources are what the ruleset and the deployment speak of, for the rights on them.
type Resources struct {
	Identities []string // ARNs of numbers and pools
	Lists      []string // names or ARNs of opt-out lists
	Sets       []string // names of configuration sets
	Feedback   bool     // some program tells AWS of each message that is answered
}

// OperatorNeeds are the rights of who runs heed plan, heed apply and heed doctor.
func OperatorNeeds(c vitals.Caller, s stack.Stack, r Resources) []Need {
	a := arnsOf(c)
	needs := []Need{{Resources: []string{"*"}, Actions: []string{
		"sms-voice:DescribePhoneNumbers", "sms-voice:DescribePools", "sms-voice:DescribeOptOutLists", "sms-voice:DescribeConfigurationSets",
		"sms-voice:DescribeAccountAttributes", "sms-voice:DescribeAccountLimits", "sms-voice:DescribeSpendLimits",
		"sms-voice:CreateOptOutList", "sms-voice:CreateConfigurationSet",
	}}}
	var pools, numbers []string
	for _, id := range r.Identities {
		if strings.Contains(id, ":pool/") {
			pools = append(pools, id)
		} else {
			numbers = append(numbers, id)
		}
	}
	needs = append(needs, need(r.Identities, "sms-voice:DescribeKeywords", "sms-voice:PutKeyword", "sms-voice:DeleteKeyword"),
		need(numbers, "sms-voice:UpdatePhoneNumber"), need(pools, "sms-voice:UpdatePool", "sms-voice:ListPoolOriginationIdentities"),
		need(a.sets(r.Sets), "sms-voice:CreateEventDestination", "sms-voice:UpdateEventDestination", "sms-voice:SetDefaultMessageType"))
	if s.EventsStreamRole != "" {
		role := need([]string{s.EventsStreamRole}, "iam:PassRole")
		role.Context = map[string]string{"iam:PassedToService": smsVoice}
		needs = append(needs, role)
	}
	return present(needs)
}

// FunctionNeeds are the rights of the functions, by the ARN of the role of each.
func FunctionNeeds(c vitals.Caller, s stack.Stack, r Resources) map[string][]Need {
	a := arnsOf(c)
	var lists []string
	for _, l := range r.Lists {
		lists = append(lists, a.list(l))
	}
	sending := need(slices.Concat(r.Identities, a.sets(r.Sets)), "sms-voice:SendTextMessage")
	reading := func(url string) Need {
		return need([]string{a.queue(url)}, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	}
	var feedback Need
	if r.Feedback {
		feedback = need([]string{a.of("sms-voice", "message/*")}, "sms-voice:PutMessageFeedback")
	}
	needs := map[string][]Need{
		s.InboundRole: {sending, feedback, need(lists, "sms-voice:PutOptedOutNumber", "sms-voice:DeleteOptedOutNumber"), reading(s.InboundQueue)},
		s.RelayRole:   {sending, feedback, need(lists, "sms-voice:PutOptedOutNumber", "sms-voice:DeleteOptedOutNumber", "sms-voice:DescribeOptedOutNumbers")},
	}
	if s.EventsQueue != "" {
		needs[s.EventsRole] = []Need{reading(s.EventsQueue)}
	}
	delete(needs, "") // a deployment that does not tell its roles
	for role := range needs {
		needs[role] = present(needs[role])
	}
	return needs
}

func (a arns) sets(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, a.of("sms-voice", "configuration-set/"+listName(name)))
	}
	return all
}

func need(resources []string, actions ...string) Need {
	return Need{Actions: actions, Resources: resources}
}

func present(needs []Need) []Need {
	return slices.DeleteFunc(needs, func(n Need) bool { return len(n.Resources) == 0 })
}

// ResourcesOf are the resources that the programs of a ruleset use.
func ResourcesOf(found *plan.Found, w Setup) Resources {
	var r Resources
	add := func(to *[]string, name string) {
		if name != "" && !slices.Contains(*to, name) {
			*to = append(*to, name)
		}
	}
	wanted := w.wanted()
	for _, l := range wanted.Lists {
		add(&r.Lists, l.Ref)
	}
	for _, s := range wanted.Sets {
		add(&r.Sets, listName(s.Ref))
	}
	for _, p := range w.Rules.Programs {
		r.Feedback = r.Feedback || p.Feedback
	}
	if found != nil {
		pools := accountOf(found).pools
		for _, id := range found.Identities {
			if _, ours := plan.Owner(w.Rules, id); ours {
				add(&r.Identities, id.ARN)
				add(&r.Identities, pools[id.Pool].ARN) // it has the settings, whoever is named
			}
		}
	}
	return r
}

// Rights judges what a simulation of policies said. operator is the principal that asks: what is another's is a
// function's. What a principal lacks alike on several resources is one finding.
func Rights(denials []vitals.Denial, operator string, n Names) []Finding {
	type lack struct{ principal, actions string }
	actions := map[vitals.Denial][]string{} // by principal and resource
	resources := map[lack][]string{}
	for _, d := range denials {
		on := vitals.Denial{Principal: d.Principal, Resource: d.Resource}
		actions[on] = append(actions[on], d.Action)
	}
	var order []lack
	for _, d := range denials {
		on := vitals.Denial{Principal: d.Principal, Resource: d.Resource}
		if actions[on] == nil {
			continue // it was put with its others
		}
		l := lack{d.Principal, strings.Join(actions[on], ", ")}
		if resources[l] == nil {
			order = append(order, l)
		}
		resources[l] = append(resources[l], d.Resource)
		delete(actions, on)
	}
	var findings []Finding
	for _, l := range order {
		f := Finding{
			Code: FunctionDenied, Severity: Error, About: l.principal,
			Text: fmt.Sprintf("may not do %s on %s: its function fails there", l.actions, few(resources[l])),
			Mend: fmt.Sprintf("sam deploy --stack-name %s   # the template gives it; else look for a permissions boundary or a policy of the organization", n.Stack),
		}
		if l.principal == operator {
			f.Code, f.Mend = OperatorDenied, allowOperator
			f.Text = fmt.Sprintf("may not do %s on %s: heed apply would be refused there", l.actions, few(resources[l]))
		}
		findings = append(findings, f)
	}
	return findings
}

// allowOperator is what mends a right that an operator lacks.
const allowOperator = "give your role the rights that docs/doctor.md lists for operators"

// Unsimulated is the finding of rights that could not be simulated.
func Unsimulated(principal, why string) Finding {
	return Finding{
		Code: NotSimulated, Severity: Warning, About: principal, Text: "what it may do could not be simulated: " + why,
		Mend: "allow your role iam:SimulatePrincipalPolicy and iam:GetRole",
	}
}
