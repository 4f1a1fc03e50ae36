package simulator_test

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

func newAgent(ctx context.Context, d double) error {
	_, err := d.client.CreateRcsAgent(ctx, &api.CreateRcsAgentInput{})
	return err
}

// byAgent is a call about the only RCS agent.
func byAgent(of func(id string) call) call {
	return func(ctx context.Context, d double) error {
		out, err := d.client.DescribeRcsAgents(ctx, &api.DescribeRcsAgentsInput{})
		if err != nil {
			return err
		}
		return of(*out.RcsAgents[0].RcsAgentId)(ctx, d)
	}
}

func updateAgent(change func(*api.UpdateRcsAgentInput)) call {
	return byAgent(func(id string) call {
		in := api.UpdateRcsAgentInput{RcsAgentId: &id}
		change(&in)
		return invoke((*api.Client).UpdateRcsAgent, in)
	})
}

func deleteAgent(id string) call {
	return invoke((*api.Client).DeleteRcsAgent, api.DeleteRcsAgentInput{RcsAgentId: &id})
}

// launched launches the only agent in countries.
func launched(countries ...string) call {
	return byAgent(func(id string) call {
		return func(_ context.Context, d double) error { return d.LaunchRCSAgent(sms.Identity(id), countries...) }
	})
}

func TestRCSAgentRules(t *testing.T) {
	t.Parallel()
	describe := func(in api.DescribeRcsAgentsInput) call { return invoke((*api.Client).DescribeRcsAgents, in) }
	create := func(in api.CreateRcsAgentInput) call { return invoke((*api.Client).CreateRcsAgent, in) }
	twoWay := func(in *api.UpdateRcsAgentInput) {
		in.TwoWayEnabled, in.TwoWayChannelArn = aws.Bool(true), aws.String(inbox)
	}
	pooledAgent := byAgent(func(id string) call { return newPool(id, nil, types.MessageTypeTransactional) })
	joined := byAgent(func(id string) call { return joinPool(id, nil) })
	left := byAgent(func(id string) call { return leavePool(id, nil) })
	keyword := byAgent(func(id string) call {
		return invoke((*api.Client).PutKeyword, api.PutKeywordInput{
			OriginationIdentity: &id, Keyword: aws.String("JOIN"), KeywordMessage: aws.String("hello"),
		})
	})
	send := func(to string) call {
		return byAgent(func(id string) call { return fromIdentity(to, id) })
	}
	testRules(t, []rule{
		// Five an account.
		{"sixth", []call{newAgent, newAgent, newAgent, newAgent, newAgent}, newAgent, "quota RCS_AGENTS_PER_ACCOUNT"},
		{"fifth", []call{newAgent, newAgent, newAgent, newAgent}, newAgent, "ok"},
		{"absent list", nil, create(api.CreateRcsAgentInput{OptOutListName: aws.String("acme")}), "not found opt-out-list acme"},
		{"describe absent", nil, describe(api.DescribeRcsAgentsInput{RcsAgentIds: []string{"rcs-1"}}), "not found rcs-agent rcs-1"},
		{
			"owner and ids", nil, describe(api.DescribeRcsAgentsInput{RcsAgentIds: []string{"rcs-1"}, Owner: types.OwnerSelf}),
			"validation PARAMETERS_CANNOT_BE_USED_TOGETHER Owner",
		},
		// A list in use stays.
		{
			"list in use",
			[]call{newList("acme"), create(api.CreateRcsAgentInput{OptOutListName: aws.String("acme")})},
			invoke((*api.Client).DeleteOptOutList, api.DeleteOptOutListInput{OptOutListName: aws.String("acme")}),
			"conflict RESOURCE_DELETION_NOT_ALLOWED opt-out-list",
		},
		// Two-way has the rules of a number.
		{"two-way", []call{newAgent}, updateAgent(twoWay), "ok"},
		{
			"self-managed first",
			[]call{newAgent},
			updateAgent(func(in *api.UpdateRcsAgentInput) { in.SelfManagedOptOutsEnabled = aws.Bool(true) }),
			"validation TWO_WAY_NOT_ENABLED SelfManagedOptOutsEnabled",
		},
		{
			"no channel",
			[]call{newAgent},
			updateAgent(func(in *api.UpdateRcsAgentInput) { in.TwoWayEnabled = aws.Bool(true) }),
			"validation TWO_WAY_CHANNEL_NOT_PRESENT TwoWayChannelArn",
		},
		{"update absent", nil, invoke((*api.Client).UpdateRcsAgent, api.UpdateRcsAgentInput{RcsAgentId: aws.String("rcs-1")}), "not found rcs-agent rcs-1"},
		// Deletion protection keeps it, and so does a pool.
		{"delete", []call{newAgent}, byAgent(deleteAgent), "ok"},
		{"delete absent", nil, deleteAgent("rcs-1"), "not found rcs-agent rcs-1"},
		{
			"delete protected",
			[]call{create(api.CreateRcsAgentInput{DeletionProtectionEnabled: aws.Bool(true)})},
			byAgent(deleteAgent),
			"conflict DELETION_PROTECTION_ENABLED rcs-agent",
		},
		{"delete from a pool", []call{newAgent, pooledAgent}, byAgent(deleteAgent), "conflict RCS_AGENT_ASSOCIATED_TO_POOL rcs-agent"},
		{"update in a pool", []call{newAgent, pooledAgent}, updateAgent(twoWay), "conflict RCS_AGENT_ASSOCIATED_TO_POOL rcs-agent"},
		// One pool an agent, whose settings must be the same.
		{"second pool", []call{newAgent, pooledAgent}, pooledAgent, "conflict RCS_AGENT_ASSOCIATED_TO_POOL rcs-agent"},
		{"joins a number's pool", []call{newAgent, updateAgent(twoWay), pooled}, joined, "ok"},
		{"does not match", []call{newAgent, pooled}, joined, "conflict TWO_WAY_CONFIG_MISMATCH rcs-agent"},
		{"keywords do not match", []call{newAgent, updateAgent(twoWay), keyword, pooled}, joined, "conflict KEYWORD_MISMATCH rcs-agent"},
		{"absent joins", []call{pooled}, joinPool("rcs-1", nil), "not found rcs-agent rcs-1"},
		{"leaves and is deleted", []call{newAgent, updateAgent(twoWay), pooled, joined, left}, byAgent(deleteAgent), "ok"},
		{"deleted after its pool", []call{newAgent, pooledAgent, inPool(dropPool)}, byAgent(deleteAgent), "ok"},
		// It sends where it is launched.
		{"not launched", []call{newAgent}, send(person), "conflict RESOURCE_NOT_ACTIVE rcs-agent"},
		{"launched", []call{newAgent, launched("US")}, send(person), "ok"},
		{"launched elsewhere", []call{newAgent, launched("US")}, send(personGB), "validation INVALID_IDENTITY_FOR_DESTINATION_COUNTRY OriginationIdentity"},
		{"opted out", []call{newAgent, launched("US"), optOut("Default", person)}, send(person), "conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number"},
		// Rules for RCS are its own.
		{
			"blocked for SMS", []call{newAgent, launched("US"), newProtect("p"), setDefaultProtect("p"), blockUS("p")}, send(person), "ok",
		},
		{
			"blocked for RCS", []call{
				newAgent, launched("US"), newProtect("p"), setDefaultProtect("p"),
				ruleCountry("p", "US", types.ProtectStatusBlock, types.NumberCapabilityRcs),
			}, send(person), countryBlocked,
		},
		{
			"launch status of absent", nil,
			invoke((*api.Client).DescribeRcsAgentCountryLaunchStatus, api.DescribeRcsAgentCountryLaunchStatusInput{RcsAgentId: aws.String("rcs-1")}),
			"not found rcs-agent rcs-1",
		},
	})
}

