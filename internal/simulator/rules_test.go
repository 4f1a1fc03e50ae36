package simulator_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
)

// rule is one thing that the API refuses or allows: what was there before, the call, and its verdict.
type rule struct {
	name   string
	before []call
	call   call
	want   string
}

func testRules(t *testing.T, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			do(t, d, r.before...)
			if got := verdict(r.call(t.Context(), d)); got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
		})
	}
}

func TestSendTextMessageRules(t *testing.T) {
	t.Parallel()
	with := func(change func(*api.SendTextMessageInput)) call { return send(person, change) }
	from := func(ref string) call {
		return with(func(in *api.SendTextMessageInput) { in.OriginationIdentity = &ref })
	}
	body := func(text string) call { return with(func(in *api.SendTextMessageInput) { in.MessageBody = &text }) }
	context := func(c map[string]string) call { return with(func(in *api.SendTextMessageInput) { in.Context = c }) }
	testRules(t, []rule{
		// A number, with its plus, may be named here.
		{"plain", nil, send(person), "ok"},
		// The plus of a destination is optional on the wire.
		{"no plus", nil, send("14255550101"), "ok"},
		// A destination begins with no zero.
		{"zero", nil, send("+0425555010"), "validation INVALID_PARAMETER DestinationPhoneNumber"},
		// A destination has at most 20 characters.
		{"long number", nil, send("+123456789012345678901"), "validation INVALID_PARAMETER DestinationPhoneNumber"},
		// A listed number is refused.
		{
			"opted out",
			[]call{optOut("Default", person)},
			send(person),
			"conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number",
		},
		// The list of another identity does not matter.
		{"other list", []call{newList("other"), optOut("other", person)}, send(person), "ok"},
		// A number is compared in one form, with or without its plus.
		{
			"opted out without plus",
			[]call{optOut("Default", "14255550101")},
			send(person),
			"conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number",
		},
		// The list holds in self-managed mode as well.
		{"self-managed", []call{
			update(func(in *api.UpdatePhoneNumberInput) { in.SelfManagedOptOutsEnabled = aws.Bool(true) }),
			optOut("Default", person),
		}, send(person), "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number"},
		// An identity that the account does not have.
		{"unknown identity", nil, from("+12065550155"), "not found phone-number +12065550155"},
		// A sender id reaches no one in the US.
		{"sender id in the US", nil, from("EXAMPLECO"), "validation SENDER_ID_NOT_SUPPORTED OriginationIdentity"},
		// AWS picks a number itself when none is named.
		{"no identity", nil, with(func(in *api.SendTextMessageInput) { in.OriginationIdentity = nil }), "ok"},
		// An account without numbers has nothing to pick from.
		{
			"no numbers",
			[]call{release},
			with(func(in *api.SendTextMessageInput) { in.OriginationIdentity = nil }),
			"conflict NO_ORIGINATION_IDENTITIES_FOUND account",
		},
		// A text has at least one character that is not white space.
		{"blank", nil, body(" \n "), "validation INVALID_PARAMETER MessageBody"},
		// A text has at most 1600 characters.
		{"1600", nil, body(strings.Repeat("a", 1600)), "ok"},
		{"1601", nil, body(strings.Repeat("a", 1601)), "validation INVALID_PARAMETER MessageBody"},
		// A configuration set must exist.
		{"unknown set", nil, send(person, inSet("nope")), "not found configuration-set nope"},
		{"known set", []call{newSet("alerts")}, send(person, inSet("alerts")), "ok"},
		// It may be named by ARN.
		{
			"set by ARN",
			[]call{newSet("alerts")},
			send(person, inSet("arn:aws:sms-voice:us-east-1:111122223333:configuration-set/alerts")), "ok",
		},
		// A protect configuration must exist, and there are none yet.
		{
			"protect", nil, with(func(in *api.SendTextMessageInput) { in.ProtectConfigurationId = aws.String("protect-1") }),
			"not found protect-configuration protect-1",
		},
		// The context has at most five entries.
		{"context of 5", nil, context(map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}), "ok"},
		{
			"context of 6", nil, context(map[string]string{"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"}),
			"validation INVALID_PARAMETER Context",
		},
		// Its keys have no white space, its values none at their ends and at most 800 characters.
		{"context key", nil, context(map[string]string{"a b": "1"}), "validation INVALID_PARAMETER Context"},
		{"context value ends", nil, context(map[string]string{"a": "1 "}), "validation INVALID_PARAMETER Context"},
		{"context value", nil, context(map[string]string{"a": "one two"}), "ok"},
		{
			"context value long", nil, context(map[string]string{"a": strings.Repeat("x", 801)}),
			"validation INVALID_PARAMETER Context",
		},
		// The time to live is 5 seconds to 72 hours.
		{
			"short life", nil, with(func(in *api.SendTextMessageInput) { in.TimeToLive = aws.Int32(4) }),
			"validation INVALID_PARAMETER TimeToLive",
		},
		{
			"long life", nil, with(func(in *api.SendTextMessageInput) { in.TimeToLive = aws.Int32(259201) }),
			"validation INVALID_PARAMETER TimeToLive",
		},
		// A price above the wanted one is refused, and a price is written with a dot.
		{
			"too dear", nil, with(func(in *api.SendTextMessageInput) { in.MaxPrice = aws.String("0.001") }),
			"validation PRICE_OVER_THRESHOLD MaxPrice",
		},
		{"cheap enough", nil, with(func(in *api.SendTextMessageInput) { in.MaxPrice = aws.String("0.05") }), "ok"},
		{
			"no price", nil, with(func(in *api.SendTextMessageInput) { in.MaxPrice = aws.String("cheap") }),
			"validation INVALID_PARAMETER MaxPrice",
		},
		// Enumerated values are held against the SDK's.
		{
			"message type", nil, with(func(in *api.SendTextMessageInput) { in.MessageType = "SPAM" }),
			"validation INVALID_PARAMETER MessageType",
		},
		// Country parameters have two keys.
		{"country parameter", nil, with(func(in *api.SendTextMessageInput) {
			in.DestinationCountryParameters = map[string]string{"XX": "1"}
		}), "validation INVALID_PARAMETER DestinationCountryParameters"},
	})
}

