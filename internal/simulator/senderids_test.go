package simulator_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
)

const (
	personGB    = "+447700900123"
	senderIDARN = "arn:aws:sms-voice:us-east-1:111122223333:sender-id/"
)

// invoke is a call of one operation of the client.
func invoke[In, Out any](operation func(*api.Client, context.Context, *In, ...func(*api.Options)) (*Out, error), in In) call {
	return func(ctx context.Context, d double) error { _, err := operation(d.client, ctx, &in); return err }
}

func newSenderID(name, country string, change ...func(*api.RequestSenderIdInput)) call {
	in := api.RequestSenderIdInput{SenderId: &name, IsoCountryCode: &country}
	for _, c := range change {
		c(&in)
	}
	return invoke((*api.Client).RequestSenderId, in)
}

func releaseSenderID(name, country string) call {
	return invoke((*api.Client).ReleaseSenderId, api.ReleaseSenderIdInput{SenderId: &name, IsoCountryCode: &country})
}

// newPool makes a pool from an identity.
func newPool(identity string, country *string, t types.MessageType) call {
	return invoke((*api.Client).CreatePool, api.CreatePoolInput{OriginationIdentity: &identity, IsoCountryCode: country, MessageType: t})
}

// inPool is a call about the only pool.
func inPool(of func(pool string) call) call {
	return func(ctx context.Context, d double) error {
		out, err := d.client.DescribePools(ctx, &api.DescribePoolsInput{})
		if err != nil {
			return err
		}
		return of(*out.Pools[0].PoolId)(ctx, d)
	}
}

// joinPool puts an identity into the only pool.
func joinPool(identity string, country *string) call {
	return inPool(func(pool string) call {
		return invoke((*api.Client).AssociateOriginationIdentity, api.AssociateOriginationIdentityInput{
			PoolId: &pool, OriginationIdentity: &identity, IsoCountryCode: country,
		})
	})
}

// leavePool takes an identity out of the only pool.
func leavePool(identity string, country *string) call {
	return inPool(func(pool string) call {
		return invoke((*api.Client).DisassociateOriginationIdentity, api.DisassociateOriginationIdentityInput{
			PoolId: &pool, OriginationIdentity: &identity, IsoCountryCode: country,
		})
	})
}

func fromIdentity(to, identity string, change ...func(*api.SendTextMessageInput)) call {
	return send(to, append(change, func(in *api.SendTextMessageInput) { in.OriginationIdentity = &identity })...)
}

func fromNobody(in *api.SendTextMessageInput) { in.OriginationIdentity = nil }

