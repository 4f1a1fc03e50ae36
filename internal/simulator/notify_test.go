package simulator_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

const (
	english = "notify-code-verification-english-001"
	timed   = "notify-code-verification-english-002" // texts only, with {{minutes}}
	spanish = "notify-code-verification-spanish-001" // tier ADVANCED only
)

func newNotify(change ...func(*api.CreateNotifyConfigurationInput)) call {
	in := api.CreateNotifyConfigurationInput{
		DisplayName: aws.String("Acme"), UseCase: types.NotifyConfigurationUseCaseCodeVerification,
		EnabledChannels: []types.NumberCapability{types.NumberCapabilitySms, types.NumberCapabilityVoice},
	}
	for _, c := range change {
		c(&in)
	}
	return invoke((*api.Client).CreateNotifyConfiguration, in)
}

// byNotify is a call about the only notify configuration.
func byNotify(of func(id *string) call) call {
	return func(ctx context.Context, d double) error {
		out, err := d.client.DescribeNotifyConfigurations(ctx, &api.DescribeNotifyConfigurationsInput{})
		if err != nil {
			return err
		}
		return of(out.NotifyConfigurations[0].NotifyConfigurationId)(ctx, d)
	}
}

func updateNotify(change func(*api.UpdateNotifyConfigurationInput)) call {
	return byNotify(func(id *string) call {
		in := api.UpdateNotifyConfigurationInput{NotifyConfigurationId: id}
		change(&in)
		return invoke((*api.Client).UpdateNotifyConfiguration, in)
	})
}

func deleteNotify(id *string) call {
	return invoke((*api.Client).DeleteNotifyConfiguration, api.DeleteNotifyConfigurationInput{NotifyConfigurationId: id})
}

func review(status types.NotifyConfigurationStatus, tier types.NotifyConfigurationTier) call {
	return byNotify(func(id *string) call {
		return func(_ context.Context, d double) error { return d.ReviewNotifyConfiguration(*id, status, tier) }
	})
}

// notifyText sends a code through the only notify configuration.
func notifyText(to string, change ...func(*api.SendNotifyTextMessageInput)) call {
	return byNotify(func(id *string) call {
		in := api.SendNotifyTextMessageInput{
			NotifyConfigurationId: id, DestinationPhoneNumber: &to, TemplateId: aws.String(english),
			TemplateVariables: map[string]string{"code": "123456"},
		}
		for _, c := range change {
			c(&in)
		}
		return invoke((*api.Client).SendNotifyTextMessage, in)
	})
}

// notifyCall says a code in a call.
func notifyCall(to string, change ...func(*api.SendNotifyVoiceMessageInput)) call {
	return byNotify(func(id *string) call {
		in := api.SendNotifyVoiceMessageInput{
			NotifyConfigurationId: id, DestinationPhoneNumber: &to, TemplateId: aws.String(english),
			TemplateVariables: map[string]string{"code": "123456"},
		}
		for _, c := range change {
			c(&in)
		}
		return invoke((*api.Client).SendNotifyVoiceMessage, in)
	})
}

func repeat(n int, of func(i int) call) []call {
	var calls []call
	for i := range n {
		calls = append(calls, of(i))
	}
	return calls
}