func release(ctx context.Context, d double) error {
	_, err := d.client.ReleasePhoneNumber(ctx, &api.ReleasePhoneNumberInput{PhoneNumberId: &d.number})
	return err
}

func TestOptOutListRules(t *testing.T) {
	t.Parallel()
	drop := func(name string) call {
		return func(ctx context.Context, d double) error {
			_, err := d.client.DeleteOptOutList(ctx, &api.DeleteOptOutListInput{OptOutListName: &name})
			return err
		}
	}
	describe := func(in *api.DescribeOptOutListsInput) call {
		return func(ctx context.Context, d double) error { _, err := d.client.DescribeOptOutLists(ctx, in); return err }
	}
	numbers := func(in *api.DescribeOptedOutNumbersInput) call {
		return func(ctx context.Context, d double) error {
			_, err := d.client.DescribeOptedOutNumbers(ctx, in)
			return err
		}
	}
	var full []call
	for i := range 24 {
		full = append(full, newList(fmt.Sprintf("list-%d", i)))
	}
	testRules(t, []rule{
		// A name is used once.
		{"same name", []call{newList("a")}, newList("a"), "conflict RESOURCE_ALREADY_EXISTS opt-out-list"},
		{"Default exists", nil, newList("Default"), "conflict RESOURCE_ALREADY_EXISTS opt-out-list"},
		// A new name is no ARN and has no space.
		{"bad name", nil, newList("a b"), "validation INVALID_PARAMETER OptOutListName"},
		// 25 lists with Default.
		{"26th", full, newList("more"), "quota OPT_OUT_LISTS_PER_ACCOUNT"},
		// A list that a number uses stays.
		{
			"in use",
			[]call{newList("a"), update(func(in *api.UpdatePhoneNumberInput) { in.OptOutListName = aws.String("a") })},
			drop("a"), "conflict RESOURCE_DELETION_NOT_ALLOWED opt-out-list",
		},
		{"Default stays", []call{release}, drop("Default"), "conflict RESOURCE_DELETION_NOT_ALLOWED opt-out-list"},
		{"unused", []call{newList("a")}, drop("a"), "ok"},
		{"absent", nil, drop("a"), "not found opt-out-list a"},
		// Describing a name that is not there fails.
		{
			"describe absent", nil, describe(&api.DescribeOptOutListsInput{OptOutListNames: []string{"a"}}),
			"not found opt-out-list a",
		},
		{
			"describe six", nil, describe(&api.DescribeOptOutListsInput{OptOutListNames: strings.Split("abcdef", "")}),
			"validation INVALID_PARAMETER OptOutListNames",
		},
		{"owner and names", nil, describe(&api.DescribeOptOutListsInput{
			OptOutListNames: []string{"Default"}, Owner: types.OwnerSelf,
		}), "validation PARAMETERS_CANNOT_BE_USED_TOGETHER Owner"},
		// Putting a number twice succeeds: no error is declared for it.
		{"put twice", []call{optOut("Default", person)}, optOut("Default", person), "ok"},
		{"put on absent list", nil, optOut("a", person), "not found opt-out-list a"},
		{"put a bad number", nil, optOut("Default", "STOP"), "validation INVALID_PARAMETER OptedOutNumber"},
		// A list of another account is not found.
		{
			"foreign ARN", nil, optOut("arn:aws:sms-voice:us-east-1:444455556666:opt-out-list/Default", person),
			"not found opt-out-list arn:aws:sms-voice:us-east-1:444455556666:opt-out-list/Default",
		},
		{"own ARN", nil, optOut("arn:aws:sms-voice:us-east-1:111122223333:opt-out-list/Default", person), "ok"},
		// Taking off a number that is not on the list fails.
		{"delete absent", nil, optIn("Default", person), "not found opted-out-number " + person},
		{"delete present", []call{optOut("Default", person)}, optIn("Default", person), "ok"},
		// Describing a number that is not on the list fails, even beside one that is.
		{"describe absent number", []call{optOut("Default", person)}, numbers(&api.DescribeOptedOutNumbersInput{
			OptOutListName: aws.String("Default"), OptedOutNumbers: []string{person, "+14255550102"},
		}), "not found opted-out-number +14255550102"},
		{"describe six numbers", nil, numbers(&api.DescribeOptedOutNumbersInput{
			OptOutListName: aws.String("Default"), OptedOutNumbers: []string{"12", "13", "14", "15", "16", "17"},
		}), "validation INVALID_PARAMETER OptedOutNumbers"},
		{"bad token", nil, numbers(&api.DescribeOptedOutNumbersInput{
			OptOutListName: aws.String("Default"), NextToken: aws.String("x"),
		}), "validation INVALID_NEXT_TOKEN NextToken"},
		{"page of 101", nil, numbers(&api.DescribeOptedOutNumbersInput{
			OptOutListName: aws.String("Default"), MaxResults: aws.Int32(101),
		}), "validation INVALID_PARAMETER MaxResults"},
	})
}

