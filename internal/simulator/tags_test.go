package simulator_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/google/go-cmp/cmp"
	"github.com/heedsms/heed/internal/simulator"
)

const setARN = "arn:aws:sms-voice:us-east-1:111122223333:configuration-set/"

// manyTags are tags with the keys prefix0, prefix1 and so on.
func manyTags(prefix string, n int) []types.Tag {
	var tags []types.Tag
	for i := range n {
		tags = append(tags, types.Tag{Key: aws.String(fmt.Sprint(prefix, i)), Value: aws.String("")})
	}
	return tags
}

func tag(arn string, tags ...types.Tag) call {
	return invoke((*api.Client).TagResource, api.TagResourceInput{ResourceArn: &arn, Tags: tags})
}

func TestTagRules(t *testing.T) {
	t.Parallel()
	list := func(arn string) call {
		return invoke((*api.Client).ListTagsForResource, api.ListTagsForResourceInput{ResourceArn: &arn})
	}
	create := func(tags []types.Tag) call {
		return invoke((*api.Client).CreateConfigurationSet, api.CreateConfigurationSetInput{ConfigurationSetName: aws.String("new"), Tags: tags})
	}
	alerts := setARN + "alerts"
	full := []call{newSet("alerts"), tag(alerts, manyTags("k", 50)...)}
	testRules(t, []rule{
		// 50 tags, however they come; the value of one that is there can change.
		{"51 at once", []call{newSet("alerts")}, tag(alerts, manyTags("k", 51)...), "quota TAGS_PER_RESOURCE"},
		{"51st", full, tag(alerts, manyTags("other", 1)...), "quota TAGS_PER_RESOURCE"},
		{"50th again", full, tag(alerts, manyTags("k", 50)...), "ok"},
		{"51 at creation", nil, create(manyTags("k", 51)), "quota TAGS_PER_RESOURCE"},
		{"50 at creation", nil, create(manyTags("k", 50)), "ok"},
		// A creation that is refused for its tags makes nothing.
		{"after 51 at creation", []call{func(ctx context.Context, d double) error {
			_ = create(manyTags("k", 51))(ctx, d) // refused, as the rule above says
			return nil
		}}, list(setARN + "new"), "not found configuration-set " + setARN + "new"},
		// AWS keeps a prefix for itself.
		{"aws:", []call{newSet("alerts")}, tag(alerts, manyTags("aws:", 1)...), "validation INVALID_PARAMETER Tags"},
		{"empty key", []call{newSet("alerts")}, tag(alerts, types.Tag{Key: aws.String(""), Value: aws.String("")}), "validation INVALID_PARAMETER Key"},
		// The resource must be there, in this account, and of this service.
		{"absent", nil, tag(alerts, manyTags("k", 1)...), "not found configuration-set " + alerts},
		{
			"other account",
			[]call{newSet("alerts")},
			list("arn:aws:sms-voice:us-east-1:444455556666:configuration-set/alerts"),
			"not found configuration-set arn:aws:sms-voice:us-east-1:444455556666:configuration-set/alerts",
		},
		{"other service", nil, list(inbox), "validation INVALID_ARN ResourceArn"},
		{
			"no such kind", nil, list("arn:aws:sms-voice:us-east-1:111122223333:keyword/STOP"),
			"not found keyword arn:aws:sms-voice:us-east-1:111122223333:keyword/STOP",
		},
		// A key that is not there is no error.
		{"untag", []call{newSet("alerts")}, invoke((*api.Client).UntagResource, api.UntagResourceInput{
			ResourceArn: &alerts, TagKeys: []string{"nothing"},
		}), "ok"},
		{"untag absent", nil, invoke((*api.Client).UntagResource, api.UntagResourceInput{
			ResourceArn: &alerts, TagKeys: []string{"nothing"},
		}), "not found configuration-set " + alerts},
	})
}

func tagsOf(t *testing.T, d double, arn string) map[string]string {
	t.Helper()
	out, err := d.client.ListTagsForResource(t.Context(), &api.ListTagsForResourceInput{ResourceArn: &arn})
	must(t, err)
	tags := map[string]string{}
	for _, tag := range out.Tags {
		tags[*tag.Key] = *tag.Value
	}
	return tags
}

