package simulator_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/simulator"
)

// newProtect makes a protect configuration with a name, which is a tag.
func newProtect(name string) call {
	return invoke((*api.Client).CreateProtectConfiguration, api.CreateProtectConfigurationInput{
		Tags: []types.Tag{{Key: aws.String("Name"), Value: &name}},
	})
}

// protectID is the id of the protect configuration of a name.
func protectID(ctx context.Context, d double, name string) (string, error) {
	out, err := d.client.DescribeProtectConfigurations(ctx, &api.DescribeProtectConfigurationsInput{})
	if err != nil {
		return "", err
	}
	for _, p := range out.ProtectConfigurations {
		tags, err := d.client.ListTagsForResource(ctx, &api.ListTagsForResourceInput{ResourceArn: p.ProtectConfigurationArn})
		if err != nil {
			return "", err
		}
		if len(tags.Tags) == 1 && *tags.Tags[0].Value == name {
			return *p.ProtectConfigurationId, nil
		}
	}
	return "protect-absent", nil
}

// byProtect is a call about the protect configuration of a name.
func byProtect(name string, of func(id *string) call) call {
	return func(ctx context.Context, d double) error {
		id, err := protectID(ctx, d, name)
		if err != nil {
			return err
		}
		return of(&id)(ctx, d)
	}
}

func associateProtect(name, set string) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).AssociateProtectConfiguration, api.AssociateProtectConfigurationInput{
			ProtectConfigurationId: id, ConfigurationSetName: &set,
		})
	})
}

func disassociateProtect(name, set string) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).DisassociateProtectConfiguration, api.DisassociateProtectConfigurationInput{
			ProtectConfigurationId: id, ConfigurationSetName: &set,
		})
	})
}

func setDefaultProtect(name string) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).SetAccountDefaultProtectConfiguration, api.SetAccountDefaultProtectConfigurationInput{ProtectConfigurationId: id})
	})
}

func dropProtect(name string) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).DeleteProtectConfiguration, api.DeleteProtectConfigurationInput{ProtectConfigurationId: id})
	})
}

func guardProtect(name string, on bool) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).UpdateProtectConfiguration, api.UpdateProtectConfigurationInput{
			ProtectConfigurationId: id, DeletionProtectionEnabled: &on,
		})
	})
}

func ruleCountry(name, country string, status types.ProtectStatus, capability types.NumberCapability) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).UpdateProtectConfigurationCountryRuleSet, api.UpdateProtectConfigurationCountryRuleSetInput{
			ProtectConfigurationId: id, NumberCapability: capability,
			CountryRuleSetUpdates: map[string]types.ProtectConfigurationCountryRuleSetInformation{country: {ProtectStatus: status}},
		})
	})
}

func blockUS(name string) call {
	return ruleCountry(name, "US", types.ProtectStatusBlock, types.NumberCapabilitySms)
}

func override(name, number string, action types.ProtectConfigurationRuleOverrideAction, expires *time.Time) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).PutProtectConfigurationRuleSetNumberOverride, api.PutProtectConfigurationRuleSetNumberOverrideInput{
			ProtectConfigurationId: id, DestinationPhoneNumber: &number, Action: action, ExpirationTimestamp: expires,
		})
	})
}

func dropOverride(name, number string) call {
	return byProtect(name, func(id *string) call {
		return invoke((*api.Client).DeleteProtectConfigurationRuleSetNumberOverride, api.DeleteProtectConfigurationRuleSetNumberOverrideInput{
			ProtectConfigurationId: id, DestinationPhoneNumber: &number,
		})
	})
}

// sendUnder sends to a destination and names a protect configuration.
func sendUnder(name, to string, change ...func(*api.SendTextMessageInput)) call {
	return byProtect(name, func(id *string) call {
		return send(to, append(change, func(in *api.SendTextMessageInput) { in.ProtectConfigurationId = id })...)
	})
}

const (
	allow = types.ProtectConfigurationRuleOverrideActionAllow
	block = types.ProtectConfigurationRuleOverrideActionBlock

	countryBlocked = "conflict DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION protect-configuration"
	numberBlocked  = "conflict DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE protect-configuration"
)