func TestNotifyConfigurationRules(t *testing.T) {
	t.Parallel()
	channels := func(c ...types.NumberCapability) func(*api.CreateNotifyConfigurationInput) {
		return func(in *api.CreateNotifyConfigurationInput) { in.EnabledChannels = c }
	}
	countries := func(c ...string) func(*api.CreateNotifyConfigurationInput) {
		return func(in *api.CreateNotifyConfigurationInput) { in.EnabledCountries = c }
	}
	template := func(id string) func(*api.CreateNotifyConfigurationInput) {
		return func(in *api.CreateNotifyConfigurationInput) { in.DefaultTemplateId = &id }
	}
	usePool := inPool(func(pool string) call {
		return updateNotify(func(in *api.UpdateNotifyConfigurationInput) { in.PoolId = &pool })
	})
	leavePool := updateNotify(func(in *api.UpdateNotifyConfigurationInput) { in.PoolId = aws.String("UNSET_DEFAULT_POOL_FOR_NOTIFY") })
	guard := func(on bool) call {
		return updateNotify(func(in *api.UpdateNotifyConfigurationInput) { in.DeletionProtectionEnabled = &on })
	}
	absent := aws.String("nc-1")
	limit := func(dollars int64) call {
		return invoke((*api.Client).SetNotifyMessageSpendLimitOverride, api.SetNotifyMessageSpendLimitOverrideInput{MonthlyLimit: &dollars})
	}
	testRules(t, []rule{
		// 25 an account.
		{"26th", repeat(25, func(int) call { return newNotify() }), newNotify(), "quota NOTIFY_CONFIGURATIONS_PER_ACCOUNT"},
		// Texts and calls only, to countries of the tier, by templates of the tier.
		{"pictures", nil, newNotify(channels(types.NumberCapabilityMms)), "validation INVALID_PARAMETER EnabledChannels"},
		{"India in BASIC", nil, newNotify(countries("US", "IN")), "validation INVALID_PARAMETER EnabledCountries"},
		{"absent template", nil, newNotify(template("other")), "not found notify-template other"},
		{"template of the other tier", nil, newNotify(template(spanish)), "validation INVALID_PARAMETER DefaultTemplateId"},
		{"absent pool", nil, newNotify(func(in *api.CreateNotifyConfigurationInput) { in.PoolId = aws.String("pool-1") }), "not found pool pool-1"},
		// A display name has 15 characters.
		{"16 characters", nil, newNotify(func(in *api.CreateNotifyConfigurationInput) {
			in.DisplayName = aws.String("Sixteen letters!")
		}), "validation INVALID_PARAMETER DisplayName"},
		// ADVANCED has more of both.
		{
			"India in ADVANCED",
			[]call{newNotify(), review("ACTIVE", "ADVANCED")},
			updateNotify(func(in *api.UpdateNotifyConfigurationInput) {
				in.EnabledCountries, in.DefaultTemplateId = []string{"IN"}, aws.String(spanish)
			}), "ok",
		},
		// Deletion protection keeps it; what is not there fails.
		{"delete", []call{newNotify()}, byNotify(deleteNotify), "ok"},
		{"delete protected", []call{newNotify(), guard(true)}, byNotify(deleteNotify), "conflict DELETION_PROTECTION_ENABLED notify-configuration"},
		{"delete unprotected", []call{newNotify(), guard(true), guard(false)}, byNotify(deleteNotify), "ok"},
		{"delete absent", nil, deleteNotify(absent), "not found notify-configuration nc-1"},
		{
			"update absent", nil, invoke((*api.Client).UpdateNotifyConfiguration, api.UpdateNotifyConfigurationInput{NotifyConfigurationId: absent}),
			"not found notify-configuration nc-1",
		},
		{"describe absent", nil, invoke((*api.Client).DescribeNotifyConfigurations, api.DescribeNotifyConfigurationsInput{
			NotifyConfigurationIds: []string{"nc-1"},
		}), "not found notify-configuration nc-1"},
		{"describe absent template", nil, invoke((*api.Client).DescribeNotifyTemplates, api.DescribeNotifyTemplatesInput{
			TemplateIds: []string{"other"},
		}), "not found notify-template other"},
		// The pool that it sends from stays.
		{"delete its pool", []call{newNotify(), pooled, usePool}, inPool(dropPool), "conflict POOL_ASSOCIATED_TO_NOTIFY_CONFIGURATION pool"},
		{"delete its former pool", []call{newNotify(), pooled, usePool, leavePool}, inPool(dropPool), "ok"},
		// A spend limit of one's own is below the account's.
		{"limit", nil, limit(10), "ok"},
		{"limit too high", nil, limit(1_000_001), "validation REQUESTED_SPEND_LIMIT_HIGHER_THAN_SERVICE_LIMIT MonthlyLimit"},
	})
}

