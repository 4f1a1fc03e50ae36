package simulator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
)

// The pages name the limit and the expiry (VERIFICATION_ATTEMPTS_PER_DAY, VERIFICATION_CODE_EXPIRED) and no numbers:
// these are the double's choice.
const (
	codesPerDay  = 5 // to one number in the past 24 hours
	codeValidFor = 15 * time.Minute
)

// SendDestinationNumberVerificationCode sends a fresh code, which replaces the one before. By TEXT it is a message
// from one of the account's identities, with its delivery events; VOICE needs a number with that capability, and the
// double makes the code without a call. The text is in English whatever LanguageCode says. A number that is verified
// is ConflictException VERIFICATION_ALREADY_COMPLETE, one too many codes ServiceQuotaExceededException
// VERIFICATION_ATTEMPTS_PER_DAY. See [Simulator.VerificationCode] for tests (API_SendDestinationNumberVerificationCode).
func (s *Simulator) SendDestinationNumberVerificationCode(ctx context.Context, in *pinpointsmsvoicev2.SendDestinationNumberVerificationCodeInput) (*pinpointsmsvoicev2.SendDestinationNumberVerificationCodeOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.SendDestinationNumberVerificationCodeOutput, error) {
		d, err := s.verifiedDestination(*in.VerifiedDestinationNumberId)
		if err != nil {
			return nil, err
		}
		if d.status == types.VerificationStatusVerified {
			return nil, d.conflict(types.ConflictExceptionReasonVerificationAlreadyComplete, "The number is verified already")
		}
		sent := slices.DeleteFunc(slices.Clone(d.codeSent), func(at time.Time) bool { return now.Sub(at) >= 24*time.Hour })
		if len(sent) >= codesPerDay {
			return nil, quotaExceeded(types.ServiceQuotaExceededExceptionReasonVerificationAttemptsPerDay)
		}
		code := fmt.Sprintf("%06d", s.random.IntN(1_000_000))
		id, err := s.sendCode(in, d.number, code, now)
		if err != nil {
			return nil, err
		}
		d.code, d.codeSent = code, append(sent, now)
		return &pinpointsmsvoicev2.SendDestinationNumberVerificationCodeOutput{MessageId: &id}, nil
	})
}

// sendCode brings a code to a person and returns the id of the message.
func (s *Simulator) sendCode(in *pinpointsmsvoicev2.SendDestinationNumberVerificationCodeInput, to sms.Phone, code string, now time.Time) (string, error) {
	if in.VerificationChannel == types.VerificationChannelVoice {
		return s.newUUID(), s.checkVoice(aws.ToString(in.OriginationIdentity))
	}
	id, err := s.send(sending{
		channel: ChannelText, to: aws.String(string(to)), body: aws.String("Your verification code is " + code),
		identity: in.OriginationIdentity, set: in.ConfigurationSetName, context: in.Context, unverified: true,
	}, now)
	return aws.ToString(id), err
}

// checkVoice says whether the account can call with the named number, or with any if none is named.
func (s *Simulator) checkVoice(ref string) error {
	speaks := func(n *phoneNumber) bool { return slices.Contains(n.capabilities, types.NumberCapabilityVoice) }
	if ref == "" {
		if slices.ContainsFunc(sorted(s.numbers), speaks) {
			return nil
		}
		return conflict(types.ConflictExceptionReasonNoOriginationIdentitiesFound, types.ResourceTypeAccount,
			s.options.AccountID, "The account has no origination identity that can call")
	}
	n := s.byNumber(sms.ParseIdentity(ref))
	if n == nil {
		var err error
		if n, err = s.phoneNumber(ref); err != nil {
			return err
		}
	}
	if !speaks(n) {
		return validation(types.ValidationExceptionReasonVoiceCapabilityNotAvailable, "OriginationIdentity",
			"is a number without the capability VOICE")
	}
	return nil
}

// VerificationCode is the last code that was sent to a number, as its owner would read it off the phone; empty if none
// was, or the number is no verified destination.
func (s *Simulator) VerificationCode(number sms.Phone) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var code string
	var sent time.Time
	for _, d := range s.verifiedByNumber(number) {
		if d.code != "" && !d.lastSent().Before(sent) {
			code, sent = d.code, d.lastSent()
		}
	}
	return code
}

// lastSent is when the present code was sent. There must be one.
func (d *verifiedDestination) lastSent() time.Time { return d.codeSent[len(d.codeSent)-1] }

// VerifyDestinationNumber holds a code against the one that was sent. A wrong one is ValidationException
// VERIFICATION_CODE_MISMATCH, an old one or none ConflictException VERIFICATION_CODE_EXPIRED, a number that is
// verified VERIFICATION_ALREADY_COMPLETE (API_VerifyDestinationNumber).
func (s *Simulator) VerifyDestinationNumber(ctx context.Context, in *pinpointsmsvoicev2.VerifyDestinationNumberInput) (*pinpointsmsvoicev2.VerifyDestinationNumberOutput, error) {
	return serve(ctx, s, in, func(now time.Time) (*pinpointsmsvoicev2.VerifyDestinationNumberOutput, error) {
		d, err := s.verifiedDestination(*in.VerifiedDestinationNumberId)
		switch {
		case err != nil:
			return nil, err
		case d.status == types.VerificationStatusVerified:
			return nil, d.conflict(types.ConflictExceptionReasonVerificationAlreadyComplete, "The number is verified already")
		case d.code == "" || now.Sub(d.lastSent()) >= codeValidFor:
			return nil, d.conflict(types.ConflictExceptionReasonVerificationCodeExpired, "There is no code that is still valid")
		case *in.VerificationCode != d.code:
			return nil, validation(types.ValidationExceptionReasonVerificationCodeMismatch, "VerificationCode",
				"is not the code that was sent")
		}
		d.status = types.VerificationStatusVerified
		i := d.information()
		return &pinpointsmsvoicev2.VerifyDestinationNumberOutput{
			VerifiedDestinationNumberArn: i.VerifiedDestinationNumberArn, VerifiedDestinationNumberId: i.VerifiedDestinationNumberId,
			DestinationPhoneNumber: i.DestinationPhoneNumber, Status: i.Status, CreatedTimestamp: i.CreatedTimestamp,
		}, nil
	})
}
