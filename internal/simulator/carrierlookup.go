package simulator

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// fewestDigits is how many digits a number has at least, calling code included: the shortest in use.
const fewestDigits = 7

// CarrierLookup tells what is known of a number, however it is written. Every number is MOBILE with the carrier of its
// country, but for those that say otherwise: [DestinationInvalid] and numbers too short or of no country are INVALID,
// [DestinationUnreachable] is a LANDLINE, toll-free numbers are OTHER (API_CarrierLookup).
func (s *Simulator) CarrierLookup(ctx context.Context, in *pinpointsmsvoicev2.CarrierLookupInput) (*pinpointsmsvoicev2.CarrierLookupOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.CarrierLookupOutput, error) {
		number := sms.Phone("+" + strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, *in.PhoneNumber))
		out := &pinpointsmsvoicev2.CarrierLookupOutput{E164PhoneNumber: aws.String(string(number)), PhoneNumberType: numberTypeOf(number)}
		if out.PhoneNumberType == types.PhoneNumberTypeInvalid {
			return out, nil
		}
		country := countryOf(number)
		out.IsoCountryCode, out.Country = aws.String(country), aws.String(countryName(country))
		out.DialingCountryCode = aws.String(callingCode(country))
		network := carrierOf(number)
		out.Carrier = optional(network.name)
		if out.PhoneNumberType == types.PhoneNumberTypeMobile {
			out.MCC, out.MNC = optional(network.mcc), optional(network.mnc)
		}
		return out, nil
	})
}

func numberTypeOf(number sms.Phone) types.PhoneNumberType {
	switch {
	case number == DestinationInvalid || countryOf(number) == "" || len(number) <= fewestDigits:
		return types.PhoneNumberTypeInvalid
	case number == DestinationUnreachable:
		return types.PhoneNumberTypeLandline
	case sms.Identity(number).IsUSTollFree():
		return types.PhoneNumberTypeOther
	}
	return types.PhoneNumberTypeMobile
}

// countryName is the English name of a country.
func countryName(country string) string {
	region, err := language.ParseRegion(country)
	if err != nil {
		return country
	}
	return display.English.Regions().Name(region)
}