func TestSenderIDRules(t *testing.T) {
	t.Parallel()
	gb := aws.String("GB")
	describe := func(in api.DescribeSenderIdsInput) call { return invoke((*api.Client).DescribeSenderIds, in) }
	protected := func(in *api.RequestSenderIdInput) { in.DeletionProtectionEnabled = aws.Bool(true) }
	promotional := func(in *api.RequestSenderIdInput) {
		in.MessageTypes = []types.MessageType{types.MessageTypePromotional}
	}
	protectionOff := invoke((*api.Client).UpdateSenderId, api.UpdateSenderIdInput{
		SenderId: aws.String("ACME"), IsoCountryCode: gb, DeletionProtectionEnabled: aws.Bool(false),
	})
	acme := newSenderID("ACME", "GB")
	pooledACME := newPool("ACME", gb, types.MessageTypeTransactional)
	testRules(t, []rule{
		// A name is used once in a country, and may be used in several.
		{"same name and country", []call{acme}, newSenderID("ACME", "GB"), "conflict RESOURCE_ALREADY_EXISTS sender-id"},
		{"other country", []call{acme}, newSenderID("ACME", "DE"), "ok"},
		// Some countries take no sender ids, some only registered ones.
		{"US", nil, newSenderID("ACME", "US"), "validation SENDER_ID_NOT_SUPPORTED IsoCountryCode"},
		{"Singapore", nil, newSenderID("ACME", "SG"), "validation SENDER_ID_REQUIRES_REGISTRATION IsoCountryCode"},
		// A name has 11 characters, a letter among them, and no space.
		{"12 characters", nil, newSenderID("ABCDEFGHIJKL", "GB"), "validation INVALID_PARAMETER SenderId"},
		{"digits", nil, newSenderID("12345", "GB"), "validation INVALID_PARAMETER SenderId"},
		{"space", nil, newSenderID("AC ME", "GB"), "validation INVALID_PARAMETER SenderId"},
		// Deletion protection keeps it, until it is taken off.
		{"release", []call{acme}, releaseSenderID("ACME", "GB"), "ok"},
		{"release by ARN", []call{acme}, releaseSenderID(senderIDARN+"ACME/GB", "GB"), "ok"},
		{"release absent", nil, releaseSenderID("ACME", "GB"), "not found sender-id ACME"},
		{"release elsewhere", []call{acme}, releaseSenderID("ACME", "DE"), "not found sender-id ACME"},
		{
			"release with the wrong country",
			[]call{acme},
			releaseSenderID(senderIDARN+"ACME/GB", "DE"),
			"validation COUNTRY_CODE_MISMATCH IsoCountryCode",
		},
		{
			"release protected",
			[]call{newSenderID("ACME", "GB", protected)},
			releaseSenderID("ACME", "GB"),
			"conflict DELETION_PROTECTION_ENABLED sender-id",
		},
		{"release unprotected", []call{newSenderID("ACME", "GB", protected), protectionOff}, releaseSenderID("ACME", "GB"), "ok"},
		{"update absent", nil, protectionOff, "not found sender-id ACME"},
		// So does a pool.
		{
			"release from a pool",
			[]call{acme, pooledACME},
			releaseSenderID("ACME", "GB"),
			"conflict SENDER_ID_ASSOCIATED_TO_POOL sender-id",
		},
		// Describing one that is not there fails.
		{"describe absent", nil, describe(api.DescribeSenderIdsInput{
			SenderIds: []types.SenderIdAndCountry{{SenderId: aws.String("ACME"), IsoCountryCode: gb}},
		}), "not found sender-id ACME"},
		{"owner and names", []call{acme}, describe(api.DescribeSenderIdsInput{
			Owner: types.OwnerSelf, SenderIds: []types.SenderIdAndCountry{{SenderId: aws.String("ACME"), IsoCountryCode: gb}},
		}), "validation PARAMETERS_CANNOT_BE_USED_TOGETHER Owner"},
		// A sender id may be in several pools, in each once.
		{"second pool", []call{acme, pooledACME}, pooledACME, "ok"},
		{
			"twice in a pool",
			[]call{acme, pooledACME},
			joinPool("ACME", gb),
			"conflict RESOURCE_ALREADY_ASSOCIATED sender-id",
		},
		// It is named by its name with its country or by its ARN, where a country may be left out.
		{"joins by ARN", []call{acme, newSenderID("ACME", "DE"), pooledACME}, joinPool(senderIDARN+"ACME/DE", nil), "ok"},
		{"joins without country", []call{acme, pooledACME}, joinPool("ACME", nil), "validation MISSING_PARAMETER IsoCountryCode"},
		{
			"joins with the wrong country",
			[]call{acme, pooledACME},
			joinPool(senderIDARN+"ACME/GB", aws.String("DE")),
			"validation COUNTRY_CODE_MISMATCH IsoCountryCode",
		},
		{"absent joins", []call{acme, pooledACME}, joinPool("OTHER", gb), "not found sender-id OTHER"},
		// Its message types hold the pool's.
		{
			"pool of another type",
			[]call{newSenderID("ACME", "GB", promotional)},
			pooledACME,
			"conflict MESSAGE_TYPE_MISMATCH sender-id",
		},
		{
			"joins a pool of another type",
			[]call{acme, pooledACME, newSenderID("SALE", "GB", promotional)},
			joinPool("SALE", gb),
			"conflict MESSAGE_TYPE_MISMATCH sender-id",
		},
		// The pool of a sender id has no two-way: a number with it does not match.
		{
			"a two-way number joins",
			[]call{acme, pooledACME},
			func(ctx context.Context, d double) error { return joinPool(d.number, aws.String("US"))(ctx, d) },
			"conflict TWO_WAY_CONFIG_MISMATCH phone-number",
		},
		{"joins a number's pool", []call{acme, pooled}, joinPool("ACME", gb), "ok"},
		// The last one stays; who is not in the pool cannot leave it.
		{"last leaves", []call{acme, pooledACME}, leavePool("ACME", gb), "conflict LAST_PHONE_NUMBER sender-id"},
		{
			"absent leaves",
			[]call{acme, pooled},
			leavePool("ACME", gb),
			"conflict PHONE_NUMBER_NOT_ASSOCIATED_TO_POOL sender-id",
		},
		{"leaves and is released", []call{acme, pooled, joinPool("ACME", gb), leavePool("ACME", gb)}, releaseSenderID("ACME", "GB"), "ok"},
		{"released after its pool", []call{acme, pooledACME, inPool(dropPool)}, releaseSenderID("ACME", "GB"), "ok"},
		// A country that is not the number's.
		{
			"number with the wrong country",
			[]call{acme, pooledACME},
			func(ctx context.Context, d double) error { return joinPool(d.number, gb)(ctx, d) },
			"validation COUNTRY_CODE_MISMATCH IsoCountryCode",
		},
		// A sender id sends in its country only, by its name or ARN.
		{"sends", []call{acme}, fromIdentity(personGB, "ACME"), "ok"},
		{"sends by ARN", []call{acme}, fromIdentity(personGB, senderIDARN+"ACME/GB"), "ok"},
		{
			"sends abroad",
			[]call{acme},
			fromIdentity("+4915123456789", senderIDARN+"ACME/GB"),
			"validation INVALID_IDENTITY_FOR_DESTINATION_COUNTRY OriginationIdentity",
		},
		{"absent ARN", nil, fromIdentity(personGB, senderIDARN+"ACME/GB"), "not found sender-id " + senderIDARN + "ACME/GB"},
		{"dynamic", nil, fromIdentity("+4915123456789", "ACME"), "ok"},
		{"dynamic in Singapore", nil, fromIdentity("+6581234567", "ACME"), "validation SENDER_ID_NOT_REGISTERED OriginationIdentity"},
		// Default is its opt-out list.
		{
			"opted out",
			[]call{acme, optOut("Default", personGB)},
			fromIdentity(personGB, "ACME"),
			"conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number",
		},
		// A pool of it reaches nobody abroad, unless it has shared routes, which the US has not.
		{
			"its pool abroad",
			[]call{acme, pooledACME},
			inPool(func(pool string) call { return fromIdentity("+4915123456789", pool) }),
			"validation INVALID_IDENTITY_FOR_DESTINATION_COUNTRY OriginationIdentity",
		},
		{
			"its pool abroad with shared routes",
			[]call{acme, pooledACME, inPool(shareRoutes)},
			inPool(func(pool string) call { return fromIdentity("+4915123456789", pool) }), "ok",
		},
		{
			"its pool in the US with shared routes",
			[]call{acme, pooledACME, inPool(shareRoutes)},
			inPool(func(pool string) call { return fromIdentity(person, pool) }),
			"validation INVALID_IDENTITY_FOR_DESTINATION_COUNTRY OriginationIdentity",
		},
	})
}