func TestKeywordRules(t *testing.T) {
	t.Parallel()
	var full []call // HELP and STOP make it 30
	for i := range 28 {
		full = append(full, putKeyword(fmt.Sprintf("WORD%d", i), ""))
	}
	describe := func(words ...string) call {
		return func(ctx context.Context, d double) error {
			_, err := d.client.DescribeKeywords(ctx, &api.DescribeKeywordsInput{OriginationIdentity: &d.number, Keywords: words})
			return err
		}
	}
	on := func(identity string) call {
		return func(ctx context.Context, d double) error {
			_, err := d.client.PutKeyword(ctx, &api.PutKeywordInput{
				OriginationIdentity: &identity, Keyword: aws.String("JOIN"), KeywordMessage: aws.String("hello"),
			})
			return err
		}
	}
	testRules(t, []rule{
		// HELP and STOP stay, in any case, and keep their action.
		{"delete HELP", nil, deleteKeyword("help"), "conflict RESOURCE_DELETION_NOT_ALLOWED keyword"},
		{"delete STOP", nil, deleteKeyword("STOP"), "conflict RESOURCE_DELETION_NOT_ALLOWED keyword"},
		{
			"STOP with an action", nil, putKeyword("Stop", types.KeywordActionAutomaticResponse),
			"conflict RESOURCE_MODIFICATION_NOT_ALLOWED keyword",
		},
		{"STOP with a message", nil, putKeyword("STOP", ""), "ok"},
		// 30 keywords an identity.
		{"31st", full, putKeyword("MORE", ""), "quota KEYWORDS_PER_PHONE_NUMBER"},
		{"30th again", full, putKeyword("WORD1", ""), "ok"},
		// A keyword may hold spaces, not at its ends, and has 30 characters.
		{"space inside", nil, putKeyword("OPT OUT", ""), "ok"},
		{"space before", nil, putKeyword(" JOIN", ""), "validation INVALID_PARAMETER Keyword"},
		{"tab inside", nil, putKeyword("A\tB", ""), "validation INVALID_PARAMETER Keyword"},
		{"31 characters", nil, putKeyword(strings.Repeat("X", 31), ""), "validation INVALID_PARAMETER Keyword"},
		{"unknown action", nil, putKeyword("JOIN", "OPT_SIDEWAYS"), "validation INVALID_PARAMETER KeywordAction"},
		// A keyword is found in any case, and not after it was deleted.
		{"delete", []call{putKeyword("join", "")}, deleteKeyword("Join"), "ok"},
		{"delete twice", []call{putKeyword("join", ""), deleteKeyword("JOIN")}, deleteKeyword("JOIN"), "not found keyword JOIN"},
		{"describe absent", nil, describe("JOIN"), "not found keyword JOIN"},
		{"describe six", nil, describe(strings.Split("ABCDEF", "")...), "validation INVALID_PARAMETER Keywords"},
		// The number itself has a plus, which the pattern has not: only ids and ARNs are taken here.
		{"by number", nil, on(ourNumber), "validation INVALID_PARAMETER OriginationIdentity"},
		{"by absent id", nil, on("phone-1"), "not found phone-number phone-1"},
	})
}

