package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/stack"
	"github.com/heedsms/heed/internal/store"
	"github.com/heedsms/heed/internal/vitals"
	heedsql "github.com/heedsms/heed/sql"
)

// look is a look at everything under way: what was read so far, and what is told.
type look struct {
	doctorCommand

	progress func(line func() string)
	report   doctorReport
	names    doctor.Names
	pace     int

	rules    *program.Ruleset // what the account is held against; nil while there is none
	document []byte           // the file, where one was given
	aws      aws.Config
	caller   vitals.Caller
	stack    *stack.Stack
	found    *plan.Found
	refused  []string // operations of AWS that were refused for want of a right
}

func newLook(c doctorCommand, t terminal) *look {
	l := &look{doctorCommand: c, progress: every(t, time.Second), names: doctor.Names{File: c.File, Stack: c.Stack}}
	if c.File == "" {
		l.names.File = "heed.yaml"
	}
	l.report.Well = true
	for _, g := range doctor.Groups() {
		p := &doctorPart{Group: g, Findings: []doctor.Finding{}}
		switch {
		case len(c.Only) > 0 && !slices.Contains(c.Only, g):
			p.Unseen, p.unasked = "--only says so", true
		case c.NoAWS && slices.Contains(groupsAtAWS(), g):
			p.Unseen, p.unasked = "--no-aws says so", true
		}
		l.report.Parts = append(l.report.Parts, p)
	}
	return l
}

// groupsAtAWS are those that are not of this machine or the database.
func groupsAtAWS() []doctor.Group {
	return []doctor.Group{doctor.IdentityGroup, doctor.AccountGroup, doctor.NumbersGroup, doctor.DestinationsGroup, doctor.QueuesGroup}
}

func (l *look) part(g doctor.Group) *doctorPart {
	return l.report.Parts[slices.IndexFunc(l.report.Parts, func(p *doctorPart) bool { return p.Group == g })]
}

// asked says whether one of some groups is to be looked at.
func (l *look) asked(groups ...doctor.Group) bool {
	return slices.ContainsFunc(groups, func(g doctor.Group) bool { return !l.part(g).unasked })
}

// firstAsked is the first of some groups that is to be looked at: a finding that stands before them all is told there.
func (l *look) firstAsked(groups ...doctor.Group) doctor.Group {
	for _, g := range groups {
		if l.asked(g) {
			return g
		}
	}
	return groups[0]
}

// tell adds findings to a group, unless it was not asked for.
func (l *look) tell(g doctor.Group, findings ...doctor.Finding) {
	p := l.part(g)
	if p.unasked {
		return
	}
	p.Findings = append(p.Findings, findings...)
	for _, f := range findings {
		l.report.Well = l.report.Well && f.Severity == doctor.Advice
	}
}

// blind says why groups cannot be looked at, those that are to be. A reason that is no finding of its own is a fault.
func (l *look) blind(why string, groups ...doctor.Group) {
	for _, g := range groups {
		if p := l.part(g); p.Unseen == "" {
			p.Unseen = why
			l.report.Well = false
		}
	}
}

// everything looks at all groups. What is missing for one does not keep it from the others.
func (l *look) everything(ctx context.Context) error {
	databaseKnown, regionKnown := l.settings(ctx)
	// Without a file the ruleset comes from the database.
	if l.asked(doctor.DatabaseGroup) || l.rules == nil && l.asked(doctor.IdentityGroup, doctor.NumbersGroup, doctor.DestinationsGroup) {
		if !databaseKnown {
			l.blind("it is not known where the database is", doctor.DatabaseGroup)
		} else if err := l.database(ctx); err != nil {
			return err
		}
	}
	switch {
	case !l.asked(groupsAtAWS()...):
	case !regionKnown:
		l.blind("there is no AWS Region", groupsAtAWS()...)
	default:
		l.account(ctx)
	}
	return ctx.Err()
}

// settings judges the environment, and says of what comes next whether it can be looked at.
func (l *look) settings(ctx context.Context) (databaseKnown, regionKnown bool) {
	var base struct{ Database config.Database }
	var rest struct {
		Worker  config.Worker
		Sending config.Sending
		Pace    config.Pace
	}
	baseFaults, restFaults := faultsOf(config.Load(&base)), faultsOf(config.Load(&rest))
	l.pace = rest.Pace.Calls
	needed := l.asked(groupsAtAWS()...)
	if needed {
		var err error
		var usage usageError
		if l.aws, err = awsAccount(ctx); err != nil && !errors.As(err, &usage) {
			restFaults = append(restFaults, err.Error())
		}
	}
	l.names.Region = l.aws.Region
	l.tell(doctor.SettingsGroup, doctor.Settings(baseFaults, restFaults, needed && l.aws.Region == "")...)
	return len(baseFaults) == 0, l.aws.Region != ""
}

// faultsOf are the faults that config.Load tells at once.
func faultsOf(err error) []string {
	var faults []string
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		for _, one := range several.Unwrap() {
			faults = append(faults, one.Error())
		}
	}
	return faults
}