func TestProtectConfigurationRules(t *testing.T) {
	t.Parallel()
	dropDefault := invoke((*api.Client).DeleteAccountDefaultProtectConfiguration, api.DeleteAccountDefaultProtectConfigurationInput{})
	var full []call
	for range 25 {
		full = append(full, newProtect("p"))
	}
	describe := invoke((*api.Client).DescribeProtectConfigurations, api.DescribeProtectConfigurationsInput{
		ProtectConfigurationIds: []string{"protect-1"},
	})
	list := func(filter types.ProtectConfigurationRuleSetNumberOverrideFilterName, value string) call {
		return byProtect("p", func(id *string) call {
			return invoke((*api.Client).ListProtectConfigurationRuleSetNumberOverrides, api.ListProtectConfigurationRuleSetNumberOverridesInput{
				ProtectConfigurationId: id,
				Filters:                []types.ProtectConfigurationRuleSetNumberOverrideFilterItem{{Name: filter, Values: []string{value}}},
			})
		})
	}
	past := noon.Add(-time.Minute)
	p := newProtect("p")
	testRules(t, []rule{
		// 25 an account.
		{"26th", full, p, "quota PROTECT_CONFIGURATIONS_PER_ACCOUNT"},
		{"describe absent", nil, describe, "not found protect-configuration protect-1"},
		// One that is protected, the account's default or on a set stays.
		{"delete", []call{p}, dropProtect("p"), "ok"},
		{"delete absent", nil, dropProtect("p"), "not found protect-configuration protect-absent"},
		{"delete protected", []call{p, guardProtect("p", true)}, dropProtect("p"), "conflict DELETION_PROTECTION_ENABLED protect-configuration"},
		{"delete unprotected", []call{p, guardProtect("p", true), guardProtect("p", false)}, dropProtect("p"), "ok"},
		{
			"delete the default",
			[]call{p, setDefaultProtect("p")},
			dropProtect("p"),
			"conflict PROTECT_CONFIGURATION_IS_ACCOUNT_DEFAULT protect-configuration",
		},
		{"delete the former default", []call{p, setDefaultProtect("p"), dropDefault}, dropProtect("p"), "ok"},
		{
			"delete from a set",
			[]call{p, newSet("alerts"), associateProtect("p", "alerts")},
			dropProtect("p"),
			"conflict PROTECT_CONFIGURATION_ASSOCIATED_WITH_CONFIGURATION_SET protect-configuration",
		},
		{"update absent", nil, guardProtect("p", true), "not found protect-configuration protect-absent"},
		// There is at most one default, and it must be there.
		{"default absent", nil, setDefaultProtect("p"), "not found protect-configuration protect-absent"},
		{"no default to delete", []call{p}, dropDefault, "not found protect-configuration 111122223333"},
		// A set has one; a new one takes its place.
		{"associate to an absent set", []call{p}, associateProtect("p", "alerts"), "not found configuration-set alerts"},
		{"associate absent", []call{newSet("alerts")}, associateProtect("p", "alerts"), "not found protect-configuration protect-absent"},
		{
			"replaced",
			[]call{p, newProtect("q"), newSet("alerts"), associateProtect("p", "alerts"), associateProtect("q", "alerts")},
			dropProtect("p"), "ok",
		},
		{
			"disassociate another",
			[]call{p, newProtect("q"), newSet("alerts"), associateProtect("p", "alerts")},
			disassociateProtect("q", "alerts"),
			"conflict PROTECT_CONFIGURATION_NOT_ASSOCIATED_WITH_CONFIGURATION_SET protect-configuration",
		},
		{"disassociate", []call{p, newSet("alerts"), associateProtect("p", "alerts")}, disassociateProtect("p", "alerts"), "ok"},
		// Rules are by two-letter country.
		{"country in words", []call{p}, ruleCountry("p", "us", types.ProtectStatusBlock, types.NumberCapabilitySms), "validation INVALID_PARAMETER CountryRuleSetUpdates"},
		{"rule of absent", nil, blockUS("p"), "not found protect-configuration protect-absent"},
		// An override is made for the future, and deleted where it is.
		{"override in the past", []call{p}, override("p", person, block, &past), "validation INVALID_PARAMETER ExpirationTimestamp"},
		{"override of absent", nil, override("p", person, block, nil), "not found protect-configuration protect-absent"},
		{"override twice", []call{p, override("p", person, block, nil)}, override("p", person, allow, nil), "ok"},
		{"delete absent override", []call{p}, dropOverride("p", person), "not found protect-configuration " + person},
		{"delete override without plus", []call{p, override("p", person, block, nil)}, dropOverride("p", person[1:]), "ok"},
		// Filters by time want times.
		{
			"filter by no time",
			[]call{p, override("p", person, block, nil)},
			list(types.ProtectConfigurationRuleSetNumberOverrideFilterNameCreatedBefore, "yesterday"),
			"validation INVALID_FILTER_VALUES Filters",
		},
	})
}

