package eum

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"

	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
)

// Account reads what the account has: who is on its opt-out lists, and what it may do; [Setup] also how its numbers are
// set up. All of its calls wait in one line: AWS allows one a second by default.
type Account struct {
	api     *pinpointsmsvoicev2.Client
	options func(*pinpointsmsvoicev2.Options)
}

// readTimeout bounds one reading with its turn and its tries: a throttled one backs off up to 20 seconds.
const readTimeout = 2 * time.Minute

// mostResults is the most that AWS gives in a page.
const mostResults = 100

// NewAccount reads at a pace. It connects to nothing.
func NewAccount(cfg aws.Config, p Pace) *Account {
	return &Account{api: pinpointsmsvoicev2.NewFromConfig(cfg), options: p.options()}
}

// OptedOut is one page of an opt-out list, from a token of the page before on; "" begins. next is "" on the last.
func (a *Account) OptedOut(ctx context.Context, list, token string) (page []reconcile.Entry, next string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	in := &pinpointsmsvoicev2.DescribeOptedOutNumbersInput{OptOutListName: aws.String(list), MaxResults: aws.Int32(mostResults)}
	if token != "" {
		in.NextToken = aws.String(token)
	}
	out, err := a.api.DescribeOptedOutNumbers(ctx, in, a.options)
	if err != nil {
		return nil, "", fmt.Errorf("read opt-out list %s: %w", list, err)
	}
	for _, n := range out.OptedOutNumbers {
		page = append(page, reconcile.Entry{
			Contact: sms.ParsePhone(aws.ToString(n.OptedOutNumber)), At: aws.ToTime(n.OptedOutTimestamp), ByEndUser: n.EndUserOptedOut,
		})
	}
	return page, aws.ToString(out.NextToken), nil
}

// pages reads what comes in pages to its end.
func pages(ctx context.Context, what string, read func(ctx context.Context, token *string) (next *string, err error)) error {
	var token *string
	for {
		once, cancel := context.WithTimeout(ctx, readTimeout)
		next, err := read(once, token)
		cancel()
		if err != nil {
			return fmt.Errorf("read the %s: %w", what, err)
		}
		if token = next; aws.ToString(token) == "" {
			return nil
		}
	}
}