func TestPhoneNumberRules(t *testing.T) {
	t.Parallel()
	set := func(change func(*api.UpdatePhoneNumberInput)) call { return update(change) }
	twoWayOff := set(func(in *api.UpdatePhoneNumberInput) { in.TwoWayEnabled = aws.Bool(false) })
	request := func(change func(*api.RequestPhoneNumberInput)) call {
		return func(ctx context.Context, d double) error {
			in := &api.RequestPhoneNumberInput{
				IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional,
				NumberCapabilities: []types.NumberCapability{types.NumberCapabilitySms}, NumberType: types.RequestableNumberTypeTenDlc,
			}
			change(in)
			_, err := d.client.RequestPhoneNumber(ctx, in)
			return err
		}
	}
	testRules(t, []rule{
		// Two-way comes before self-managed opt-outs.
		{
			"self-managed first",
			[]call{twoWayOff},
			set(func(in *api.UpdatePhoneNumberInput) { in.SelfManagedOptOutsEnabled = aws.Bool(true) }),
			"validation TWO_WAY_NOT_ENABLED SelfManagedOptOutsEnabled",
		},
		{"both at once", []call{twoWayOff}, set(func(in *api.UpdatePhoneNumberInput) {
			in.TwoWayEnabled, in.TwoWayChannelArn, in.SelfManagedOptOutsEnabled = aws.Bool(true), aws.String(inbox), aws.Bool(true)
		}), "ok"},
		// Two-way needs a channel, a standard topic, or Connect with a role.
		{
			"no channel",
			[]call{twoWayOff},
			set(func(in *api.UpdatePhoneNumberInput) { in.TwoWayEnabled = aws.Bool(true) }),
			"validation TWO_WAY_CHANNEL_NOT_PRESENT TwoWayChannelArn",
		},
		{
			"FIFO", nil, set(func(in *api.UpdatePhoneNumberInput) { in.TwoWayChannelArn = aws.String(inbox + ".fifo") }),
			"validation INVALID_PARAMETER TwoWayChannelArn",
		},
		{"no topic", nil, set(func(in *api.UpdatePhoneNumberInput) {
			in.TwoWayChannelArn = aws.String("arn:aws:sqs:us-east-1:111122223333:queue")
		}), "validation INVALID_ARN TwoWayChannelArn"},
		{"Connect without role", nil, set(func(in *api.UpdatePhoneNumberInput) {
			in.TwoWayChannelArn = aws.String("connect.us-east-1.amazonaws.com")
		}), "validation MISSING_PARAMETER TwoWayChannelRole"},
		{"Connect", nil, set(func(in *api.UpdatePhoneNumberInput) {
			in.TwoWayChannelArn, in.TwoWayChannelRole = aws.String("connect.us-east-1.amazonaws.com"), aws.String(role)
		}), "ok"},
		{
			"unknown list", nil, set(func(in *api.UpdatePhoneNumberInput) { in.OptOutListName = aws.String("a") }),
			"not found opt-out-list a",
		},
		// A number in a pool is updated through the pool.
		{"in a pool", []call{pooled}, twoWayOff, "conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number"},
		{"release from a pool", []call{pooled}, release, "conflict PHONE_NUMBER_ASSOCIATED_TO_POOL phone-number"},
		{
			"release protected",
			[]call{set(func(in *api.UpdatePhoneNumberInput) { in.DeletionProtectionEnabled = aws.Bool(true) })},
			release, "conflict DELETION_PROTECTION_ENABLED phone-number",
		},
		{"release twice", []call{release}, func(ctx context.Context, d double) error {
			if err := release(ctx, d); verdict(err) != "not found phone-number "+d.number {
				return err
			}
			return nil
		}, "ok"},
		// Simulator numbers are American and reach simulator destinations only.
		{"simulator in France", nil, request(func(in *api.RequestPhoneNumberInput) {
			in.NumberType, in.IsoCountryCode = types.RequestableNumberTypeSimulator, aws.String("FR")
		}), "validation INVALID_PARAMETER IsoCountryCode"},
		{"request", nil, request(func(*api.RequestPhoneNumberInput) {}), "ok"},
		{
			"country in words", nil, request(func(in *api.RequestPhoneNumberInput) { in.IsoCountryCode = aws.String("us") }),
			"validation INVALID_PARAMETER IsoCountryCode",
		},
		{"unknown registration", nil, request(func(in *api.RequestPhoneNumberInput) {
			in.RegistrationId = aws.String("registration-1")
		}), "not found registration registration-1"},
		{"describe absent", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DescribePhoneNumbers(ctx, &api.DescribePhoneNumbersInput{PhoneNumberIds: []string{"phone-1"}})
			return err
		}, "not found phone-number phone-1"},
	})
}