func TestProtectedSendRules(t *testing.T) {
	t.Parallel()
	soon := noon.Add(time.Hour)
	over := later(2 * time.Hour)
	p, q, set := newProtect("p"), newProtect("q"), newSet("alerts")
	dropDefault := invoke((*api.Client).DeleteAccountDefaultProtectConfiguration, api.DeleteAccountDefaultProtectConfigurationInput{})
	testRules(t, []rule{
		// A new one allows everything.
		{"new", []call{p, setDefaultProtect("p")}, send(person), "ok"},
		// The one of the send comes before that of the set, and that before the account's default.
		{"named", []call{p, blockUS("p")}, sendUnder("p", person), countryBlocked},
		{"not named", []call{p, blockUS("p")}, send(person), "ok"},
		{"of the set", []call{p, blockUS("p"), set, associateProtect("p", "alerts")}, send(person, inSet("alerts")), countryBlocked},
		{"of another set", []call{p, blockUS("p"), set, associateProtect("p", "alerts")}, send(person), "ok"},
		{
			"no more of the set",
			[]call{p, blockUS("p"), set, associateProtect("p", "alerts"), disassociateProtect("p", "alerts")},
			send(person, inSet("alerts")), "ok",
		},
		{"default", []call{p, blockUS("p"), setDefaultProtect("p")}, send(person), countryBlocked},
		{"default of before", []call{p, blockUS("p"), setDefaultProtect("p"), q, setDefaultProtect("q")}, send(person), "ok"},
		{"no more default", []call{p, blockUS("p"), setDefaultProtect("p"), dropDefault}, send(person), "ok"},
		{
			"set before default",
			[]call{p, blockUS("p"), setDefaultProtect("p"), q, set, associateProtect("q", "alerts")},
			send(person, inSet("alerts")), "ok",
		},
		{"named before default", []call{p, blockUS("p"), setDefaultProtect("p"), q}, sendUnder("q", person), "ok"},
		{
			"named before set",
			[]call{p, q, blockUS("q"), set, associateProtect("p", "alerts")},
			sendUnder("q", person, inSet("alerts")), countryBlocked,
		},
		// Other countries and other capabilities are not meant.
		{"other country", []call{p, blockUS("p")}, sendUnder("p", personGB), "ok"},
		{"calls", []call{p, ruleCountry("p", "US", types.ProtectStatusBlock, types.NumberCapabilityVoice)}, sendUnder("p", person), "ok"},
		{
			"a call",
			[]call{able, p, setDefaultProtect("p"), ruleCountry("p", "US", types.ProtectStatusBlock, types.NumberCapabilityVoice)},
			ring(person), countryBlocked,
		},
		{"a call where texts are blocked", []call{able, p, setDefaultProtect("p"), blockUS("p")}, ring(person), "ok"},
		{
			"a picture",
			[]call{able, p, setDefaultProtect("p"), ruleCountry("p", "US", types.ProtectStatusBlock, types.NumberCapabilityMms)},
			sendPhoto(person), countryBlocked,
		},
		// A dry run is checked too.
		{"dry run", []call{p, blockUS("p")}, sendUnder("p", person, func(in *api.SendTextMessageInput) { in.DryRun = true }), countryBlocked},
		// MONITOR and FILTER refuse nothing.
		{"monitor", []call{p, ruleCountry("p", "US", types.ProtectStatusMonitor, types.NumberCapabilitySms)}, sendUnder("p", person), "ok"},
		{"filter", []call{p, ruleCountry("p", "US", types.ProtectStatusFilter, types.NumberCapabilitySms)}, sendUnder("p", person), "ok"},
		// The rule for a number wins over its country, until it expires.
		{"number blocked", []call{p, override("p", person, block, nil)}, sendUnder("p", person), numberBlocked},
		{"other number", []call{p, override("p", person, block, nil)}, sendUnder("p", "+14255550102"), "ok"},
		{"number allowed", []call{p, blockUS("p"), override("p", person, allow, nil)}, sendUnder("p", person), "ok"},
		{"number allowed for now", []call{p, blockUS("p"), override("p", person, allow, &soon)}, sendUnder("p", person), "ok"},
		{"number no longer allowed", []call{p, blockUS("p"), override("p", person, allow, &soon), over}, sendUnder("p", person), countryBlocked},
		{"number no longer blocked", []call{p, override("p", person, block, &soon), over}, sendUnder("p", person), "ok"},
		{"rule deleted", []call{p, override("p", person, block, nil), dropOverride("p", person)}, sendUnder("p", person), "ok"},
		// The opt-out list wins over both.
		{
			"opted out and allowed",
			[]call{p, override("p", person, allow, nil), optOut("Default", person)},
			sendUnder("p", person),
			"conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number",
		},
		{
			"opted out and blocked",
			[]call{p, override("p", person, block, nil), optOut("Default", person)},
			sendUnder("p", person),
			"conflict DESTINATION_PHONE_NUMBER_OPTED_OUT opted-out-number",
		},
	})
}