func TestSendNotifyRules(t *testing.T) {
	t.Parallel()
	with := func(variables map[string]string) func(*api.SendNotifyTextMessageInput) {
		return func(in *api.SendNotifyTextMessageInput) { in.TemplateVariables = variables }
	}
	by := func(template *string) func(*api.SendNotifyTextMessageInput) {
		return func(in *api.SendNotifyTextMessageInput) { in.TemplateId = template }
	}
	dry := func(in *api.SendNotifyTextMessageInput) { in.DryRun = true }
	someone := func(i int) string {
		return "+1425555" + string([]rune{'2', rune('0' + i/100), rune('0' + i/10%10), rune('0' + i%10)})
	}
	n := newNotify()
	code := map[string]string{"code": "123456"}
	textsOnly := updateNotify(func(in *api.UpdateNotifyConfigurationInput) {
		in.EnabledChannels = []types.NumberCapability{types.NumberCapabilitySms}
	})
	advanced := review("ACTIVE", "ADVANCED")
	testRules(t, []rule{
		{"plain", []call{n}, notifyText(person), "ok"},
		{"absent", nil, invoke((*api.Client).SendNotifyTextMessage, api.SendNotifyTextMessageInput{
			NotifyConfigurationId: aws.String("nc-1"), DestinationPhoneNumber: aws.String(person), TemplateVariables: code,
		}), "not found notify-configuration nc-1"},
		// Only an active one sends.
		{"rejected", []call{n, review("REJECTED", "BASIC")}, notifyText(person), "conflict NOTIFY_CONFIGURATION_NOT_ACTIVE notify-configuration"},
		// Only on its channels, to its countries.
		{"a call without the channel", []call{n, textsOnly}, notifyCall(person), "validation CHANNEL_NOT_ENABLED NotifyConfigurationId"},
		{"a call", []call{n}, notifyCall(person), "ok"},
		{"outside the tier", []call{n}, notifyText("+5511987654321"), "validation COUNTRY_NOT_ENABLED DestinationPhoneNumber"},
		{"inside the other tier", []call{n, advanced}, notifyText("+5511987654321"), "ok"},
		{
			"outside its countries",
			[]call{n, updateNotify(func(in *api.UpdateNotifyConfigurationInput) { in.EnabledCountries = []string{"GB"} })},
			notifyText(person), "validation COUNTRY_NOT_ENABLED DestinationPhoneNumber",
		},
		// Where names must be registered it takes an identity of one's own.
		{"Singapore without a pool", []call{n, advanced}, notifyText("+6581234567"), "conflict NO_ORIGINATION_IDENTITIES_FOUND notify-configuration"},
		// There must be a template, for the channel and the tier.
		{"no template", []call{n}, notifyText(person, by(nil)), "validation MISSING_PARAMETER TemplateId"},
		{
			"default template",
			[]call{n, updateNotify(func(in *api.UpdateNotifyConfigurationInput) { in.DefaultTemplateId = aws.String(english) })},
			notifyText(person, by(nil)), "ok",
		},
		{
			"default template unset", []call{
				newNotify(func(in *api.CreateNotifyConfigurationInput) { in.DefaultTemplateId = aws.String(english) }),
				updateNotify(func(in *api.UpdateNotifyConfigurationInput) {
					in.DefaultTemplateId = aws.String("UNSET_DEFAULT_TEMPLATE")
				}),
			}, notifyText(person, by(nil)), "validation MISSING_PARAMETER TemplateId",
		},
		{"absent template", []call{n}, notifyText(person, by(aws.String("other"))), "not found notify-template other"},
		{"template of the other tier", []call{n}, notifyText(person, by(aws.String(spanish))), "validation INVALID_PARAMETER TemplateId"},
		{"template without calls", []call{n}, notifyCall(person, func(in *api.SendNotifyVoiceMessageInput) { in.TemplateId = aws.String(timed) }), "validation INVALID_PARAMETER TemplateId"},
		{"voice of the template", []call{n}, notifyCall(person, func(in *api.SendNotifyVoiceMessageInput) { in.VoiceId = types.VoiceIdJoanna }), "ok"},
		{"another voice", []call{n}, notifyCall(person, func(in *api.SendNotifyVoiceMessageInput) { in.VoiceId = types.VoiceIdZeina }), "validation INVALID_PARAMETER VoiceId"},
		// Its variables are given, known, not AWS's own, and within their limits.
		{"no code", []call{n}, notifyText(person, with(map[string]string{})), "validation MISSING_PARAMETER TemplateVariables"},
		{"unknown variable", []call{n}, notifyText(person, with(map[string]string{"code": "1", "pin": "2"})), "validation INVALID_PARAMETER TemplateVariables"},
		{"AWS's variable", []call{n}, notifyText(person, with(map[string]string{"code": "1", "brandName": "Evil"})), "validation INVALID_PARAMETER TemplateVariables"},
		{"long code", []call{n}, notifyText(person, with(map[string]string{"code": "12345678901"})), "validation INVALID_PARAMETER TemplateVariables"},
		{"code with a link", []call{n}, notifyText(person, with(map[string]string{"code": "evil.com/"})), "validation INVALID_PARAMETER TemplateVariables"},
		{"minutes in words", []call{n}, notifyText(person, by(aws.String(timed)), with(map[string]string{"code": "1", "minutes": "ten"})), "validation INVALID_PARAMETER TemplateVariables"},
		{"too many minutes", []call{n}, notifyText(person, by(aws.String(timed)), with(map[string]string{"code": "1", "minutes": "61"})), "validation INVALID_PARAMETER TemplateVariables"},
		{"minutes", []call{n}, notifyText(person, by(aws.String(timed)), with(map[string]string{"code": "1", "minutes": "60"})), "ok"},
		// In a day 10 to one person, 200 in tier BASIC. Dry runs do not count.
		{"11th to one person", append([]call{n}, repeat(10, func(int) call { return notifyText(person) })...), notifyText(person), "quota DAILY_NOTIFY_TIER_MESSAGE_LIMIT"},
		{"11th after dry runs", append([]call{n}, repeat(10, func(int) call { return notifyText(person, dry) })...), notifyText(person), "ok"},
		{"11th a day later", append(append([]call{n}, repeat(10, func(int) call { return notifyText(person) })...), later(24*time.Hour)), notifyText(person), "ok"},
		{"201st", append([]call{n}, repeat(200, func(i int) call { return notifyText(someone(i)) })...), notifyText(person), "quota DAILY_NOTIFY_TIER_MESSAGE_LIMIT"},
		{"201st in ADVANCED", append([]call{n, advanced}, repeat(200, func(i int) call { return notifyText(someone(i)) })...), notifyText(person), "ok"},
		// Five calls a day to one person, as without Notify.
		{"sixth call", append([]call{n}, repeat(5, func(int) call { return notifyCall(person) })...), notifyCall(person), "quota DAILY_DESTINATION_CALL_LIMIT"},
		// The opt-out list and the protect configuration hold here too.
		{"opted out", []call{n, optOut("Default", person)}, notifyText(person), "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number"},
		{"blocked", []call{n, newProtect("p"), setDefaultProtect("p"), blockUS("p")}, notifyText(person), countryBlocked},
		{"unknown set", []call{n}, notifyText(person, func(in *api.SendNotifyTextMessageInput) { in.ConfigurationSetName = aws.String("nope") }), "not found configuration-set nope"},
	})
}