// An agent is CREATED until its first launch; the launches are told by country, with their carriers.
func TestRCSAgentLifecycle(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newList("acme"))
	made, err := d.client.CreateRcsAgent(t.Context(), &api.CreateRcsAgentInput{OptOutListName: aws.String("acme")})
	must(t, err)
	if made.Status != types.RcsAgentStatusCreated || made.TwoWayEnabled || *made.OptOutListName != "acme" {
		t.Errorf("%+v", made)
	}
	do(t, d, launched("US", "GB"), updateAgent(func(in *api.UpdateRcsAgentInput) {
		in.TwoWayEnabled, in.TwoWayChannelArn = aws.Bool(true), aws.String(inbox)
		in.SelfManagedOptOutsEnabled, in.DeletionProtectionEnabled = aws.Bool(true), aws.Bool(true)
	}))
	for name, value := range map[types.RcsAgentFilterName]string{
		types.RcsAgentFilterNameStatus: "ACTIVE", types.RcsAgentFilterNameTwoWayEnabled: "true",
		types.RcsAgentFilterNameSelfManagedOptOutsEnabled: "true", types.RcsAgentFilterNameOptOutListName: "acme",
		types.RcsAgentFilterNameDeletionProtectionEnabled: "true", types.RcsAgentFilterNameTwoWayChannelArn: inbox,
	} {
		out, err := d.client.DescribeRcsAgents(t.Context(), &api.DescribeRcsAgentsInput{
			Filters: []types.RcsAgentFilter{{Name: name, Values: []string{value}}},
		})
		must(t, err)
		if len(out.RcsAgents) != 1 || *out.RcsAgents[0].RcsAgentId != *made.RcsAgentId {
			t.Errorf("%s: %+v", name, out.RcsAgents)
		}
	}
	launches := func(in api.DescribeRcsAgentCountryLaunchStatusInput) []string {
		in.RcsAgentId = made.RcsAgentArn
		out, err := d.client.DescribeRcsAgentCountryLaunchStatus(t.Context(), &in)
		must(t, err)
		var countries []string
		for _, l := range out.CountryLaunchStatus {
			countries = append(countries, *l.IsoCountryCode)
			if l.Status != types.CountryLaunchStatusActive || len(l.CarrierStatus) != 1 || *l.CarrierStatus[0].CarrierName == "" {
				t.Errorf("%+v", l)
			}
		}
		return countries
	}
	status := func(value string) []types.CountryLaunchStatusFilter {
		return []types.CountryLaunchStatusFilter{{Name: types.CountryLaunchStatusFilterNameCountryLaunchStatus, Values: []string{value}}}
	}
	for _, c := range []struct {
		in   api.DescribeRcsAgentCountryLaunchStatusInput
		want []string
	}{
		{api.DescribeRcsAgentCountryLaunchStatusInput{}, []string{"GB", "US"}},
		{api.DescribeRcsAgentCountryLaunchStatusInput{IsoCountryCodes: []string{"US", "FR"}}, []string{"US"}},
		{api.DescribeRcsAgentCountryLaunchStatusInput{Filters: status("ACTIVE")}, []string{"GB", "US"}},
		{api.DescribeRcsAgentCountryLaunchStatusInput{Filters: status("REJECTED")}, nil},
	} {
		if got := launches(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%v, want %v", got, c.want)
		}
	}
}

