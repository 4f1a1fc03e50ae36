package eum

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/reconcile"
	"github.com/heedsms/heed/internal/sms"
)

// Account reads what the account has: who is on its opt-out lists, and how its numbers are set up. All of its calls
// wait in one line: AWS allows one a second by default.
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

// Numbers are all phone numbers of the account.
func (a *Account) Numbers(ctx context.Context) ([]reconcile.Number, error) {
	var numbers []reconcile.Number
	in := &pinpointsmsvoicev2.DescribePhoneNumbersInput{MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "phone numbers", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := a.api.DescribePhoneNumbers(ctx, in, a.options)
		if err != nil {
			return nil, err
		}
		for _, n := range out.PhoneNumbers {
			numbers = append(numbers, reconcile.Number{
				ID: aws.ToString(n.PhoneNumberId), Number: sms.ParseIdentity(aws.ToString(n.PhoneNumber)), Pool: aws.ToString(n.PoolId),
				Settings: reconcile.Settings{List: aws.ToString(n.OptOutListName), SelfManaged: n.SelfManagedOptOutsEnabled, TwoWay: n.TwoWayEnabled},
			})
		}
		return out.NextToken, nil
	})
	return numbers, err
}

// Pools are the settings of all pools of the account, by id.
func (a *Account) Pools(ctx context.Context) (map[string]reconcile.Settings, error) {
	pools := map[string]reconcile.Settings{}
	in := &pinpointsmsvoicev2.DescribePoolsInput{MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "pools", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := a.api.DescribePools(ctx, in, a.options)
		if err != nil {
			return nil, err
		}
		for _, p := range out.Pools {
			pools[aws.ToString(p.PoolId)] = reconcile.Settings{
				List: aws.ToString(p.OptOutListName), SelfManaged: p.SelfManagedOptOutsEnabled, TwoWay: p.TwoWayEnabled,
			}
		}
		return out.NextToken, nil
	})
	return pools, err
}

// Keywords are the words that somebody set on a number: HELP and STOP, which every number has, are left out.
func (a *Account) Keywords(ctx context.Context, phoneNumberID string) ([]string, error) {
	var words []string
	in := &pinpointsmsvoicev2.DescribeKeywordsInput{OriginationIdentity: aws.String(phoneNumberID), MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "keywords of "+phoneNumberID, func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := a.api.DescribeKeywords(ctx, in, a.options)
		if err != nil {
			return nil, err
		}
		for _, k := range out.Keywords {
			if !required(k) {
				words = append(words, aws.ToString(k.Keyword))
			}
		}
		return out.NextToken, nil
	})
	return words, err
}

func required(k types.KeywordInformation) bool {
	word := aws.ToString(k.Keyword)
	return word == "HELP" || word == "STOP"
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
