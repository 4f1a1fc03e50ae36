package simulator_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

// A keyword is stored upper-cased, keeps its action when only the message changes, and starts as AUTOMATIC_RESPONSE.
func TestKeywords(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, putKeyword("join", ""), putKeyword("Start", types.KeywordActionOptIn), putKeyword("start", ""),
		putKeyword("gone", ""), deleteKeyword("Gone"))
	got := map[string]types.KeywordAction{}
	pages := api.NewDescribeKeywordsPaginator(d.client,
		&api.DescribeKeywordsInput{OriginationIdentity: &d.number, MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		must(t, err)
		for _, k := range out.Keywords {
			got[*k.Keyword] = k.KeywordAction
		}
	}
	want := map[string]types.KeywordAction{
		"HELP": types.KeywordActionAutomaticResponse, "STOP": types.KeywordActionOptOut,
		"JOIN": types.KeywordActionAutomaticResponse, "START": types.KeywordActionOptIn,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	out, err := d.client.DescribeKeywords(t.Context(), &api.DescribeKeywordsInput{
		OriginationIdentity: &d.number,
		Filters:             []types.KeywordFilter{{Name: types.KeywordFilterNameKeywordAction, Values: []string{"OPT_IN"}}},
	})
	must(t, err)
	if len(out.Keywords) != 1 || *out.OriginationIdentityArn != "arn:aws:sms-voice:us-east-1:111122223333:phone-number/"+d.number {
		t.Errorf("filtered: %+v", out)
	}
}

// A pool takes over what its first number has, but for deletion protection, and keeps its own keywords from then on.
func TestPoolCopiesItsFirstNumber(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newList("acme"), putKeyword("JOIN", ""), update(func(in *api.UpdatePhoneNumberInput) {
		in.OptOutListName, in.SelfManagedOptOutsEnabled, in.DeletionProtectionEnabled = aws.String("acme"), aws.Bool(true), aws.Bool(true)
	}), pooled, putKeyword("LATER", ""))
	p := onlyPool(t.Context(), t, d)
	if *p.OptOutListName != "acme" || !p.TwoWayEnabled || *p.TwoWayChannelArn != inbox || !p.SelfManagedOptOutsEnabled || p.DeletionProtectionEnabled {
		t.Errorf("pool %+v", p)
	}
	keywords, err := d.client.DescribeKeywords(t.Context(), &api.DescribeKeywordsInput{OriginationIdentity: p.PoolArn})
	must(t, err)
	if len(keywords.Keywords) != 3 {
		t.Errorf("%d keywords on the pool, want HELP, STOP and JOIN", len(keywords.Keywords))
	}
	numbers, err := d.client.DescribePhoneNumbers(t.Context(), &api.DescribePhoneNumbersInput{})
	must(t, err)
	if aws.ToString(numbers.PhoneNumbers[0].PoolId) != *p.PoolId {
		t.Error("the number does not say its pool")
	}
}

// Who joins a pool must be as the pool is; the last one cannot leave; a protected pool stays.
func TestPoolMembers(t *testing.T) {
	t.Parallel()
	for want, spec := range map[string]simulator.NumberSpec{
		"ok": {TwoWayTopic: inbox},
		"conflict OPT_OUT_LIST_MISMATCH phone-number":          {TwoWayTopic: inbox, OptOutList: "other"},
		"conflict SELF_MANAGED_OPT_OUTS_MISMATCH phone-number": {TwoWayTopic: inbox, SelfManaged: true},
		"conflict TWO_WAY_CONFIG_MISMATCH phone-number":        {},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			spec.Number = "+12065550198"
			other := d.AddNumber(spec)
			do(t, d, pooled)
			p := onlyPool(t.Context(), t, d)
			if got := verdict(associate(*p.PoolId, other)(t.Context(), d)); got != want {
				t.Fatalf("associating: %s", got)
			}
			if want != "ok" {
				return
			}
			members, err := d.client.ListPoolOriginationIdentities(t.Context(), &api.ListPoolOriginationIdentitiesInput{PoolId: p.PoolId})
			must(t, err)
			if len(members.OriginationIdentities) != 2 {
				t.Errorf("%d members", len(members.OriginationIdentities))
			}
			for _, step := range []struct {
				call call
				want string
			}{
				{associate(*p.PoolId, other), "conflict RESOURCE_ALREADY_ASSOCIATED phone-number"},
				{pooled, "conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number"},
				{disassociate(*p.PoolId, other), "ok"},
				{disassociate(*p.PoolId, other), "conflict PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL phone-number"},
				{disassociate(*p.PoolId, d.number), "conflict LAST_PHONE_NUMBER phone-number"},
				{protect(*p.PoolId, true), "ok"},
				{dropPool(*p.PoolId), "conflict DELETION_PROTECTION_ENABLED pool"},
				{protect(*p.PoolId, false), "ok"},
				{dropPool(*p.PoolId), "ok"},
				{dropPool(*p.PoolId), "not found pool " + *p.PoolId},
				{release, "ok"},
			} {
				if got := verdict(step.call(t.Context(), d)); got != step.want {
					t.Errorf("got %s, want %s", got, step.want)
				}
			}
		})
	}
}

