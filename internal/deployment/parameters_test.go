package deployment

import (
	"regexp"
	"testing"
)

// Every parameter says what it is, has a default, takes nothing that cannot be right, and stands in one group.
func TestParameters(t *testing.T) {
	t.Parallel()
	tpl := template(t)
	grouped := map[string]int{}
	for _, g := range list(at(tpl, "Metadata", "AWS::CloudFormation::Interface", "ParameterGroups")) {
		for _, name := range words(at(g, "Parameters")) {
			grouped[name]++
		}
	}
	parameters := fields(tpl["Parameters"])
	for name, v := range parameters {
		p := fields(v)
		if len(word(p["Description"])) < 20 {
			t.Errorf("%s has no description", name)
		}
		initial, ok := p["Default"].(string)
		if !ok {
			t.Errorf("%s has no default", name)
		}
		if grouped[name] != 1 {
			t.Errorf("%s stands in %d groups", name, grouped[name])
		}
		pattern, bounded := word(p["AllowedPattern"]), p["MinValue"] != nil && p["MaxValue"] != nil
		if pattern == "" && !bounded && p["AllowedValues"] == nil {
			t.Errorf("%s takes anything", name)
		}
		if pattern != "" {
			if word(p["ConstraintDescription"]) == "" {
				t.Errorf("%s has a pattern and no words for it", name)
			}
			if !regexp.MustCompile(pattern).MatchString(initial) {
				t.Errorf("the default of %s is refused by its pattern", name)
			}
		}
	}
	for name := range grouped {
		if parameters[name] == nil {
			t.Errorf("a group names %s, which is no parameter", name)
		}
	}
}
