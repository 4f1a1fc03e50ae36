package endtoend

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

const offersNumber = sms.Identity("+12065550101")

// What a person does, or an application does to them.
const (
	doStop = iota
	doComeBack
	doHelp
	doChat
	doCampaign      // by an application that asks heed.can_send
	doCampaignBlind // by one that does not
)

// soakWords are how people say it.
var soakWords = map[int][]string{
	doStop:     {"STOP", "Stop ", "stop.", "UNSUBSCRIBE", "quit", "please stop texting me", "take me off this list"},
	doComeBack: {"START", "JOIN", "unstop", "Join please"},
	doHelp:     {"HELP", "help!"},
	doChat:     {"hello", "stop by tomorrow at 5", "when do you open?", "thanks 😀", "cancel my 3pm please, see you at 4"},
}

// meanings are what it comes to in the register.
var meanings = map[int]optout.State{doStop: optout.OptedOut, doComeBack: optout.OptedIn}

// Keys of a campaign message's Context.
const askedAt, contextBlind = "asked_at", "blind"

// soakPerson is a person with what they will do and, in the end, what they said.
type soakPerson struct {
	number  sms.Phone
	to      sms.Identity
	program string
	steps   []int
	random  *rand.Rand // of this person: what they do hangs on nobody else

	said []soakText
	// What became of the campaigns.
	told, refused int
}

// soakText is a text as a person sent it.
type soakText struct {
	id    string
	at    time.Time
	means optout.State // "" when nothing
}

// newSoakPerson makes up a history. Half of them leave in the end, and are sent campaigns after it; some come back twice,
// the second time against AWS's 30 days.
func newSoakPerson(i int) *soakPerson {
	p := &soakPerson{
		number: soakNumber(i), to: ours, program: "alerts", random: rand.New(rand.NewPCG(soakSeed, uint64(i)+1)),
	}
	if i%2 == 1 {
		p.to, p.program = offersNumber, "offers"
	}
	for range 2 + p.random.IntN(4) {
		p.steps = append(p.steps, p.random.IntN(doCampaignBlind+1))
	}
	switch p.random.IntN(8) {
	case 0:
		p.steps = append(p.steps[:2], doStop, doComeBack, doStop, doComeBack, doHelp)
	case 1, 2, 3, 4:
		p.steps = append(p.steps, doStop, doCampaign, doCampaignBlind)
	}
	return p
}

// live is a person's time: one thing after another, seconds apart.
func (s *soak) live(p *soakPerson) {
	for _, step := range p.steps {
		time.Sleep(time.Second + time.Duration(p.random.Int64N(int64(time.Second))))
		for visible, _ := s.texts.Length(); visible > soakBacklog; visible, _ = s.texts.Length() {
			time.Sleep(100 * time.Millisecond)
		}
		switch step {
		case doCampaign, doCampaignBlind:
			s.campaign(p, step == doCampaignBlind)
		default:
			words := soakWords[step]
			at := s.double.Now()
			id, err := s.double.Text(context.Background(), p.number, p.to, words[p.random.IntN(len(words))])
			if err != nil {
				s.t.Errorf("a text: %v", err)
				return
			}
			p.said = append(p.said, soakText{id, at, meanings[step]})
		}
	}
}

// campaign is an application sending somebody something. It does not try twice.
func (s *soak) campaign(p *soakPerson, blind bool) {
	ctx := context.Background()
	kind, asked := askedAt, time.Now()
	if blind {
		kind = contextBlind
	} else {
		var allowed bool
		if err := s.db.QueryRow(ctx, `SELECT allowed FROM heed.can_send($1, $2)`, string(p.number), p.program).Scan(&allowed); err != nil {
			s.t.Errorf("can_send: %v", err)
		}
		if !allowed {
			p.told++
			return
		}
	}
	_, err := s.double.SendTextMessage(ctx, &pinpointsmsvoicev2.SendTextMessageInput{
		DestinationPhoneNumber: aws.String(string(p.number)), OriginationIdentity: aws.String(string(p.to)), ConfigurationSetName: aws.String("alerts"),
		MessageBody: aws.String("Half price today."), Context: map[string]string{kind: strconv.FormatInt(asked.UnixMicro(), 10)},
	})
	var conflict *types.ConflictException
	if errors.As(err, &conflict) && conflict.Reason == types.ConflictExceptionReasonDestinationPhoneNumberOptedOut {
		p.refused++
	}
}
