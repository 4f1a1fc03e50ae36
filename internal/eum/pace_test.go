package eum_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/eum"
	"github.com/heedsms/heed/internal/fault"
	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/vitals"
)

// clock is moved by who waits on it, and remembers when each call was made.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) pace(perSecond int) eum.Pace {
	return eum.Pace{PerSecond: perSecond, Now: c.time, Sleep: func(ctx context.Context, d time.Duration) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now = c.now.Add(max(d, 0))
		return ctx.Err()
	}}
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)} }

// Calls of one kind keep to the quota, whichever operation they are: in no second are there more than allowed. The
// first does not wait.
func TestPace(t *testing.T) {
	t.Parallel()
	for perSecond, want := range map[int]time.Duration{1: 1050 * time.Millisecond, 10: 105 * time.Millisecond, 0: 1050 * time.Millisecond} {
		c := newClock()
		cfg, _ := config(t, status(200, `{}`))
		lists, account := eum.Paced(cfg, c.pace(perSecond)), eum.NewAccount(cfg, c.pace(perSecond))
		var at []time.Time
		for i := range 6 {
			var err error
			if i%2 == 0 {
				err = lists.PutOptedOut(t.Context(), "acme-alerts", "+14255550101")
			} else {
				err = lists.DeleteOptedOut(t.Context(), "acme-alerts", "+14255550101")
			}
			if err != nil {
				t.Fatal(err)
			}
			at = append(at, c.time())
		}
		if first := at[0].Sub(newClock().now); first != 0 {
			t.Errorf("%d a second: the first call waits %s", perSecond, first)
		}
		for i := 1; i < len(at); i++ {
			if between := at[i].Sub(at[i-1]); between != want {
				t.Errorf("%d a second: %s from one call to the next, want %s", perSecond, between, want)
			}
		}
		begin := c.time()
		for _, read := range []func() error{
			func() error { _, _, err := account.OptedOut(t.Context(), "acme-alerts", ""); return err },
			func() error { _, err := eum.Setup{Account: account}.Numbers(t.Context()); return err },
			func() error { _, err := account.Tier(t.Context()); return err },
			func() error { _, err := account.Limits(t.Context()); return err },
		} {
			if err := read(); err != nil {
				t.Fatal(err)
			}
		}
		if took := c.time().Sub(begin); took != 3*want {
			t.Errorf("%d a second: four readings take %s, want %s", perSecond, took, 3*want)
		}
	}
}