// Keywords and message type are part of the match.
func TestPoolKeywordAndMessageTypeMismatch(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	other := d.AddNumber(simulator.NumberSpec{Number: "+12065550198", TwoWayTopic: inbox})
	do(t, d, putKeyword("JOIN", ""), pooled)
	p := onlyPool(t.Context(), t, d)
	if got := verdict(associate(*p.PoolId, other)(t.Context(), d)); got != "conflict KEYWORD_MISMATCH phone-number" {
		t.Error(got)
	}
	_, err := d.client.CreatePool(t.Context(), &api.CreatePoolInput{
		OriginationIdentity: &other, MessageType: types.MessageTypePromotional,
	})
	if got := verdict(err); got != "conflict MESSAGE_TYPE_MISMATCH phone-number" {
		t.Error(got)
	}
}

func associate(pool, number string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.AssociateOriginationIdentity(ctx, &api.AssociateOriginationIdentityInput{
			PoolId: &pool, OriginationIdentity: &number, IsoCountryCode: aws.String("US"),
		})
		return err
	}
}

func disassociate(pool, number string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.DisassociateOriginationIdentity(ctx, &api.DisassociateOriginationIdentityInput{
			PoolId: &pool, OriginationIdentity: &number, IsoCountryCode: aws.String("US"),
		})
		return err
	}
}

func protect(pool string, on bool) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.UpdatePool(ctx, &api.UpdatePoolInput{PoolId: &pool, DeletionProtectionEnabled: &on})
		return err
	}
}

func dropPool(pool string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.DeletePool(ctx, &api.DeletePoolInput{PoolId: &pool})
		return err
	}
}

// The same client token is answered with the same resource, and is bound to its parameters.
func TestClientToken(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	request := func(country string) (*api.RequestPhoneNumberOutput, error) {
		return d.client.RequestPhoneNumber(t.Context(), &api.RequestPhoneNumberInput{
			IsoCountryCode: &country, MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeLongCode,
			NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, ClientToken: aws.String("once"),
		})
	}
	first, err := request("US")
	must(t, err)
	again, err := request("US")
	must(t, err)
	if *first.PhoneNumberId != *again.PhoneNumberId {
		t.Error("a second number for the same token")
	}
	if _, err := request("GB"); verdict(err) != "validation INVALID_PARAMETER ClientToken" {
		t.Error(verdict(err))
	}
}

// Numbers, sets and lists are told with the filters that the API has.
func TestDescribeFilters(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	code := d.AddNumber(simulator.NumberSpec{Number: "12345"})
	do(t, d, newSet("quiet"), newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeTextBlocked))
	numbers, err := d.client.DescribePhoneNumbers(t.Context(), &api.DescribePhoneNumbersInput{
		Filters: []types.PhoneNumberFilter{{Name: types.PhoneNumberFilterNameNumberType, Values: []string{"SHORT_CODE"}}},
	})
	must(t, err)
	if len(numbers.PhoneNumbers) != 1 || *numbers.PhoneNumbers[0].PhoneNumberId != code {
		t.Errorf("numbers %+v", numbers.PhoneNumbers)
	}
	sets, err := d.client.DescribeConfigurationSets(t.Context(), &api.DescribeConfigurationSetsInput{
		Filters: []types.ConfigurationSetFilter{{
			Name: types.ConfigurationSetFilterNameMatchingEventTypes, Values: []string{"TEXT_BLOCKED"},
		}},
	})
	must(t, err)
	if len(sets.ConfigurationSets) != 1 || *sets.ConfigurationSets[0].ConfigurationSetName != "alerts" {
		t.Errorf("sets %+v", sets.ConfigurationSets)
	}
	lists, err := d.client.DescribeOptOutLists(t.Context(), &api.DescribeOptOutListsInput{})
	must(t, err)
	if len(lists.OptOutLists) != 1 || !lists.OptOutLists[0].CreatedTimestamp.Equal(noon) {
		t.Errorf("lists %+v", lists.OptOutLists)
	}
}