// A pool sends from its agent first, where it is launched; a text to the agent is answered by the pool's keywords.
func TestRCSAgentInAPool(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	agent := d.AddRCSAgent(simulator.RCSAgentSpec{TwoWayTopic: inbox})
	do(t, d, pooled, joinPool(string(agent), nil))
	pool := onlyPool(t.Context(), t, d)
	do(t, d, fromIdentity(person, *pool.PoolId), fromIdentity(personGB, *pool.PoolId))
	if sent := d.Sent(); sent[0].From != agent || sent[1].From != ourNumber || sent[0].Pool != *pool.PoolId {
		t.Errorf("%+v", sent)
	}
	do(t, d, invoke((*api.Client).PutKeyword, api.PutKeywordInput{
		OriginationIdentity: pool.PoolId, Keyword: aws.String("JOIN"), KeywordMessage: aws.String("Welcome to the pool"),
	}))
	_, err := d.Text(t.Context(), person, agent, "join")
	must(t, err)
	inbox := d.Inbox(person)
	if last := inbox[len(inbox)-1]; last.Body != "Welcome to the pool" || last.From != agent {
		t.Errorf("%+v", last)
	}
}

// Where RCS does not reach the phone, a message of the pool goes out as SMS from its next identity.
func TestRCSAgentFallsBackInAPool(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	agent := d.AddRCSAgent(simulator.RCSAgentSpec{TwoWayTopic: inbox})
	do(t, d, pooled, joinPool(string(agent), nil), newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeAll),
		inPool(func(pool string) call { return fromIdentity(string(simulator.DestinationNoRCS), pool, inSet("alerts")) }))
	if sent := d.Sent()[0]; sent.From != agent || sent.FellBackTo != ourNumber || sent.Outcome != types.EventTypeTextDelivered {
		t.Errorf("%+v", sent)
	}
}

// Only agents that are there can be launched.
// An approved registration launches its agent, whether its approval was decided or came with time.
func TestApprovalLaunchesRCSAgent(t *testing.T) {
	t.Parallel()
	under := []call{newAgent, begin(rcsTest), fill(rcsTest), tie(rcsTest, func(ctx context.Context, d double) (string, error) {
		out, err := d.client.DescribeRcsAgents(ctx, &api.DescribeRcsAgentsInput{})
		if err != nil {
			return "", err
		}
		return *out.RcsAgents[0].RcsAgentId, nil
	}), submit(rcsTest)}
	sends := byAgent(func(id string) call { return fromIdentity(person, id) })
	refused := "conflict RESOURCE_NOT_ACTIVE rcs-agent"
	testRules(t, []rule{
		{"under review", under, sends, refused},
		{"denied", then(under, decide(rcsTest, types.RegistrationVersionStatusDenied)), sends, refused},
		{"approved", then(under, decide(rcsTest, types.RegistrationVersionStatusApproved)), sends, "ok"},
		{"approved in time", then(under, wait(day)), sends, "ok"},
	})
}

func TestLaunchAbsentRCSAgent(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	if err := d.LaunchRCSAgent("rcs-1", "US"); verdict(err) != "not found rcs-agent rcs-1" {
		t.Error(err)
	}
}