// Events say which configuration held. MONITOR says what it would have blocked, FILTER blocks it, ALLOW lets it pass.
func TestProtectShowsInEvents(t *testing.T) {
	t.Parallel()
	suspect := string(simulator.DestinationProtected)
	for _, c := range []struct {
		name   string
		status types.ProtectStatus
		to     string
		types  string
		want   []string // in the last event
		not    string
	}{
		{
			"monitored", types.ProtectStatusMonitor, suspect, "TEXT_QUEUED TEXT_SUCCESSFUL TEXT_DELIVERED",
			[]string{`"protectStatus":"MONITOR"`, `"protectRecommendation":"BLOCK","protectInsights":{"blockReason":"AIT_SUSPECTED"}`},
			"zzz",
		},
		{
			"filtered", types.ProtectStatusFilter, suspect, "TEXT_PROTECT_BLOCKED",
			[]string{`"protectStatus":"FILTER"`, `"protectRecommendation":"BLOCK"`, `"totalMessagePrice":0`},
			"zzz",
		},
		{
			"filter passes", types.ProtectStatusFilter, person, "TEXT_QUEUED TEXT_SUCCESSFUL TEXT_DELIVERED",
			[]string{`"protectStatus":"FILTER"`, `"protectRecommendation":"ALLOW"`},
			"protectInsights",
		},
		{
			"allowed", types.ProtectStatusAllow, suspect, "TEXT_QUEUED TEXT_SUCCESSFUL TEXT_DELIVERED",
			[]string{`"protectStatus":"ALLOW"`},
			"protectConfigurationAssessment",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, simulator.Options{})
			do(t, d, newSet("alerts"), newTopicDestination("alerts", "topic", types.EventTypeAll), newProtect("p"),
				ruleCountry("p", "US", c.status, types.NumberCapabilitySms), sendUnder("p", c.to, inSet("alerts")))
			id, err := protectID(t.Context(), d, "p")
			must(t, err)
			var kinds []string
			last := ""
			for _, e := range d.PendingEvents() {
				kinds, last = append(kinds, e.Type), string(e.JSON)
			}
			if got := strings.Join(kinds, " "); got != c.types {
				t.Errorf("events %s, want %s", got, c.types)
			}
			for _, want := range append(c.want, `"protectConfigurationId":"`+id+`"`) {
				if !strings.Contains(last, want) {
					t.Errorf("%s is not in %s", want, last)
				}
			}
			if strings.Contains(last, c.not) {
				t.Errorf("%s is in %s", c.not, last)
			}
		})
	}
}

// A rule set names every country, ALLOW until it is changed, each capability by itself.
func TestCountryRuleSet(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newProtect("p"), blockUS("p"), ruleCountry("p", "JM", types.ProtectStatusFilter, types.NumberCapabilitySms))
	id, err := protectID(t.Context(), d, "p")
	must(t, err)
	for capability, want := range map[types.NumberCapability]map[string]types.ProtectStatus{
		types.NumberCapabilitySms: {"US": types.ProtectStatusBlock, "JM": types.ProtectStatusFilter, "GB": types.ProtectStatusAllow},
		types.NumberCapabilityMms: {"US": types.ProtectStatusAllow, "GB": types.ProtectStatusAllow},
	} {
		out, err := d.client.GetProtectConfigurationCountryRuleSet(t.Context(), &api.GetProtectConfigurationCountryRuleSetInput{
			ProtectConfigurationId: &id, NumberCapability: capability,
		})
		must(t, err)
		for country, status := range want {
			if got := out.CountryRuleSet[country].ProtectStatus; got != status {
				t.Errorf("%s %s: %q, want %q", capability, country, got, status)
			}
		}
		if len(out.CountryRuleSet) < 190 {
			t.Errorf("%d countries", len(out.CountryRuleSet))
		}
	}
}