// database looks at Postgres, and takes the ruleset in force from it where no file was given.
func (l *look) database(ctx context.Context) error {
	l.progress(func() string { return "the database" })
	d, host, err := examine(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		l.tell(doctor.DatabaseGroup, doctor.Unreachable(host, err.Error())...)
		return nil
	}
	wanted := doctor.Wanted{Names: l.names, Document: l.document, Now: time.Now()}
	if wanted.Migrations, err = migrations(); err != nil {
		return err
	}
	if d.Ruleset > 0 {
		inForce, findings := program.Parse(fmt.Sprintf("version %d", d.Ruleset), d.Document)
		switch {
		case inForce != nil:
			for _, list := range reconcile.Lists(inForce) {
				wanted.Lists = append(wanted.Lists, list.Name)
			}
		case len(findings) > 0:
			wanted.Unread = findings[0].String()
		}
		if l.rules == nil {
			l.rules = inForce
		}
	}
	l.tell(doctor.DatabaseGroup, doctor.Database(d, wanted)...)
	return nil
}

// examine connects once, with patience for a database that is far away or waking.
func examine(ctx context.Context) (d *vitals.Database, host string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	address, err := databaseConfig(ctx)
	if address != nil {
		host = address.Host
	}
	if err != nil {
		return nil, host, err
	}
	if address.ConnectTimeout == 0 {
		address.ConnectTimeout = 10 * time.Second
	}
	conn, err := pgx.ConnectConfig(ctx, address)
	if err != nil {
		return nil, host, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	d, err = store.Examine(ctx, conn, time.Now)
	return d, host, err
}

// migrations are the numbers of those that this heed brings.
func migrations() ([]int64, error) {
	files, err := heedsql.Migrations()
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	var numbers []int64
	for _, name := range names {
		n, err := strconv.ParseInt(name[:5], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read the number of migration %s: %w", name, err)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// account looks at AWS.
func (l *look) account(ctx context.Context) {
	rest := []doctor.Group{doctor.AccountGroup, doctor.NumbersGroup, doctor.DestinationsGroup, doctor.QueuesGroup}
	var err error
	l.progress(func() string { return "who you are to AWS" })
	if l.caller, err = callerOf(ctx, l.aws); err != nil {
		l.tell(doctor.IdentityGroup, doctor.Unknown(plainly(err))...)
		l.blind("AWS does not know who asks", rest...)
		return
	}
	if !l.readStack(ctx) {
		l.blind("the stack is in another account or Region", rest...)
		return
	}
	voice := eum.NewAccount(l.aws, paceOf(max(l.pace, 1)))
	if l.asked(doctor.AccountGroup) {
		l.limits(ctx, voice)
	}
	setup := doctor.Setup{Names: l.names, Rules: l.rules, Stack: l.stack}
	if l.rules == nil {
		l.blind("there is no ruleset to hold it against: name a FILE", doctor.NumbersGroup, doctor.DestinationsGroup)
	} else if l.asked(doctor.IdentityGroup, doctor.NumbersGroup, doctor.DestinationsGroup) {
		l.setup(ctx, voice, setup)
	}
	if l.asked(doctor.IdentityGroup) {
		l.rights(ctx, setup)
	}
	if l.asked(doctor.QueuesGroup) {
		l.queues(ctx)
	}
}

// readStack finds the deployment. With false it is somewhere else than the caller.
func (l *look) readStack(ctx context.Context) bool {
	if l.NoStack {
		return true
	}
	l.progress(func() string { return "the stack" })
	s, err := l.stackFlags.read(ctx, l.aws)
	if err != nil {
		l.tell(l.firstAsked(doctor.IdentityGroup, doctor.NumbersGroup, doctor.DestinationsGroup, doctor.QueuesGroup), doctor.Stackless(l.names, plainly(err))...)
		return true
	}
	l.stack = &s
	elsewhere := doctor.Identity(l.caller, s, l.names)
	l.tell(doctor.IdentityGroup, elsewhere...)
	return len(elsewhere) == 0
}

// limits looks at what the account may do.
func (l *look) limits(ctx context.Context, voice *eum.Account) {
	l.progress(func() string { return "the account's limits" })
	tier, err := voice.Tier(ctx)
	l.unread(doctor.AccountGroup, "sms-voice:DescribeAccountAttributes", err)
	limits, err := voice.Limits(ctx)
	l.unread(doctor.AccountGroup, "sms-voice:DescribeAccountLimits", err)
	spends, err := voice.Spends(ctx)
	l.unread(doctor.AccountGroup, "sms-voice:DescribeSpendLimits", err)
	l.tell(doctor.AccountGroup, doctor.Account(tier, limits, spends, l.names)...)
}

// setup looks at numbers, pools and configuration sets, and at the topics to which they publish.
func (l *look) setup(ctx context.Context, voice *eum.Account, want doctor.Setup) {
	found, err := plan.Read(ctx, eum.Setup{Account: voice}, l.rules, func(what string) { l.progress(func() string { return what }) })
	if err != nil {
		l.unread(l.firstAsked(doctor.NumbersGroup, doctor.DestinationsGroup, doctor.IdentityGroup), "the set-up of the account", err)
		l.blind("the set-up could not be read", doctor.NumbersGroup, doctor.DestinationsGroup)
		return
	}
	l.found = &found
	l.tell(doctor.NumbersGroup, doctor.Numbers(l.found, want)...)
	l.tell(doctor.DestinationsGroup, doctor.Destinations(l.found, want)...)
	if l.stack == nil {
		return
	}
	l.way(ctx, doctor.NumbersGroup, doctor.Way{
		What: "texts", Topic: vitals.Topic{ARN: l.stack.InboundTopic}, Queue: l.stack.InboundQueue, ByRole: doctor.ByRole(l.found, want),
	})
	if l.stack.EventsTopic != "" {
		l.way(ctx, doctor.DestinationsGroup, doctor.Way{What: "delivery events", Topic: vitals.Topic{ARN: l.stack.EventsTopic}, Queue: l.stack.EventsQueue})
	}
}

// way looks at one topic.
func (l *look) way(ctx context.Context, g doctor.Group, w doctor.Way) {
	if !l.asked(g) {
		return
	}
	var err error
	arn := w.Topic.ARN
	l.progress(func() string { return arn })
	if w.Topic, err = topicOf(ctx, l.aws, arn); err != nil {
		l.unread(g, arn, err)
		return
	}
	w.Account = l.caller.Account
	l.tell(g, doctor.Topic(w, l.names)...)
}

// rights asks IAM what the caller and the functions may do.
func (l *look) rights(ctx context.Context, want doctor.Setup) {
	var deployment stack.Stack
	if l.stack != nil {
		deployment = *l.stack
	}
	var resources doctor.Resources
	if l.rules != nil {
		resources = doctor.ResourcesOf(l.found, want)
	}
	operator, err := principalOf(ctx, l.aws, l.caller)
	if err != nil {
		l.tell(doctor.IdentityGroup, doctor.Unsimulated(l.caller.ARN, plainly(err)))
		return
	}
	needs := doctor.FunctionNeeds(l.caller, deployment, resources)
	if operator != "" {
		needs[operator] = doctor.OperatorNeeds(l.caller, deployment, resources)
	}
	var denials []vitals.Denial
	for _, principal := range sortedKeys(needs) {
		l.progress(func() string { return "what " + principal + " may do" })
		denied, err := simulate(ctx, l.aws, principal, needs[principal])
		if err != nil {
			l.tell(doctor.IdentityGroup, doctor.Unsimulated(principal, plainly(err)))
			if isDenied(err) {
				break // it is the same for the others
			}
		}
		denials = append(denials, denied...)
	}
	denials = slices.DeleteFunc(denials, func(d vitals.Denial) bool { return d.Principal == operator && l.knownRefusal(d) })
	l.tell(doctor.IdentityGroup, doctor.Rights(denials, operator, l.names)...)
}

// queues looks at the queues of the deployment.
func (l *look) queues(ctx context.Context) {
	if l.stack == nil {
		l.part(doctor.QueuesGroup).Unseen = "they are the stack's"
		return
	}
	var lines []doctor.Line
	for _, q := range []struct {
		url, what string
		dead      bool
	}{
		{l.stack.InboundQueue, "texts", false},
		{l.stack.InboundDeadLetters, "texts", true},
		{l.stack.EventsQueue, "delivery events", false},
		{l.stack.EventsDeadLetters, "delivery events", true},
	} {
		if q.url == "" {
			continue
		}
		l.progress(func() string { return q.url })
		queue, err := queueOf(ctx, l.aws, q.url)
		if err != nil {
			l.unread(doctor.QueuesGroup, q.url, err)
			continue
		}
		lines = append(lines, doctor.Line{What: q.what, Queue: queue, Dead: q.dead})
	}
	l.tell(doctor.QueuesGroup, doctor.Queues(lines, l.names)...)
}

// unread tells of what AWS did not let be read.
func (l *look) unread(g doctor.Group, what string, err error) {
	if err == nil {
		return
	}
	l.tell(g, doctor.Unread(what, plainly(err), isDenied(err)))
	var operation *smithy.OperationError
	if isDenied(err) && errors.As(err, &operation) {
		l.refused = append(l.refused, operation.OperationName)
	}
}

// knownRefusal says that a right which the caller lacks has been told of: the call was made, and refused.
func (l *look) knownRefusal(d vitals.Denial) bool {
	return slices.ContainsFunc(l.refused, func(operation string) bool { return strings.HasSuffix(d.Action, ":"+operation) })
}

// isDenied says that AWS refused a call for want of a right.
func isDenied(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains([]string{"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}, api.ErrorCode())
}

// plainly is an error without what the SDK puts around AWS's own words.
func plainly(err error) string {
	var api smithy.APIError
	var operation *smithy.OperationError
	switch {
	case errors.As(err, &api) && errors.As(err, &operation):
		return fmt.Sprintf("%s: %s: %s", operation.OperationName, api.ErrorCode(), api.ErrorMessage())
	case errors.As(err, &operation):
		return fmt.Sprintf("%s: %v", operation.OperationName, operation.Unwrap())
	}
	return err.Error()
}
