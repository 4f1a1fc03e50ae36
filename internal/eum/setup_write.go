package eum

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/plan"
)

// Do carries out one change of the set-up, at the account's pace. It is a [plan.Writer]. A thing that exists and a word
// that is gone are done: the answer to the call that did it may have been lost.
//
// Client tokens are the SDK's, one a call: they keep the SDK's own retries from making a thing twice.
func (s Setup) Do(ctx context.Context, a plan.Action) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err := s.do(ctx, a)
	var conflict *types.ConflictException
	var absent *types.ResourceNotFoundException
	switch {
	case errors.As(err, &conflict) && conflict.Reason == types.ConflictExceptionReasonResourceAlreadyExists:
		return nil
	case errors.As(err, &absent) && absent.ResourceType == types.ResourceTypeKeyword:
		return nil
	}
	return err
}

func (s Setup) do(ctx context.Context, a plan.Action) (err error) {
	switch a := a.(type) {
	case plan.CreateList:
		_, err = s.api.CreateOptOutList(ctx, &pinpointsmsvoicev2.CreateOptOutListInput{OptOutListName: &a.Name}, s.options)
	case plan.CreateSet:
		_, err = s.api.CreateConfigurationSet(ctx, &pinpointsmsvoicev2.CreateConfigurationSetInput{ConfigurationSetName: &a.Name}, s.options)
	case plan.SetMessageType:
		_, err = s.api.SetDefaultMessageType(ctx, &pinpointsmsvoicev2.SetDefaultMessageTypeInput{
			ConfigurationSetName: &a.Set, MessageType: types.MessageType(a.MessageType),
		}, s.options)
	case plan.CreateDestination:
		topic, stream := target(a.Destination)
		_, err = s.api.CreateEventDestination(ctx, &pinpointsmsvoicev2.CreateEventDestinationInput{
			ConfigurationSetName: &a.Set, EventDestinationName: &a.Destination.Name, MatchingEventTypes: eventTypes(a.Destination),
			SnsDestination: topic, KinesisFirehoseDestination: stream,
		}, s.options)
	case plan.UpdateDestination:
		topic, stream := target(a.Destination)
		_, err = s.api.UpdateEventDestination(ctx, &pinpointsmsvoicev2.UpdateEventDestinationInput{
			ConfigurationSetName: &a.Set, EventDestinationName: &a.Destination.Name, MatchingEventTypes: eventTypes(a.Destination),
			Enabled: aws.Bool(a.Destination.Enabled), SnsDestination: topic, KinesisFirehoseDestination: stream,
		}, s.options)
	case plan.PutKeyword:
		_, err = s.api.PutKeyword(ctx, &pinpointsmsvoicev2.PutKeywordInput{
			OriginationIdentity: &a.ID, Keyword: &a.Word, KeywordMessage: &a.Message, KeywordAction: types.KeywordAction(a.Action),
		}, s.options)
	case plan.DeleteKeyword:
		_, err = s.api.DeleteKeyword(ctx, &pinpointsmsvoicev2.DeleteKeywordInput{OriginationIdentity: &a.ID, Keyword: &a.Word}, s.options)
	case plan.UpdateIdentity:
		return s.update(ctx, a)
	default:
		return fmt.Errorf("%T is nothing that AWS does", a)
	}
	return err
}

// update changes a number or a pool.
func (s Setup) update(ctx context.Context, u plan.UpdateIdentity) error {
	var twoWay *bool
	if u.Channel != "" {
		twoWay = aws.Bool(true)
	}
	if u.Kind == plan.Pool {
		_, err := s.api.UpdatePool(ctx, &pinpointsmsvoicev2.UpdatePoolInput{
			PoolId: &u.ID, TwoWayEnabled: twoWay, TwoWayChannelArn: given(u.Channel), SelfManagedOptOutsEnabled: u.SelfManaged,
			OptOutListName: given(u.OptOutList), DeletionProtectionEnabled: u.Protected,
		}, s.options)
		return err
	}
	_, err := s.api.UpdatePhoneNumber(ctx, &pinpointsmsvoicev2.UpdatePhoneNumberInput{
		PhoneNumberId: &u.ID, TwoWayEnabled: twoWay, TwoWayChannelArn: given(u.Channel), SelfManagedOptOutsEnabled: u.SelfManaged,
		OptOutListName: given(u.OptOutList), DeletionProtectionEnabled: u.Protected,
	}, s.options)
	return err
}

func target(d plan.Destination) (*types.SnsDestination, *types.KinesisFirehoseDestination) {
	if d.Topic != "" {
		return &types.SnsDestination{TopicArn: &d.Topic}, nil
	}
	return nil, &types.KinesisFirehoseDestination{DeliveryStreamArn: &d.Stream, IamRoleArn: &d.Role}
}

func eventTypes(d plan.Destination) []types.EventType {
	all := make([]types.EventType, len(d.Types))
	for i, t := range d.Types {
		all[i] = types.EventType(t)
	}
	return all
}

// given is nil for an empty text, which leaves a setting as it is.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