// Overrides are found by every filter, in pages; a change keeps the time of creation.
func TestListNumberOverrides(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	expires := noon.Add(48 * time.Hour)
	do(t, d, newProtect("p"), override("p", person, block, &expires))
	d.Advance(time.Hour)
	do(t, d, override("p", personGB, allow, nil), override("p", person, allow, &expires), override("p", person, block, &expires))
	id, err := protectID(t.Context(), d, "p")
	must(t, err)
	find := func(filters ...types.ProtectConfigurationRuleSetNumberOverrideFilterItem) []string {
		var numbers []string
		pages := api.NewListProtectConfigurationRuleSetNumberOverridesPaginator(d.client, &api.ListProtectConfigurationRuleSetNumberOverridesInput{
			ProtectConfigurationId: &id, MaxResults: aws.Int32(1), Filters: filters,
		})
		for pages.HasMorePages() {
			out, err := pages.NextPage(t.Context())
			must(t, err)
			for _, o := range out.RuleSetNumberOverrides {
				numbers = append(numbers, *o.DestinationPhoneNumber)
			}
		}
		return numbers
	}
	if got := find(); !slices.Equal(got, []string{person, personGB}) {
		t.Errorf("all: %v", got)
	}
	const american, british = person, personGB
	for _, c := range []struct{ name, value, want string }{
		{"iso-country-code", "GB", british},
		{"action", "BLOCK", american},
		{"destination-phone-number-begins-with", "+44", british},
		{"destination-phone-number-begins-with", "1425", american},
		{"expires-before", expires.Add(time.Minute).Format(time.RFC3339), american},
		{"expires-after", expires.Add(time.Minute).Format(time.RFC3339), british},
		{"created-before", noon.Add(time.Minute).Format(time.RFC3339), american},
		{"created-after", "1795177800", british}, // half past noon
	} {
		got := find(types.ProtectConfigurationRuleSetNumberOverrideFilterItem{
			Name: types.ProtectConfigurationRuleSetNumberOverrideFilterName(c.name), Values: []string{c.value},
		})
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s %s: %v, want %s", c.name, c.value, got, c.want)
		}
	}
}

// Configurations are found by their filters; the set tells which it has.
func TestDescribeProtectConfigurations(t *testing.T) {
	t.Parallel()
	d := start(t, simulator.Options{})
	do(t, d, newProtect("other"), newProtect("p"), setDefaultProtect("p"), guardProtect("p", true), newSet("quiet"), newSet("alerts"),
		associateProtect("p", "alerts"))
	id, err := protectID(t.Context(), d, "p")
	must(t, err)
	for _, name := range []types.ProtectConfigurationFilterName{
		types.ProtectConfigurationFilterNameAccountDefault, types.ProtectConfigurationFilterNameDeletionProtectionEnabled,
	} {
		out, err := d.client.DescribeProtectConfigurations(t.Context(), &api.DescribeProtectConfigurationsInput{
			Filters: []types.ProtectConfigurationFilter{{Name: name, Values: []string{"true"}}},
		})
		must(t, err)
		if len(out.ProtectConfigurations) != 1 || *out.ProtectConfigurations[0].ProtectConfigurationId != id {
			t.Errorf("%s: %+v", name, out.ProtectConfigurations)
		}
	}
	sets, err := d.client.DescribeConfigurationSets(t.Context(), &api.DescribeConfigurationSetsInput{
		Filters: []types.ConfigurationSetFilter{{Name: types.ConfigurationSetFilterNameProtectConfigurationId, Values: []string{id}}},
	})
	must(t, err)
	if len(sets.ConfigurationSets) != 1 || *sets.ConfigurationSets[0].ConfigurationSetName != "alerts" {
		t.Errorf("%+v", sets.ConfigurationSets)
	}
}