func shareRoutes(pool string) call {
	return invoke((*api.Client).UpdatePool, api.UpdatePoolInput{PoolId: &pool, SharedRoutesEnabled: aws.Bool(true)})
}

// A sender id that was registered can be sent from where registration is a must, and says that it is registered.
func TestRegisteredSenderID(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	d.AddSenderID("ACME", "SG")
	do(t, d, fromIdentity("+6581234567", "ACME"), newSenderID("ACME", "GB"))
	for filter, value := range map[types.SenderIdFilterName]string{
		types.SenderIdFilterNameRegistered: "true", types.SenderIdFilterNameIsoCountryCode: "SG",
	} {
		out, err := d.client.DescribeSenderIds(t.Context(), &api.DescribeSenderIdsInput{
			Filters: []types.SenderIdFilter{{Name: filter, Values: []string{value}}},
		})
		must(t, err)
		if len(out.SenderIds) != 1 || !out.SenderIds[0].Registered || out.SenderIds[0].RegistrationId == nil {
			t.Errorf("%s: %+v", filter, out.SenderIds)
		}
	}
}

// Sender ids come in pages and by every filter.
func TestDescribeSenderIDs(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newSenderID("ACME", "GB"), newSenderID("ACME", "DE"), newSenderID("SALE", "DE", func(in *api.RequestSenderIdInput) {
		in.MessageTypes, in.DeletionProtectionEnabled = []types.MessageType{types.MessageTypePromotional}, aws.Bool(true)
	}))
	var arns []string
	pages := api.NewDescribeSenderIdsPaginator(d.client, &api.DescribeSenderIdsInput{MaxResults: aws.Int32(1)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(t.Context())
		must(t, err)
		for _, i := range out.SenderIds {
			arns = append(arns, *i.SenderIdArn)
		}
	}
	if want := []string{senderIDARN + "ACME/DE", senderIDARN + "ACME/GB", senderIDARN + "SALE/DE"}; !slices.Equal(arns, want) {
		t.Errorf("%v", arns)
	}
	for filter, value := range map[types.SenderIdFilterName]string{
		types.SenderIdFilterNameSenderId: "SALE", types.SenderIdFilterNameMessageType: "PROMOTIONAL",
		types.SenderIdFilterNameDeletionProtectionEnabled: "true",
	} {
		out, err := d.client.DescribeSenderIds(t.Context(), &api.DescribeSenderIdsInput{
			Filters: []types.SenderIdFilter{{Name: filter, Values: []string{value}}},
		})
		must(t, err)
		if len(out.SenderIds) != 1 || *out.SenderIds[0].SenderId != "SALE" {
			t.Errorf("%s: %+v", filter, out.SenderIds)
		}
	}
}

