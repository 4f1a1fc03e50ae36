package simulator

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// spending is what was spent in one calendar month (UTC), in hundred-thousandths of a USD, by the limit that it counts
// against.
type spending struct {
	month string
	spent map[types.SpendLimitName]int
}

// overspent are the reasons of the refusals, by the limit that is used up.
var overspent = map[types.SpendLimitName]types.ServiceQuotaExceededExceptionReason{
	types.SpendLimitNameTextMessageMonthlySpendLimit:   types.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForText,
	types.SpendLimitNameVoiceMessageMonthlySpendLimit:  types.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForVoice,
	types.SpendLimitNameMediaMessageMonthlySpendLimit:  types.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForMedia,
	types.SpendLimitNameNotifyMessageMonthlySpendLimit: types.ServiceQuotaExceededExceptionReasonMonthlySpendLimitReachedForNotify,
}

// spendLimit is the limit that a send counts against. RCS has none of its own in SDK v1.29.1 and counts as text.
func (in sending) spendLimit() types.SpendLimitName {
	switch {
	case in.notify:
		return types.SpendLimitNameNotifyMessageMonthlySpendLimit
	case in.channel == ChannelVoice:
		return types.SpendLimitNameVoiceMessageMonthlySpendLimit
	case in.channel == ChannelMedia:
		return types.SpendLimitNameMediaMessageMonthlySpendLimit
	}
	return types.SpendLimitNameTextMessageMonthlySpendLimit
}

// checkSpend refuses a send once the month's money is gone: ServiceQuotaExceededException
// MONTHLY_SPEND_LIMIT_REACHED_FOR_ and the kind. The send that crosses the limit still goes out, as at AWS,
// which says that it stops within minutes after.
func (s *Simulator) checkSpend(limit types.SpendLimitName, now time.Time) error {
	const perDollar = 100_000
	if s.spentIn(now)[limit] >= int(s.spend[limit].EnforcedLimit)*perDollar {
		return quotaExceeded(overspent[limit])
	}
	return nil
}

// spentIn is what was spent in the calendar month of now. The caller holds the lock.
func (s *Simulator) spentIn(now time.Time) map[types.SpendLimitName]int {
	if month := now.UTC().Format("2006-01"); month != s.spending.month {
		s.spending = spending{month: month, spent: map[types.SpendLimitName]int{}}
	}
	return s.spending.spent
}

// cost is what a message costs when it is delivered, in hundred-thousandths of a USD. It counts as spent from its
// acceptance on, delivered or not: when AWS counts it is not published.
func (m *Message) cost() int {
	p := priceOf(m.To)
	switch m.Channel {
	case ChannelVoice:
		return voicePrice * minutes(m.spoken())
	case ChannelMedia:
		p = mediaPrice
	case ChannelRCS:
		p = rcsPrice
	}
	return (p.message + p.carrierFee) * m.Parts
}
