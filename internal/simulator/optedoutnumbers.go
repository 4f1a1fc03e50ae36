package simulator

import (
	"context"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// optInPause is how long a number cannot be deleted again after a deletion (API_DeleteOptedOutNumber: each
// destination phone number can only be deleted once every 30 days).
const optInPause = 30 * 24 * time.Hour

// OptInLock is the error for deleting a number twice within 30 days. AWS does not say which it is; these are the
// three that the enums suggest, and a client must bear any.
type OptInLock int

const (
	// LockCannotBeOptedIn is ValidationException, reason PHONE_NUMBER_CANNOT_BE_OPTED_IN.
	LockCannotBeOptedIn OptInLock = iota
	// LockDeletionNotAllowed is ConflictException, reason RESOURCE_DELETION_NOT_ALLOWED.
	LockDeletionNotAllowed
	// LockModificationNotAllowed is ConflictException, reason RESOURCE_MODIFICATION_NOT_ALLOWED.
	LockModificationNotAllowed
)

func (l OptInLock) err(number sms.Phone) error {
	const message = "The phone number can be removed from an opt-out list once every 30 days"
	switch l {
	case LockDeletionNotAllowed:
		return conflict(types.ConflictExceptionReasonResourceDeletionNotAllowed, types.ResourceTypeOptedOutNumber,
			string(number), message)
	case LockModificationNotAllowed:
		return conflict(types.ConflictExceptionReasonResourceModificationNotAllowed, types.ResourceTypeOptedOutNumber,
			string(number), message)
	}
	return validation(types.ValidationExceptionReasonPhoneNumberCannotBeOptedIn, "OptedOutNumber", message)
}

// optedOut is one entry of a list.
type optedOut struct {
	number    sms.Phone
	at        time.Time
	byEndUser bool // the person asked by a text; AWS calls it EndUserOptedOut
}

// PutOptedOutNumber puts a number on a list. A number that is there already stays as it is and the call succeeds: the
// operation declares no error for it (API_PutOptedOutNumber).
func (s *Simulator) PutOptedOutNumber(ctx context.Context, in *pinpointsmsvoicev2.PutOptedOutNumberInput) (*pinpointsmsvoicev2.PutOptedOutNumberOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.PutOptedOutNumberOutput, error) {
		list, err := s.optOutList(*in.OptOutListName)
		if err != nil {
			return nil, err
		}
		number := sms.ParsePhone(*in.OptedOutNumber)
		entry := list.put(number, now, false)
		return &pinpointsmsvoicev2.PutOptedOutNumberOutput{
			OptOutListArn: &list.arn, OptOutListName: &list.name, EndUserOptedOut: entry.byEndUser,
			OptedOutNumber: aws.String(string(number)), OptedOutTimestamp: &entry.at,
		}, nil
	})
}

// put keeps the first entry of a number, and remembers if the person asked too.
func (l *optOutList) put(number sms.Phone, now time.Time, byEndUser bool) optedOut {
	entry, exists := l.entries[number]
	if !exists {
		entry = optedOut{number: number, at: now}
	}
	entry.byEndUser = entry.byEndUser || byEndUser
	l.entries[number] = entry
	l.hidden = append(l.hidden, change{now, entry, true})
	return entry
}

// remove takes a number off, if it is there.
func (l *optOutList) remove(number sms.Phone, now time.Time) {
	if entry, exists := l.entries[number]; exists {
		delete(l.entries, number)
		l.hidden = append(l.hidden, change{now, entry, false})
	}
}

// change is an entry that was put on a list, or taken off it, and does not show yet.
type change struct {
	at    time.Time
	entry optedOut
	put   bool
}

// shown are the entries that DescribeOptedOutNumbers tells of: the list as it was some time ago.
func (l *optOutList) shown(now time.Time, after time.Duration) map[sms.Phone]optedOut {
	for len(l.hidden) > 0 && !now.Before(l.hidden[0].at.Add(after)) {
		c := l.hidden[0]
		l.hidden = l.hidden[1:]
		if c.put {
			l.visible[c.entry.number] = c.entry
		} else {
			delete(l.visible, c.entry.number)
		}
	}
	return l.visible
}

// DeleteOptedOutNumber takes a number off a list, once every 30 days for each number, whatever the list.
// ResourceNotFoundException for an absent list or number; see [OptInLock] for the second time in 30 days.
func (s *Simulator) DeleteOptedOutNumber(ctx context.Context, in *pinpointsmsvoicev2.DeleteOptedOutNumberInput) (*pinpointsmsvoicev2.DeleteOptedOutNumberOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DeleteOptedOutNumberOutput, error) {
		list, err := s.optOutList(*in.OptOutListName)
		if err != nil {
			return nil, err
		}
		number := sms.ParsePhone(*in.OptedOutNumber)
		entry, exists := list.entries[number]
		if !exists {
			return nil, notFound(types.ResourceTypeOptedOutNumber, string(number))
		}
		if last, deleted := s.optIns[string(number)]; deleted && now.Sub(last) < optInPause {
			return nil, s.options.OptInLock.err(number)
		}
		s.optIns[string(number)] = now
		list.remove(number, now)
		return &pinpointsmsvoicev2.DeleteOptedOutNumberOutput{
			OptOutListArn: &list.arn, OptOutListName: &list.name, EndUserOptedOut: entry.byEndUser,
			OptedOutNumber: aws.String(string(number)), OptedOutTimestamp: &entry.at,
		}, nil
	})
}

// DescribeOptedOutNumbers tells of the named numbers or of all. A named number that is not on the list is
// ResourceNotFoundException, not an empty answer (seen in the field). What changed within [Options.VisibleAfter] is not
// told yet.
func (s *Simulator) DescribeOptedOutNumbers(ctx context.Context, in *pinpointsmsvoicev2.DescribeOptedOutNumbersInput) (*pinpointsmsvoicev2.DescribeOptedOutNumbersOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.DescribeOptedOutNumbersOutput, error) {
		list, err := s.optOutList(*in.OptOutListName)
		if err != nil {
			return nil, err
		}
		shown := map[string]optedOut{}
		for number, entry := range list.shown(now, s.options.VisibleAfter) {
			shown[string(number)] = entry
		}
		numbers, next, err := describe(listing[optedOut]{
			all: shown, wanted: in.OptedOutNumbers,
			find: func(ref string) (optedOut, error) {
				entry, exists := shown[string(sms.ParsePhone(ref))]
				if !exists {
					return entry, notFound(types.ResourceTypeOptedOutNumber, ref)
				}
				return entry, nil
			},
			key: func(e optedOut) string { return string(e.number) },
			keep: func(e optedOut) bool {
				return passes(in.Filters, func(string) []string { return []string{strconv.FormatBool(e.byEndUser)} })
			},
		}, optedOut.information, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeOptedOutNumbersOutput{
			OptOutListArn: &list.arn, OptOutListName: &list.name, OptedOutNumbers: numbers, NextToken: next,
		}, nil
	})
}

func (e optedOut) information() types.OptedOutNumberInformation {
	return types.OptedOutNumberInformation{
		OptedOutNumber: aws.String(string(e.number)), OptedOutTimestamp: aws.Time(e.at), EndUserOptedOut: e.byEndUser,
	}
}

// OptedOut says whether a number is on an opt-out list.
func (s *Simulator) OptedOut(list string, number sms.Phone) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.lists[list]
	if !ok {
		return false
	}
	_, listed := l.entries[number]
	return listed
}