// In real time too, side by side: ten callers share one line.
func TestPaceIsShared(t *testing.T) {
	t.Parallel()
	cfg, a := config(t, status(200, `{}`))
	lists := eum.Paced(cfg, eum.Pace{PerSecond: 100, Now: time.Now})
	begin := time.Now()
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			for range 3 {
				if err := lists.PutOptedOut(t.Context(), "acme-alerts", "+14255550101"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if took := time.Since(begin); len(a.seen()) != 30 || took < 29*10500*time.Microsecond {
		t.Errorf("%d calls in %s", len(a.seen()), took)
	}
}

// Throttled although the pace was kept: the call is made again, in its turn, and not for ever.
func TestPacedThrottling(t *testing.T) {
	t.Parallel()
	c := newClock()
	cfg, a := config(t, throttled, status(200, `{"OptedOutNumbers": []}`))
	if _, _, err := eum.NewAccount(cfg, c.pace(1)).OptedOut(t.Context(), "acme-alerts", ""); err != nil || len(a.seen()) != 2 {
		t.Errorf("%d calls: %v", len(a.seen()), err)
	}
	if waited := c.time().Sub(newClock().now); waited != 1050*time.Millisecond {
		t.Errorf("the second try waited %s for its turn", waited)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := eum.NewAccount(cfg, eum.Pace{PerSecond: 1, Now: time.Now}).OptedOut(ctx, "acme-alerts", "")
	if err == nil {
		t.Error("who went away is served")
	}
}

// A page of a list, asked for with the token of the page before.
func TestOptedOutPage(t *testing.T) {
	t.Parallel()
	cfg, a := config(t, status(200, `{"OptOutListName": "acme-alerts", "NextToken": "t2", "OptedOutNumbers": [
		{"OptedOutNumber": "+14255550101", "OptedOutTimestamp": 1795176000, "EndUserOptedOut": true},
		{"OptedOutNumber": "14255550102", "OptedOutTimestamp": 1795176001, "EndUserOptedOut": false}]}`))
	page, next, err := eum.NewAccount(cfg, newClock().pace(1)).OptedOut(t.Context(), "acme-alerts", "t1")
	if err != nil || next != "t2" {
		t.Fatalf("%q %v", next, err)
	}
	want := []reconcile.Entry{
		{Contact: "+14255550101", At: time.Unix(1795176000, 0).UTC(), ByEndUser: true},
		{Contact: "+14255550102", At: time.Unix(1795176001, 0).UTC()},
	}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Error(diff)
	}
	body := map[string]any{"OptOutListName": "acme-alerts", "MaxResults": 100.0, "NextToken": "t1"}
	if diff := cmp.Diff([]request{{"DescribeOptedOutNumbers", body}}, a.seen(), cmp.AllowUnexported(request{})); diff != "" {
		t.Error(diff)
	}
	cfg, _ = config(t, status(400, exception("ResourceNotFoundException")))
	if _, _, err := eum.NewAccount(cfg, newClock().pace(1)).OptedOut(t.Context(), "acme-alerts", ""); fault.Explain(err).Reason != fault.NotFound {
		t.Errorf("a list that is not there: %v", err)
	}
}

// The set-up: every page of the numbers and pools, with the keywords of one.
func TestSetup(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t,
		status(200, `{"NextToken": "t", "PhoneNumbers": [{"PhoneNumberId": "phone-1", "PhoneNumber": "+12065550100", "PoolId": "pool-1", "Status": "ACTIVE",
			"NumberType": "TEN_DLC", "OptOutListName": "acme-alerts", "SelfManagedOptOutsEnabled": true, "TwoWayEnabled": true, "TwoWayChannelArn": "arn:t"}]}`),
		status(200, `{"PhoneNumbers": [{"PhoneNumberId": "phone-2", "PhoneNumber": "24680", "OptOutListName": "Default", "DeletionProtectionEnabled": true}]}`),
		status(200, `{"Pools": [{"PoolId": "pool-1", "OptOutListName": "acme-alerts", "SelfManagedOptOutsEnabled": false, "TwoWayEnabled": true}]}`),
		status(200, `{"Keywords": [{"Keyword": "STOP", "KeywordAction": "OPT_OUT", "KeywordMessage": "Bye"}]}`))
	account := eum.Setup{Account: eum.NewAccount(cfg, newClock().pace(1))}
	numbers, err := account.Numbers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pools, err := account.Pools(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	words, err := account.Keywords(t.Context(), "phone-1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]plan.Identity{
		{
			Kind: plan.Number, ID: "phone-1", Number: "+12065550100", Pool: "pool-1", Status: "ACTIVE", Type: "TEN_DLC",
			Inbound: plan.Inbound{OptOutList: "acme-alerts", SelfManaged: true, TwoWay: true, Channel: "arn:t"},
		},
		{Kind: plan.Number, ID: "phone-2", Number: "24680", Inbound: plan.Inbound{OptOutList: "Default", Protected: true}},
	}, numbers); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]plan.Identity{
		{Kind: plan.Pool, ID: "pool-1", Number: "pool-1", Inbound: plan.Inbound{OptOutList: "acme-alerts", TwoWay: true}},
	}, pools); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]plan.Keyword{"STOP": {Action: "OPT_OUT", Message: "Bye"}}, words); diff != "" {
		t.Error(diff)
	}
}

// What the account may do, spend and have.
func TestLimits(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t,
		status(200, `{"AccountAttributes": [{"Name": "DEFAULT_PROTECT_CONFIGURATION_ID", "Value": "p"}, {"Name": "ACCOUNT_TIER", "Value": "SANDBOX"}]}`),
		status(200, `{"AccountLimits": [{"Name": "POOLS", "Used": 3, "Max": 25}]}`),
		status(200, `{"SpendLimits": [{"Name": "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", "EnforcedLimit": 1, "MaxLimit": 5, "Overridden": true}]}`))
	account := eum.NewAccount(cfg, newClock().pace(1))
	tier, err := account.Tier(t.Context())
	if err != nil || tier != "SANDBOX" {
		t.Errorf("tier %q: %v", tier, err)
	}
	limits, err := account.Limits(t.Context())
	if diff := cmp.Diff([]vitals.Limit{{Name: "POOLS", Used: 3, Max: 25}}, limits); err != nil || diff != "" {
		t.Error(err, diff)
	}
	spends, err := account.Spends(t.Context())
	if diff := cmp.Diff([]vitals.Spend{{Name: "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT", Enforced: 1, Max: 5, Overridden: true}}, spends); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
