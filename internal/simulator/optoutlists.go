package simulator

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// defaultOptOutList exists in every account; new numbers attach to it (page opt-out-list).
const defaultOptOutList = "Default"

type optOutList struct {
	name, arn string
	created   time.Time
	entries   map[sms.Phone]optedOut

	visible map[sms.Phone]optedOut // the entries that show; hidden are the changes since
	hidden  []change
}

func (s *Simulator) newOptOutList(name string, now time.Time) *optOutList {
	return &optOutList{
		name: name, arn: s.arn(types.ResourceTypeOptOutList, name), created: now,
		entries: map[sms.Phone]optedOut{}, visible: map[sms.Phone]optedOut{},
	}
}

// CreateOptOutList makes an empty list. ConflictException RESOURCE_ALREADY_EXISTS for a name in use,
// ServiceQuotaExceededException beyond 25 lists (API_CreateOptOutList).
func (s *Simulator) CreateOptOutList(ctx context.Context, in *pinpointsmsvoicev2.CreateOptOutListInput) (*pinpointsmsvoicev2.CreateOptOutListOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.CreateOptOutListOutput, error) {
		name := *in.OptOutListName
		if _, exists := s.lists[name]; exists {
			return nil, conflict(types.ConflictExceptionReasonResourceAlreadyExists, types.ResourceTypeOptOutList, name,
				"An opt-out list of this name exists")
		}
		if err := s.checkQuota(types.AccountLimitNameOptOutLists); err != nil {
			return nil, err
		}
		list := s.newOptOutList(name, now)
		s.lists[name] = list
		return &pinpointsmsvoicev2.CreateOptOutListOutput{
			OptOutListArn: &list.arn, OptOutListName: &list.name, CreatedTimestamp: &list.created, Tags: in.Tags,
		}, nil
	})
}

// DeleteOptOutList drops a list with its entries. ConflictException RESOURCE_DELETION_NOT_ALLOWED while a number, pool
// or agent uses it, and for Default (API_DeleteOptOutList; the page names no reason).
func (s *Simulator) DeleteOptOutList(ctx context.Context, in *pinpointsmsvoicev2.DeleteOptOutListInput) (*pinpointsmsvoicev2.DeleteOptOutListOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteOptOutListOutput, error) {
		list, err := s.optOutList(*in.OptOutListName)
		if err != nil {
			return nil, err
		}
		if list.name == defaultOptOutList || s.optOutListInUse(list.name) {
			return nil, conflict(types.ConflictExceptionReasonResourceDeletionNotAllowed, types.ResourceTypeOptOutList,
				list.name, "The opt-out list is in use by an origination identity")
		}
		delete(s.lists, list.name)
		return &pinpointsmsvoicev2.DeleteOptOutListOutput{
			OptOutListArn: &list.arn, OptOutListName: &list.name, CreatedTimestamp: &list.created,
		}, nil
	})
}

func (s *Simulator) optOutListInUse(name string) bool {
	for _, n := range s.numbers {
		if n.optOutList == name {
			return true
		}
	}
	for _, p := range s.pools {
		if p.optOutList == name {
			return true
		}
	}
	for _, a := range s.agents {
		if a.optOutList == name {
			return true
		}
	}
	return false
}

// DescribeOptOutLists tells of the named lists or of all. A name that does not exist is ResourceNotFoundException;
// Owner and names together are a ValidationException (API_DescribeOptOutLists).
func (s *Simulator) DescribeOptOutLists(ctx context.Context, in *pinpointsmsvoicev2.DescribeOptOutListsInput) (*pinpointsmsvoicev2.DescribeOptOutListsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeOptOutListsOutput, error) {
		if err := ownerAlone(in.Owner, "OptOutListNames", len(in.OptOutListNames)); err != nil {
			return nil, err
		}
		optOutLists, next, err := describe(listing[*optOutList]{
			all: s.lists, wanted: in.OptOutListNames, find: s.optOutList,
			key:  func(x *optOutList) string { return x.name },
			keep: func(*optOutList) bool { return in.Owner != types.OwnerShared },
		}, (*optOutList).information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeOptOutListsOutput{OptOutLists: optOutLists, NextToken: next}, nil
	})
}

// optOutList finds an opt-out list by its name or ARN.
func (s *Simulator) optOutList(ref string) (*optOutList, error) {
	return lookup(s, s.lists, types.ResourceTypeOptOutList, ref)
}

func (l *optOutList) information() types.OptOutListInformation {
	return types.OptOutListInformation{OptOutListArn: &l.arn, OptOutListName: &l.name, CreatedTimestamp: &l.created}
}