// The answer tells the words that went out: from a number of AWS's, a name of AWS's, or the pool's own identity.
func TestSendNotify(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	made, err := d.client.CreateNotifyConfiguration(t.Context(), &api.CreateNotifyConfigurationInput{
		DisplayName: aws.String("Acme"), UseCase: types.NotifyConfigurationUseCaseCodeVerification,
		EnabledChannels: []types.NumberCapability{types.NumberCapabilitySms},
	})
	must(t, err)
	if made.Status != types.NotifyConfigurationStatusActive || made.Tier != types.NotifyConfigurationTierBasic {
		t.Errorf("%+v", made)
	}
	answer, err := d.client.SendNotifyTextMessage(t.Context(), &api.SendNotifyTextMessageInput{
		NotifyConfigurationId: made.NotifyConfigurationArn, DestinationPhoneNumber: aws.String(person), TemplateId: aws.String(timed),
		TemplateVariables: map[string]string{"code": "123456"},
	})
	must(t, err)
	const words = "Acme: your verification code is 123456. It expires in 10 minutes."
	if *answer.ResolvedMessageBody != words || *answer.TemplateId != timed {
		t.Errorf("%+v", answer)
	}
	do(t, d, notifyText(personGB), pooled, inPool(func(pool string) call {
		return updateNotify(func(in *api.UpdateNotifyConfigurationInput) { in.PoolId = &pool })
	}), notifyText(person))
	var got []string
	for _, m := range d.Sent() {
		got = append(got, string(m.From)+" "+m.Body)
	}
	const short = " Acme: your verification code is 123456."
	if diff := cmp.Diff([]string{"+18885550199 " + words, "NOTICE" + short, ourNumber + short}, got); diff != "" {
		t.Error(diff)
	}
	if last := d.Sent()[0]; last.ID != *answer.MessageId {
		t.Errorf("%s is not %s", last.ID, *answer.MessageId)
	}
}