func TestConfigurationSetRules(t *testing.T) {
	t.Parallel()
	five := []call{newSet("alerts")}
	for i := range 5 {
		five = append(five, newTopicDestination("alerts", fmt.Sprintf("d%d", i), types.EventTypeAll))
	}
	create := func(change func(*api.CreateEventDestinationInput)) call {
		return func(ctx context.Context, d double) error {
			in := &api.CreateEventDestinationInput{
				ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("d"),
				MatchingEventTypes: []types.EventType{types.EventTypeTextAll},
			}
			change(in)
			_, err := d.client.CreateEventDestination(ctx, in)
			return err
		}
	}
	firehose := &types.KinesisFirehoseDestination{IamRoleArn: aws.String(role), DeliveryStreamArn: aws.String(stream)}
	testRules(t, []rule{
		{"same name", []call{newSet("alerts")}, newSet("alerts"), "conflict RESOURCE_ALREADY_EXISTS configuration-set"},
		// Exactly one destination.
		{
			"none",
			[]call{newSet("alerts")},
			create(func(*api.CreateEventDestinationInput) {}),
			"validation MISSING_PARAMETER SnsDestination",
		},
		{"two", []call{newSet("alerts")}, create(func(in *api.CreateEventDestinationInput) {
			in.SnsDestination, in.KinesisFirehoseDestination = &types.SnsDestination{TopicArn: aws.String(topic)}, firehose
		}), "validation PARAMETERS_CANNOT_BE_USED_TOGETHER SnsDestination"},
		{
			"one",
			[]call{newSet("alerts")},
			create(func(in *api.CreateEventDestinationInput) { in.KinesisFirehoseDestination = firehose }), "ok",
		},
		// Parts of a destination have their patterns too.
		{"topic without ARN", []call{newSet("alerts")}, create(func(in *api.CreateEventDestinationInput) {
			in.SnsDestination = &types.SnsDestination{TopicArn: aws.String("a-topic-with-no-arn-at-all")}
		}), "validation INVALID_PARAMETER TopicArn"},
		// Five a set.
		{
			"sixth", five, newTopicDestination("alerts", "d5", types.EventTypeAll),
			"quota EVENT_DESTINATIONS_PER_CONFIGURATION_SET",
		},
		{
			"same destination", five[:2], newTopicDestination("alerts", "d0", types.EventTypeAll),
			"conflict RESOURCE_ALREADY_EXISTS event-destination",
		},
		// TEXT_SENT is in the enum and not supported; the RCS types are supported and not in the enum.
		{
			"TEXT_SENT", five[:1], newTopicDestination("alerts", "d", types.EventTypeTextSent),
			"validation INVALID_PARAMETER MatchingEventTypes",
		},
		{"RCS_ALL", five[:1], newTopicDestination("alerts", "d", "RCS_ALL"), "ok"},
		{
			"unknown type", five[:1], newTopicDestination("alerts", "d", "TEXT_LOST"),
			"validation INVALID_PARAMETER MatchingEventTypes",
		},
		{"unknown set", nil, newTopicDestination("alerts", "d", types.EventTypeAll), "not found configuration-set alerts"},
		// A set has a default message type or none; another than the two there is not.
		{"message type", five[:1], setMessageType("alerts", types.MessageTypePromotional), "ok"},
		{"message type of no set", nil, setMessageType("alerts", types.MessageTypePromotional), "not found configuration-set alerts"},
		{"odd message type", five[:1], setMessageType("alerts", "SPAM"), "validation INVALID_PARAMETER MessageType"},
		{"no default to delete", five[:1], dropMessageType("alerts"), "not found configuration-set alerts"},
		{
			"deleted default",
			[]call{five[0], setMessageType("alerts", types.MessageTypePromotional), dropMessageType("alerts")},
			dropMessageType("alerts"), "not found configuration-set alerts",
		},
		// The type of a destination stays.
		{"change of type", five[:2], func(ctx context.Context, d double) error {
			_, err := d.client.UpdateEventDestination(ctx, &api.UpdateEventDestinationInput{
				ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("d0"), KinesisFirehoseDestination: firehose,
			})
			return err
		}, "conflict EVENT_DESTINATION_MISMATCH event-destination"},
		{"delete absent destination", five[:1], func(ctx context.Context, d double) error {
			_, err := d.client.DeleteEventDestination(ctx, &api.DeleteEventDestinationInput{
				ConfigurationSetName: aws.String("alerts"), EventDestinationName: aws.String("d0"),
			})
			return err
		}, "not found event-destination d0"},
		{"delete absent set", nil, func(ctx context.Context, d double) error {
			_, err := d.client.DeleteConfigurationSet(ctx, &api.DeleteConfigurationSetInput{ConfigurationSetName: aws.String("alerts")})
			return err
		}, "not found configuration-set alerts"},
		{"feedback on nothing", nil, func(ctx context.Context, d double) error {
			_, err := d.client.PutMessageFeedback(ctx, &api.PutMessageFeedbackInput{
				MessageId: aws.String("m-1"), MessageFeedbackStatus: types.MessageFeedbackStatusReceived,
			})
			return err
		}, "not found message m-1"},
	})
}

func setMessageType(set string, to types.MessageType) call {
	return func(ctx context.Context, d double) error {
		out, err := d.client.SetDefaultMessageType(ctx, &api.SetDefaultMessageTypeInput{ConfigurationSetName: &set, MessageType: to})
		if err == nil && out.MessageType != to {
			return fmt.Errorf("the default is %s", out.MessageType)
		}
		return err
	}
}

func dropMessageType(set string) call {
	return func(ctx context.Context, d double) error {
		_, err := d.client.DeleteDefaultMessageType(ctx, &api.DeleteDefaultMessageTypeInput{ConfigurationSetName: &set})
		return err
	}
}