// A pool tells of its sender ids, and sends from them only where it has no number that reaches the person, with the
// list of the pool.
func TestPoolOfNumbersAndSenderIDs(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newSenderID("ACME", "GB"), newList("acme"),
		newPool("ACME", aws.String("GB"), types.MessageTypeTransactional))
	pool := onlyPool(t.Context(), t, d)
	do(t, d, fromIdentity(personGB, *pool.PoolId))
	plain := d.AddNumber(simulator.NumberSpec{Number: "+12065550198"})
	do(t, d, joinPool(plain, aws.String("US")),
		// The sender id wrote last, so it goes on for 25 hours.
		fromIdentity(personGB, *pool.PoolId))
	d.Advance(26 * time.Hour)
	do(t, d, fromIdentity(personGB, *pool.PoolId))
	var from []string
	for _, m := range d.Sent() {
		from = append(from, string(m.From))
	}
	if want := []string{"ACME", "ACME", "+12065550198"}; !slices.Equal(from, want) {
		t.Errorf("sent from %v, want %v", from, want)
	}
	members, err := d.client.ListPoolOriginationIdentities(t.Context(), &api.ListPoolOriginationIdentitiesInput{
		PoolId:  pool.PoolId,
		Filters: []types.PoolOriginationIdentitiesFilter{{Name: types.PoolOriginationIdentitiesFilterNameIsoCountryCode, Values: []string{"GB"}}},
	})
	must(t, err)
	if len(members.OriginationIdentities) != 1 || *members.OriginationIdentities[0].OriginationIdentity != "ACME" ||
		members.OriginationIdentities[0].PhoneNumber != nil {
		t.Errorf("%+v", members.OriginationIdentities)
	}
	do(t, d, inPool(func(pool string) call {
		return invoke((*api.Client).UpdatePool, api.UpdatePoolInput{PoolId: &pool, OptOutListName: aws.String("acme")})
	}), optOut("acme", personGB))
	if got := verdict(fromIdentity(personGB, *pool.PoolId)(t.Context(), d)); got != "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number" {
		t.Error(got)
	}
}