// Configurations, templates and countries are found by every filter.
func TestDescribeNotify(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, pooled)
	pool := onlyPool(t.Context(), t, d)
	do(t, d, newNotify(func(in *api.CreateNotifyConfigurationInput) {
		in.DisplayName, in.PoolId, in.DefaultTemplateId = aws.String("Other"), pool.PoolArn, aws.String(english)
		in.EnabledCountries, in.DeletionProtectionEnabled = []string{"GB"}, aws.Bool(true)
		in.EnabledChannels = []types.NumberCapability{types.NumberCapabilityVoice}
	}), review("PENDING", "ADVANCED"), newNotify(func(in *api.CreateNotifyConfigurationInput) {
		in.EnabledChannels = []types.NumberCapability{types.NumberCapabilitySms}
	}))
	for name, value := range map[types.NotifyConfigurationFilterName]string{
		types.NotifyConfigurationFilterNameDisplayName: "Other", types.NotifyConfigurationFilterNameEnabledCountries: "GB",
		types.NotifyConfigurationFilterNameEnabledChannels: "VOICE", types.NotifyConfigurationFilterNameDefaultTemplate: english,
		types.NotifyConfigurationFilterNameDefaultPool: *pool.PoolId, types.NotifyConfigurationFilterNameStatus: "PENDING",
		types.NotifyConfigurationFilterNameDeletionProtectionEnabled: "true", types.NotifyConfigurationFilterNameTierUpgradeStatus: "ADVANCED",
	} {
		out, err := d.client.DescribeNotifyConfigurations(t.Context(), &api.DescribeNotifyConfigurationsInput{
			Filters: []types.NotifyConfigurationFilter{{Name: name, Values: []string{value}}},
		})
		must(t, err)
		if len(out.NotifyConfigurations) != 1 || *out.NotifyConfigurations[0].DisplayName != "Other" {
			t.Errorf("%s: %d configurations", name, len(out.NotifyConfigurations))
		}
	}
	for name, c := range map[types.NotifyTemplateFilterName]struct {
		value string
		want  int
	}{
		types.NotifyTemplateFilterNameTemplateType: {"OTP_VERIFICATION", 4}, types.NotifyTemplateFilterNameChannels: {"VOICE", 3},
		types.NotifyTemplateFilterNameTierAccess: {"BASIC", 3}, types.NotifyTemplateFilterNameSupportedCountries: {"US", 4},
		types.NotifyTemplateFilterNameLanguageCode: {"fr", 1}, types.NotifyTemplateFilterNameSupportedVoiceIds: {"JOANNA", 3},
	} {
		out, err := d.client.DescribeNotifyTemplates(t.Context(), &api.DescribeNotifyTemplatesInput{
			Filters: []types.NotifyTemplateFilter{{Name: name, Values: []string{c.value}}},
		})
		must(t, err)
		if len(out.NotifyTemplates) != c.want {
			t.Errorf("%s: %d templates, want %d", name, len(out.NotifyTemplates), c.want)
		}
	}
	countries := func(tier types.NotifyConfigurationTier, channel types.NumberCapability) []types.NotifyCountryInformation {
		var all []types.NotifyCountryInformation
		pages := api.NewListNotifyCountriesPaginator(d.client, &api.ListNotifyCountriesInput{
			Tier: tier, Channels: []types.NumberCapability{channel},
		})
		for pages.HasMorePages() {
			out, err := pages.NextPage(t.Context())
			must(t, err)
			all = append(all, out.NotifyCountries...)
		}
		return all
	}
	basic := countries(types.NotifyConfigurationTierBasic, types.NumberCapabilitySms)
	if len(basic) != 30 || *basic[0].CountryName != "Austria" {
		t.Errorf("%d countries in BASIC, the first %s", len(basic), *basic[0].CountryName)
	}
	advanced := countries(types.NotifyConfigurationTierAdvanced, types.NumberCapabilityVoice)
	if !slices.ContainsFunc(advanced, func(i types.NotifyCountryInformation) bool {
		return *i.IsoCountryCode == "IN" && i.CustomerOwnedIdentityRequired
	}) {
		t.Error("India needs an identity of one's own in ADVANCED")
	}
	if none := countries("", types.NumberCapabilityMms); len(none) != 0 {
		t.Errorf("%d countries for pictures", len(none))
	}
}

