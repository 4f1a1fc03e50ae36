package main

import (
	"context"
	"fmt"
	"time"

	"github.com/heedsms/heed/internal/config"
	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/program"
	"github.com/heedsms/heed/internal/store"
)

type planCommand struct {
	stackFlags

	File       string `arg:"" help:"The heed.yaml."`
	NoDatabase bool   `help:"Compare AWS only, and not the ruleset in force."`
	JSON       bool   `name:"json" help:"The plan as one JSON document."`
}

// Help is shown by heed plan --help.
func (planCommand) Help() string {
	return `Reads how numbers, pools, keywords, opt-out lists and configuration sets are set up at AWS and which ruleset is in force, and says what heed apply would change to make them what heed.yaml and the deployment say: in which order, why, and what is dangerous. It changes nothing. docs/plan.md explains each line.

AWS allows one call a second: an account with ten numbers takes some fifteen seconds (HEED_AWS_CALLS_PER_SECOND where the quota was raised). The credentials are those that the AWS CLI would take.

The exit code is 0 when there is nothing to do, 1 when something differs or the file has errors, 2 when the command was called wrongly.

  heed plan heed.yaml
  heed plan heed.yaml --stack heed-staging --json | jq '.summary'
  aws cloudformation describe-stacks --stack-name heed > outputs.json
  heed plan heed.yaml --outputs outputs.json --no-database`
}

// Run compares.
func (c planCommand) Run(ctx context.Context, t terminal) error {
	s, err := readSetUp(ctx, t, c.stackFlags, c.File)
	if err != nil {
		return err
	}
	if !c.NoDatabase {
		if s.db, err = openStore(ctx); err != nil {
			return err
		}
		defer s.db.Close()
	}
	p, err := s.compare(ctx, t)
	if err != nil {
		return err
	}
	if c.JSON {
		err = writeReport(t.out, planReport{p, summaryOf(p)})
	} else {
		err = tellPlan(t, p)
	}
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	if !p.Empty() {
		return errNo
	}
	return nil
}

// planReport is a plan with its numbers.
type planReport struct {
	plan.Plan
	Summary planSummary `json:"summary"`
}

// setUp is what is compared: a file with its deployment on the one side, an account and a database on the other.
type setUp struct {
	rules    *program.Ruleset
	document []byte
	wanted   plan.Wanted
	account  eum.Setup
	db       *store.Store // nil: it is not asked
}

// readSetUp reads what is wanted. A file with errors ends it.
func readSetUp(ctx context.Context, t terminal, deployment stackFlags, file string) (*setUp, error) {
	var settings struct{ Pace config.Pace }
	if err := config.Load(&settings); err != nil {
		return nil, usageError{err}
	}
	rules, findings, document, err := readRules(file)
	if err != nil {
		return nil, err
	}
	tellFindings(terminal{out: t.err}, findings, false)
	if rules == nil {
		return nil, errNo
	}
	account, err := awsAccount(ctx)
	if err != nil {
		return nil, err
	}
	deployed, err := deployment.read(ctx, account)
	if err != nil {
		return nil, err
	}
	return &setUp{
		rules: rules, document: document, wanted: plan.Want(rules, deployed),
		account: eum.Setup{Account: eum.NewAccount(account, paceOf(settings.Pace.Calls))},
	}, nil
}

// compare reads what there is, and says what to do about it.
func (s *setUp) compare(ctx context.Context, t terminal) (plan.Plan, error) {
	tell := every(t, time.Second)
	found, err := plan.Read(ctx, s.account, s.rules, func(what string) { tell(func() string { return "reading " + what }) })
	if err != nil {
		return plan.Plan{}, err
	}
	var inForce *plan.InForce
	if s.db != nil {
		version, same, err := s.db.CompareRuleset(ctx, s.document, s.rules.Settings())
		if err != nil {
			return plan.Plan{}, err
		}
		inForce = &plan.InForce{Version: version, Same: same}
	}
	return plan.Compare(s.wanted, found, inForce), nil
}