// Every resource keeps the tags of its creation.
func TestTagsOfCreation(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("messaging")}}
	var arns []string
	made := func(arn *string, err error) {
		t.Helper()
		must(t, err)
		arns = append(arns, *arn)
	}
	set, err := d.client.CreateConfigurationSet(t.Context(), &api.CreateConfigurationSetInput{ConfigurationSetName: aws.String("alerts"), Tags: tags})
	made(set.ConfigurationSetArn, err)
	list, err := d.client.CreateOptOutList(t.Context(), &api.CreateOptOutListInput{OptOutListName: aws.String("acme"), Tags: tags})
	made(list.OptOutListArn, err)
	number, err := d.client.RequestPhoneNumber(t.Context(), &api.RequestPhoneNumberInput{
		IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, NumberType: types.RequestableNumberTypeTenDlc,
		NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, Tags: tags,
	})
	made(number.PhoneNumberArn, err)
	pool, err := d.client.CreatePool(t.Context(), &api.CreatePoolInput{
		OriginationIdentity: &d.number, MessageType: types.MessageTypeTransactional, Tags: tags,
	})
	made(pool.PoolArn, err)
	name, err := d.client.RequestSenderId(t.Context(), &api.RequestSenderIdInput{
		SenderId: aws.String("ACME"), IsoCountryCode: aws.String("GB"), Tags: tags,
	})
	made(name.SenderIdArn, err)
	protect, err := d.client.CreateProtectConfiguration(t.Context(), &api.CreateProtectConfigurationInput{Tags: tags})
	made(protect.ProtectConfigurationArn, err)
	agent, err := d.client.CreateRcsAgent(t.Context(), &api.CreateRcsAgentInput{Tags: tags})
	made(agent.RcsAgentArn, err)
	registration, err := d.client.CreateRegistration(t.Context(), &api.CreateRegistrationInput{
		RegistrationType: aws.String("US_TEN_DLC_BRAND_REGISTRATION"), Tags: tags,
	})
	made(registration.RegistrationArn, err)
	verified, err := d.client.CreateVerifiedDestinationNumber(t.Context(), &api.CreateVerifiedDestinationNumberInput{
		DestinationPhoneNumber: aws.String(person), Tags: tags,
	})
	made(verified.VerifiedDestinationNumberArn, err)
	notify, err := d.client.CreateNotifyConfiguration(t.Context(), &api.CreateNotifyConfigurationInput{
		DisplayName: aws.String("Acme"), UseCase: types.NotifyConfigurationUseCaseCodeVerification,
		EnabledChannels: []types.NumberCapability{types.NumberCapabilitySms}, Tags: tags,
	})
	made(notify.NotifyConfigurationArn, err)
	for _, arn := range arns {
		if diff := cmp.Diff(map[string]string{"team": "messaging"}, tagsOf(t, d, arn)); diff != "" {
			t.Errorf("%s: %s", arn, diff)
		}
	}
}

// Tags are added, overwritten and taken away; they go with their resource.
func TestTagsChange(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	arn := setARN + "alerts"
	pair := func(key, value string) types.Tag { return types.Tag{Key: &key, Value: &value} }
	do(t, d, newSet("alerts"), tag(arn, pair("a", "1"), pair("b", "2")), tag(arn, pair("b", "3"), pair("c", "4")),
		invoke((*api.Client).UntagResource, api.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"a", "x"}}))
	if diff := cmp.Diff(map[string]string{"b": "3", "c": "4"}, tagsOf(t, d, arn)); diff != "" {
		t.Error(diff)
	}
	do(t, d, invoke((*api.Client).DeleteConfigurationSet, api.DeleteConfigurationSetInput{ConfigurationSetName: aws.String("alerts")}), newSet("alerts"))
	if left := tagsOf(t, d, arn); len(left) != 0 {
		t.Errorf("a new set of the same name has %v", left)
	}
	// A number that was arranged can be tagged like one that was requested.
	number := "arn:aws:sms-voice:us-east-1:111122223333:phone-number/" + d.number
	do(t, d, tag(number, pair("a", "1")))
	if diff := cmp.Diff(map[string]string{"a": "1"}, tagsOf(t, d, number)); diff != "" {
		t.Error(diff)
	}
}

func TestResourcePolicyRules(t *testing.T) {
	t.Parallel()
	const (
		list   = "arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/Default"
		policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sms-voice:PutOptedOutNumber"}]}`
	)
	put := func(arn, document string) call {
		return invoke((*api.Client).PutResourcePolicy, api.PutResourcePolicyInput{ResourceArn: &arn, Policy: &document})
	}
	get := func(arn string) call {
		return invoke((*api.Client).GetResourcePolicy, api.GetResourcePolicyInput{ResourceArn: &arn})
	}
	drop := func(arn string) call {
		return invoke((*api.Client).DeleteResourcePolicy, api.DeleteResourcePolicyInput{ResourceArn: &arn})
	}
	testRules(t, []rule{
		// Pools, numbers, sender ids and opt-out lists can be shared.
		{"list", nil, put(list, policy), "ok"},
		{"sender id", []call{newSenderID("ACME", "GB")}, put(senderIDARN+"ACME/GB", policy), "ok"},
		{"set", []call{newSet("alerts")}, put(setARN+"alerts", policy), "validation INVALID_PARAMETER ResourceArn"},
		{"absent", nil, put(senderIDARN+"ACME/GB", policy), "not found sender-id " + senderIDARN + "ACME/GB"},
		// A policy is JSON with a statement.
		{"no JSON", nil, put(list, "allow all"), "validation INVALID_PARAMETER Policy"},
		{"no statement", nil, put(list, "{}"), "validation INVALID_PARAMETER Policy"},
		// A resource without a policy has none to show or to delete.
		{"get", []call{put(list, policy)}, get(list), "ok"},
		{"get absent", nil, get(list), "not found policy " + list},
		{"delete", []call{put(list, policy)}, drop(list), "ok"},
		{"delete twice", []call{put(list, policy), drop(list)}, drop(list), "not found policy " + list},
		{"get from an absent resource", nil, get(setARN + "alerts"), "not found configuration-set " + setARN + "alerts"},
	})
	d := start(t, simulator.Options{})
	do(t, d, put(list, `{"Statement":[]}`), put(list, policy))
	out, err := d.client.GetResourcePolicy(t.Context(), &api.GetResourcePolicyInput{ResourceArn: aws.String(list)})
	must(t, err)
	if *out.Policy != policy || !out.CreatedTimestamp.Equal(noon) {
		t.Errorf("%+v", out)
	}
}