// A number is requested, found by every filter, updated and released.
func TestPhoneNumberLifecycle(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newList("acme"))
	requested, err := d.client.RequestPhoneNumber(t.Context(), &api.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypePromotional, OptOutListName: aws.String("acme"),
		NumberType: types.RequestableNumberTypeTollFree, DeletionProtectionEnabled: aws.Bool(true),
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms, types.NumberCapabilityVoice},
	})
	must(t, err)
	if *requested.PhoneNumber != "+18005550100" || requested.Status != types.NumberStatusActive {
		t.Errorf("%+v", requested)
	}
	_, err = d.client.UpdatePhoneNumber(t.Context(), &api.UpdatePhoneNumberInput{
		PhoneNumberId: requested.PhoneNumberArn, TwoWayEnabled: aws.Bool(true), TwoWayChannelArn: aws.String(topic),
		SelfManagedOptOutsEnabled: aws.Bool(true), InternationalSendingEnabled: aws.Bool(true),
	})
	must(t, err)
	for name, value := range map[types.PhoneNumberFilterName]string{
		types.PhoneNumberFilterNameNumberType:                "TOLL_FREE",
		types.PhoneNumberFilterNameMessageType:               "PROMOTIONAL",
		types.PhoneNumberFilterNameNumberCapability:          "VOICE",
		types.PhoneNumberFilterNameOptOutListName:            "acme",
		types.PhoneNumberFilterNameTwoWayChannelArn:          topic,
		types.PhoneNumberFilterNameSelfManagedOptOutsEnabled: "true",
		types.PhoneNumberFilterNameDeletionProtectionEnabled: "true",
	} {
		out, err := d.client.DescribePhoneNumbers(t.Context(), &api.DescribePhoneNumbersInput{
			Filters: []types.PhoneNumberFilter{{Name: name, Values: []string{value}}},
		})
		must(t, err)
		if len(out.PhoneNumbers) != 1 || *out.PhoneNumbers[0].PhoneNumberId != *requested.PhoneNumberId {
			t.Errorf("%s: %d numbers", name, len(out.PhoneNumbers))
		}
	}
	_, err = d.client.UpdatePhoneNumber(t.Context(), &api.UpdatePhoneNumberInput{
		PhoneNumberId: requested.PhoneNumberId, DeletionProtectionEnabled: aws.Bool(false), SelfManagedOptOutsEnabled: aws.Bool(false),
		TwoWayEnabled: aws.Bool(false),
	})
	must(t, err)
	released, err := d.client.ReleasePhoneNumber(t.Context(), &api.ReleasePhoneNumberInput{PhoneNumberId: requested.PhoneNumberId})
	must(t, err)
	if released.Status != types.NumberStatusDeleted || released.TwoWayChannelArn != nil {
		t.Errorf("%+v", released)
	}
}

// A simulator number reaches simulator destinations only.
func TestSimulatorNumber(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.AddNumber(simulator.NumberSpec{Number: "+12065550197", Type: types.NumberTypeSimulator})
	for to, want := range map[string]string{
		string(simulator.DestinationFailure): "ok",
		string(simulator.DestinationSpam):    "ok",
		person:                               "validation INVALID_IDENTITY_FOR_DESTINATION_COUNTRY OriginationIdentity",
	} {
		got := verdict(send(to, func(in *api.SendTextMessageInput) { in.OriginationIdentity = aws.String("+12065550197") })(t.Context(), d))
		if got != want {
			t.Errorf("%s: %s", to, got)
		}
	}
}

// A number cannot send what it is not capable of, and sender ids work where the country takes them.
func TestOtherSenders(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	voice, err := d.client.RequestPhoneNumber(t.Context(), &api.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("GB"), MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeLongCode,
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilityVoice},
	})
	must(t, err)
	from := func(ref *string) call {
		return send("+447700900123", func(in *api.SendTextMessageInput) { in.OriginationIdentity = ref })
	}
	if got := verdict(from(voice.PhoneNumberId)(t.Context(), d)); got != "conflict NUMBER_CAPABILITIES_MISMATCH phone-number" {
		t.Error(got)
	}
	do(t, d, newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeAll), from(aws.String("EXAMPLECO")),
		send("+447700900123", inSet("alerts")))
	if got := d.Sent()[0].From; got != "EXAMPLECO" {
		t.Error(got)
	}
	if got := string(d.PendingEvents()[2].JSON); !strings.Contains(got, `"isoCountryCode":"GB","isInternationalSend":true,"mcc":"234"`) {
		t.Error(got)
	}
}