// A spend limit of one's own goes away again.
func TestNotifySpendLimit(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, invoke((*api.Client).SetNotifyMessageSpendLimitOverride, api.SetNotifyMessageSpendLimitOverrideInput{MonthlyLimit: aws.Int64(10)}))
	out, err := d.client.DeleteNotifyMessageSpendLimitOverride(t.Context(), &api.DeleteNotifyMessageSpendLimitOverrideInput{})
	must(t, err)
	if *out.MonthlyLimit != 1_000_000 {
		t.Errorf("%d", *out.MonthlyLimit)
	}
}

// A number is looked up however it is written.
func TestCarrierLookup(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	tell := func(out *api.CarrierLookupOutput) string {
		text := *out.E164PhoneNumber + " " + string(out.PhoneNumberType)
		for _, part := range []*string{out.IsoCountryCode, out.Country, out.DialingCountryCode, out.MCC, out.MNC, out.Carrier} {
			text += "|" + aws.ToString(part)
		}
		return text
	}
	for _, c := range []struct{ number, want string }{
		{"+1 (425) 555-0101", "+14255550101 MOBILE|US|United States|1|310|800|Example Wireless"},
		{"+44.7700.900123", "+447700900123 MOBILE|GB|United Kingdom|44|234|10|Example Mobile UK"},
		{"+18005550100", "+18005550100 OTHER|US|United States|1|||Example Wireless"},
		{string(simulator.DestinationUnreachable), string(simulator.DestinationUnreachable) + " LANDLINE|US|United States|1|||Example Wireless"},
		{string(simulator.DestinationInvalid), string(simulator.DestinationInvalid) + " INVALID||||||"},
		{"+1425", "+1425 INVALID||||||"},
		{"+999123456789", "+999123456789 INVALID||||||"},
	} {
		out, err := d.client.CarrierLookup(t.Context(), &api.CarrierLookupInput{PhoneNumber: &c.number})
		must(t, err)
		if got := tell(out); got != c.want {
			t.Errorf("%s: got %s, want %s", c.number, got, c.want)
		}
	}
	_, err := d.client.CarrierLookup(t.Context(), &api.CarrierLookupInput{PhoneNumber: aws.String("call me")})
	if got := verdict(err); got != "validation INVALID_PARAMETER PhoneNumber" {
		t.Error(got)
	}
}
