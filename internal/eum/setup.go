package eum

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/sms"
)

// Setup reads how the account is set up, at the account's pace. It is a [plan.Reader].
type Setup struct{ *Account }

// Numbers are all phone numbers of the account, their keywords unread.
func (s Setup) Numbers(ctx context.Context) ([]plan.Identity, error) {
	var numbers []plan.Identity
	in := &pinpointsmsvoicev2.DescribePhoneNumbersInput{MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "phone numbers", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := s.api.DescribePhoneNumbers(ctx, in, s.options)
		if err != nil {
			return nil, err
		}
		for _, n := range out.PhoneNumbers {
			numbers = append(numbers, plan.Identity{
				Kind: plan.Number, ID: aws.ToString(n.PhoneNumberId), ARN: aws.ToString(n.PhoneNumberArn),
				Number: sms.ParseIdentity(aws.ToString(n.PhoneNumber)), Type: string(n.NumberType), Country: aws.ToString(n.IsoCountryCode),
				Pool: aws.ToString(n.PoolId), Status: string(n.Status),
				Inbound: plan.Inbound{
					TwoWay: n.TwoWayEnabled, Channel: aws.ToString(n.TwoWayChannelArn), ChannelRole: aws.ToString(n.TwoWayChannelRole),
					SelfManaged: n.SelfManagedOptOutsEnabled, OptOutList: aws.ToString(n.OptOutListName), Protected: n.DeletionProtectionEnabled,
				},
			})
		}
		return out.NextToken, nil
	})
	return numbers, err
}

// Pools are all pools of the account, their members and keywords unread.
func (s Setup) Pools(ctx context.Context) ([]plan.Identity, error) {
	var pools []plan.Identity
	in := &pinpointsmsvoicev2.DescribePoolsInput{MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "pools", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := s.api.DescribePools(ctx, in, s.options)
		if err != nil {
			return nil, err
		}
		for _, p := range out.Pools {
			pools = append(pools, plan.Identity{
				Kind: plan.Pool, ID: aws.ToString(p.PoolId), ARN: aws.ToString(p.PoolArn),
				Number: sms.Identity(aws.ToString(p.PoolId)), Status: string(p.Status),
				Inbound: plan.Inbound{
					TwoWay: p.TwoWayEnabled, Channel: aws.ToString(p.TwoWayChannelArn), ChannelRole: aws.ToString(p.TwoWayChannelRole),
					SelfManaged: p.SelfManagedOptOutsEnabled, OptOutList: aws.ToString(p.OptOutListName), Protected: p.DeletionProtectionEnabled,
				},
			})
		}
		return out.NextToken, nil
	})
	return pools, err
}

// Members are the ids of what sits in a pool.
func (s Setup) Members(ctx context.Context, pool string) ([]string, error) {
	var members []string
	in := &pinpointsmsvoicev2.ListPoolOriginationIdentitiesInput{PoolId: aws.String(pool), MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "members of "+pool, func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := s.api.ListPoolOriginationIdentities(ctx, in, s.options)
		if err != nil {
			return nil, err
		}
		for _, m := range out.OriginationIdentities {
			members = append(members, aws.ToString(m.OriginationIdentity))
		}
		return out.NextToken, nil
	})
	return members, err
}

// Keywords are what AWS answers by itself for a number or a pool, HELP and STOP among them, by the word in capitals.
func (s Setup) Keywords(ctx context.Context, id string) (map[string]plan.Keyword, error) {
	keywords := map[string]plan.Keyword{}
	in := &pinpointsmsvoicev2.DescribeKeywordsInput{OriginationIdentity: aws.String(id), MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "keywords of "+id, func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := s.api.DescribeKeywords(ctx, in, s.options)
		if err != nil {
			return nil, err
		}
		for _, k := range out.Keywords {
			keywords[strings.ToUpper(aws.ToString(k.Keyword))] = plan.Keyword{
				Action: string(k.KeywordAction), Message: aws.ToString(k.KeywordMessage),
			}
		}
		return out.NextToken, nil
	})
	return keywords, err
}

// Lists are the opt-out lists of the account, the list Default among them.
func (s Setup) Lists(ctx context.Context) ([]plan.List, error) {
	var lists []plan.List
	in := &pinpointsmsvoicev2.DescribeOptOutListsInput{MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "opt-out lists", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := s.api.DescribeOptOutLists(ctx, in, s.options)
		if err != nil {
			return nil, err
		}
		for _, l := range out.OptOutLists {
			lists = append(lists, plan.List{Name: aws.ToString(l.OptOutListName), ARN: aws.ToString(l.OptOutListArn)})
		}
		return out.NextToken, nil
	})
	return lists, err
}

// Sets are the configuration sets of the account with their event destinations.
func (s Setup) Sets(ctx context.Context) ([]plan.Set, error) {
	var sets []plan.Set
	in := &pinpointsmsvoicev2.DescribeConfigurationSetsInput{MaxResults: aws.Int32(mostResults)}
	err := pages(ctx, "configuration sets", func(ctx context.Context, token *string) (*string, error) {
		in.NextToken = token
		out, err := s.api.DescribeConfigurationSets(ctx, in, s.options)
		if err != nil {
			return nil, err
		}
		for _, c := range out.ConfigurationSets {
			set := plan.Set{
				Name: aws.ToString(c.ConfigurationSetName), ARN: aws.ToString(c.ConfigurationSetArn), MessageType: string(c.DefaultMessageType),
			}
			for _, d := range c.EventDestinations {
				set.Destinations = append(set.Destinations, destination(d))
			}
			sets = append(sets, set)
		}
		return out.NextToken, nil
	})
	return sets, err
}

func destination(d types.EventDestination) plan.Destination {
	to := plan.Destination{Name: aws.ToString(d.EventDestinationName), Enabled: aws.ToBool(d.Enabled)}
	for _, t := range d.MatchingEventTypes {
		to.Types = append(to.Types, string(t))
	}
	if d.SnsDestination != nil {
		to.Topic = aws.ToString(d.SnsDestination.TopicArn)
	}
	if d.KinesisFirehoseDestination != nil {
		to.Stream, to.Role = aws.ToString(d.KinesisFirehoseDestination.DeliveryStreamArn), aws.ToString(d.KinesisFirehoseDestination.IamRoleArn)
	}
	if d.CloudWatchLogsDestination != nil {
		to.Logs, to.Role = aws.ToString(d.CloudWatchLogsDestination.LogGroupArn), aws.ToString(d.CloudWatchLogsDestination.IamRoleArn)
	}
	return to
}