// Who names no identity is sent from a number of the destination's country, a sender id of it, the default of the
// configuration set, another number, and last from AWS's own name.
func TestNobodyNamed(t *testing.T) {
	t.Parallel()
	setDefault := invoke((*api.Client).SetDefaultSenderId, api.SetDefaultSenderIdInput{
		ConfigurationSetName: aws.String("alerts"), SenderId: aws.String("FALLBACK"),
	})
	deleteDefault := invoke((*api.Client).DeleteDefaultSenderId, api.DeleteDefaultSenderIdInput{ConfigurationSetName: aws.String("alerts")})
	for name, c := range map[string]struct {
		before []call
		to     string
		from   string
	}{
		"a number of the country":           {[]call{setDefault}, person, ourNumber},
		"a sender id of the country":        {[]call{setDefault, newSenderID("ACME", "GB")}, personGB, "ACME"},
		"the default of the set":            {[]call{setDefault}, personGB, "FALLBACK"},
		"another number":                    {[]call{setDefault, deleteDefault}, personGB, ourNumber},
		"the generic name of shared routes": {[]call{release}, personGB, "NOTICE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			do(t, d, newSet("alerts"))
			do(t, d, append(c.before, send(c.to, fromNobody, inSet("alerts")))...)
			if got := d.Sent()[0].From; string(got) != c.from {
				t.Errorf("from %s, want %s", got, c.from)
			}
		})
	}
}

func TestConfigurationSetDefaults(t *testing.T) {
	t.Parallel()
	setSender := func(set, name string) call {
		return invoke((*api.Client).SetDefaultSenderId, api.SetDefaultSenderIdInput{ConfigurationSetName: &set, SenderId: &name})
	}
	dropSender := invoke((*api.Client).DeleteDefaultSenderId, api.DeleteDefaultSenderIdInput{ConfigurationSetName: aws.String("alerts")})
	feedback := func(set string) call {
		return invoke((*api.Client).SetDefaultMessageFeedbackEnabled, api.SetDefaultMessageFeedbackEnabledInput{
			ConfigurationSetName: &set, MessageFeedbackEnabled: aws.Bool(true),
		})
	}
	testRules(t, []rule{
		{"sender of an absent set", nil, setSender("alerts", "ACME"), "not found configuration-set alerts"},
		{"sender without a letter", []call{newSet("alerts")}, setSender("alerts", "123"), "validation INVALID_PARAMETER SenderId"},
		{"delete the sender of an absent set", nil, dropSender, "not found configuration-set alerts"},
		// There must be one to delete.
		{"delete an absent sender", []call{newSet("alerts")}, dropSender, "not found sender-id alerts"},
		{"delete a sender", []call{newSet("alerts"), setSender("alerts", "ACME")}, dropSender, "ok"},
		{"feedback of an absent set", nil, feedback("alerts"), "not found configuration-set alerts"},
	})
	d := start(t, simulator.Options{})
	do(t, d, newSet("quiet"), newSet("alerts"), setSender("alerts", "ACME"), feedback("alerts"))
	for filter, value := range map[types.ConfigurationSetFilterName]string{
		types.ConfigurationSetFilterNameDefaultSenderId: "ACME", types.ConfigurationSetFilterNameDefaultMessageFeedbackEnabled: "true",
	} {
		out, err := d.client.DescribeConfigurationSets(t.Context(), &api.DescribeConfigurationSetsInput{
			Filters: []types.ConfigurationSetFilter{{Name: filter, Values: []string{value}}},
		})
		must(t, err)
		if len(out.ConfigurationSets) != 1 || aws.ToString(out.ConfigurationSets[0].DefaultSenderId) != "ACME" ||
			!aws.ToBool(out.ConfigurationSets[0].DefaultMessageFeedbackEnabled) {
			t.Errorf("%s: %+v", filter, out.ConfigurationSets)
		}
	}
	// A send that says otherwise wins over the set.
	explicit := func(on bool) func(*api.SendTextMessageInput) {
		return func(in *api.SendTextMessageInput) { in.MessageFeedbackEnabled = &on }
	}
	do(t, d, send(person, inSet("alerts")), send(person, inSet("alerts"), explicit(false)), send(person, inSet("quiet")),
		send(person, inSet("quiet"), explicit(true)))
	d.Advance(2 * time.Hour)
	var got []types.MessageFeedbackStatus
	for _, m := range d.Sent() {
		got = append(got, m.Feedback)
	}
	if want := []types.MessageFeedbackStatus{"FAILED", "", "", "FAILED"}; !slices.Equal(got, want) {
		t.Errorf("feedback %q, want %q", got, want)
	}
}