// A destination is changed, told and deleted; a set goes with its destinations.
func TestConfigurationSetLifecycle(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newSet("alerts"), newTopicDestination("alerts", "a", types.EventTypeAll), newTopicDestination("alerts", "b", types.EventTypeAll))
	updated, err := d.client.UpdateEventDestination(t.Context(), &api.UpdateEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("a"), Enabled: aws.Bool(false),
		MatchingEventTypes: []types.EventType{types.EventTypeTextBlocked}, SnsDestination: &types.SnsDestination{TopicArn: aws.String(inbox)},
	})
	must(t, err)
	if got := updated.EventDestination; *got.Enabled || got.MatchingEventTypes[0] != types.EventTypeTextBlocked || *got.SnsDestination.TopicArn != inbox {
		t.Errorf("%+v", got)
	}
	_, err = d.client.DeleteEventDestination(t.Context(), &api.DeleteEventDestinationInput{
		ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("b"),
	})
	must(t, err)
	deleted, err := d.client.DeleteConfigurationSet(t.Context(), &api.DeleteConfigurationSetInput{ConfigurationSetName: aws.String("alerts")})
	must(t, err)
	if len(deleted.EventDestinations) != 1 || *deleted.EventDestinations[0].EventDestinationName != "a" {
		t.Errorf("%+v", deleted.EventDestinations)
	}
	do(t, d, newSet("alerts"))
}

// A pool is found by its filters and changed under the rules of a number.
func TestPoolLifecycle(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newList("acme"), pooled)
	p := onlyPool(t.Context(), t, d)
	_, err := d.client.UpdatePool(t.Context(), &api.UpdatePoolInput{
		PoolId: p.PoolArn, SharedRoutesEnabled: aws.Bool(true), OptOutListName: aws.String("acme"),
	})
	must(t, err)
	for name, value := range map[types.PoolFilterName]string{
		types.PoolFilterNameStatus: "ACTIVE", types.PoolFilterNameMessageType: "TRANSACTIONAL",
		types.PoolFilterNameSharedRoutesEnabled: "true", types.PoolFilterNameDeletionProtectionEnabled: "false",
		types.PoolFilterNameOptOutListName: "acme", types.PoolFilterNameTwoWayEnabled: "true",
	} {
		out, err := d.client.DescribePools(t.Context(), &api.DescribePoolsInput{
			Filters: []types.PoolFilter{{Name: name, Values: []string{value}}},
		})
		must(t, err)
		if len(out.Pools) != 1 {
			t.Errorf("%s: %d pools", name, len(out.Pools))
		}
	}
	// The list of the pool holds for its members.
	do(t, d, optOut("acme", person))
	if got := verdict(send(person)(t.Context(), d)); got != "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number" {
		t.Error(got)
	}
	_, err = d.client.UpdatePool(t.Context(), &api.UpdatePoolInput{
		PoolId: p.PoolId, TwoWayEnabled: aws.Bool(false), SelfManagedOptOutsEnabled: aws.Bool(true),
	})
	if got := verdict(err); got != "validation TWO_WAY_NOT_ENABLED SelfManagedOptOutsEnabled" {
		t.Error(got)
	}
}

// The default message type of a set is that of a message that names none; it is told with the set, and can be deleted.
func TestDefaultMessageType(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	promotional, err := d.client.RequestPhoneNumber(t.Context(), &api.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypePromotional,
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, NumberType: types.RequestableNumberTypeTollFree,
	})
	must(t, err)
	from := func(in *api.SendTextMessageInput) { in.OriginationIdentity = promotional.PhoneNumberId }
	do(t, d, newSet("alerts"), setMessageType("alerts", types.MessageTypePromotional), send(person, inSet("alerts"), from), send(person))
	if got := verdict(send(person, inSet("alerts"))(t.Context(), d)); got != "conflict MESSAGE_TYPE_MISMATCH phone-number" {
		t.Errorf("from a transactional number: %s", got)
	}
	sets, err := d.client.DescribeConfigurationSets(t.Context(), &api.DescribeConfigurationSetsInput{})
	must(t, err)
	if got := sets.ConfigurationSets[0].DefaultMessageType; got != types.MessageTypePromotional {
		t.Errorf("the set has the default %q", got)
	}
	messages := d.Sent()
	if len(messages) != 2 || messages[0].MessageType != "PROMOTIONAL" || messages[1].MessageType != "TRANSACTIONAL" {
		t.Errorf("%+v", messages)
	}
	do(t, d, dropMessageType("alerts"))
	sets, err = d.client.DescribeConfigurationSets(t.Context(), &api.DescribeConfigurationSetsInput{})
	must(t, err)
	if got := sets.ConfigurationSets[0].DefaultMessageType; got != "" {
		t.Errorf("the set still has the default %q", got)
	}
}
