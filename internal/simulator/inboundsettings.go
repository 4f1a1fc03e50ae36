package simulator

import (
	"fmt"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// inboundSettings are what phone numbers, pools and RCS agents have in common: where texts go, who answers STOP, and
// which keywords and opt-out list hold.
type inboundSettings struct {
	twoWay      bool
	channelARN  *string
	channelRole *string
	selfManaged bool
	optOutList  string
	keywords    map[string]types.KeywordInformation // by keyword, upper-cased
}

func newInboundSettings(optOutList string) inboundSettings {
	return inboundSettings{optOutList: optOutList, keywords: requiredKeywords()}
}

// copied is the settings that a pool takes from its first identity. Keywords are the pool's own from then on.
func (b inboundSettings) copied() inboundSettings {
	b.keywords = maps.Clone(b.keywords)
	return b
}

// inboundChange is the common part of UpdatePhoneNumber and UpdatePool. Nil leaves a setting as it is.
type inboundChange struct {
	twoWay, selfManaged     *bool
	channelARN, channelRole *string
	optOutList              *string
}

// changed is the settings after a change, checked as a whole: two-way needs a channel, and self-managed opt-outs and
// a channel need two-way (API_UpdatePhoneNumber, opt-out-list-self-managed, two-way-sms).
func (s *Simulator) changed(b inboundSettings, c inboundChange) (inboundSettings, error) {
	if c.optOutList != nil {
		list, err := s.optOutList(*c.optOutList)
		if err != nil {
			return b, err
		}
		b.optOutList = list.name
	}
	if c.twoWay != nil {
		b.twoWay = *c.twoWay
	}
	if c.selfManaged != nil {
		b.selfManaged = *c.selfManaged
	}
	if !b.twoWay {
		if c.channelARN != nil || c.channelRole != nil {
			return b, validation(types.ValidationExceptionReasonTwoWayNotEnabled, "TwoWayChannelArn", "needs TwoWayEnabled")
		}
		if b.selfManaged {
			return b, validation(types.ValidationExceptionReasonTwoWayNotEnabled, "SelfManagedOptOutsEnabled",
				"needs TwoWayEnabled first")
		}
		b.channelARN, b.channelRole = nil, nil
		return b, nil
	}
	if c.channelARN != nil {
		b.channelARN = c.channelARN
	}
	if c.channelRole != nil {
		b.channelRole = c.channelRole
	}
	return b, s.checkChannel(b)
}

// checkChannel holds a two-way channel against page two-way-sms: a standard SNS topic, or the endpoint of Amazon
// Connect, which needs a role.
func (s *Simulator) checkChannel(b inboundSettings) error {
	if b.channelARN == nil {
		return validation(types.ValidationExceptionReasonTwoWayChannelNotPresent, "TwoWayChannelArn",
			"is required when TwoWayEnabled is true")
	}
	channel := *b.channelARN
	if channel == fmt.Sprintf("connect.%s.amazonaws.com", s.options.Region) {
		if b.channelRole == nil {
			return missing("TwoWayChannelRole")
		}
		return nil
	}
	if !strings.HasPrefix(channel, "arn:aws:sns:") || len(strings.Split(channel, ":")) != 6 {
		return validation(types.ValidationExceptionReasonInvalidArn, "TwoWayChannelArn", "must be the ARN of an SNS topic")
	}
	if strings.HasSuffix(channel, ".fifo") {
		return invalid("TwoWayChannelArn", "must be a standard topic: FIFO topics are not supported")
	}
	return nil
}

// mismatch says why an identity with these settings cannot join a pool with those: they must be the same
// (API_AssociateOriginationIdentity).
func (b inboundSettings) mismatch(pool inboundSettings) (types.ConflictExceptionReason, bool) {
	switch {
	case b.optOutList != pool.optOutList:
		return types.ConflictExceptionReasonOptOutListMismatch, true
	case b.selfManaged != pool.selfManaged:
		return types.ConflictExceptionReasonSelfManagedOptOutsMismatch, true
	case b.twoWay != pool.twoWay || aws.ToString(b.channelARN) != aws.ToString(pool.channelARN) ||
		aws.ToString(b.channelRole) != aws.ToString(pool.channelRole):
		return types.ConflictExceptionReasonTwoWayConfigMismatch, true
	case !maps.EqualFunc(b.keywords, pool.keywords, sameKeyword):
		return types.ConflictExceptionReasonKeywordMismatch, true
	}
	return "", false
}
