package deployment

import (
	"regexp"
	"strings"
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

// What AWS itself names things is taken, and the mistakes that are easily made are not.
func TestPatterns(t *testing.T) {
	t.Parallel()
	parameters := fields(template(t)["Parameters"])
	const secret, key = "arn:aws:secretsmanager:us-east-1:111122223333:secret:", "arn:aws:kms:us-east-1:111122223333:"
	for _, row := range []struct {
		why, value string
		of         []string
		taken      bool
	}{
		{"a secret that RDS manages", secret + "rds!db-11112222-3333-4444-5555-666677778888-AbCdEf", []string{"DatabaseSecretArn", "MigrateSecretArn", "ReportsSecretArn"}, true},
		{"a secret in a folder", secret + "heed/owner-AbCdEf", []string{"DatabaseSecretArn", "MigrateSecretArn", "ReportsSecretArn"}, true},
		{"the name of a secret", "heed/owner", []string{"DatabaseSecretArn", "MigrateSecretArn", "ReportsSecretArn"}, false},
		{"any secret", secret + "*", []string{"DatabaseSecretArn", "MigrateSecretArn", "ReportsSecretArn"}, false},
		{"a key of several Regions", key + "key/mrk-11112222333344445555666677778888", []string{"KmsKeyArn", "SecretsKmsKeyArn"}, true},
		{"an alias", key + "alias/heed", []string{"KmsKeyArn", "SecretsKmsKeyArn"}, false},
		{"any user", "*", []string{"DatabaseUser", "MigrateUser", "ReportsUser"}, false},
		{"the id of an Aurora cluster", "cluster-ABCDEFGHIJKL01234", []string{"DatabaseResourceId"}, true},
		{"the name of an instance", "heed", []string{"DatabaseResourceId"}, false},
		{"an address with a port", "db.example.com:5432", []string{"DatabaseHost"}, false},
		{"the bus that there is", "default", []string{"EventBusName"}, true},
		{"the bus of a partner", "aws.partner/example.com/acme", []string{"EventBusName"}, true},
		{"any bus", "*", []string{"EventBusName"}, false},
		{"two tokens", strings.Repeat("0", 64) + "," + strings.Repeat("f", 64), []string{"ReportsTokenSha256"}, true},
		{"a token", "correct horse battery staple", []string{"ReportsTokenSha256"}, false},
		{"a subnet", "subnet-0123456789abcdef0", []string{"SubnetIds"}, true},
		{"delivery data for days that AWS still reports on", "6", []string{"KeepEventsDays", "KeepMessagesDays"}, false},
		{"the fewest days of delivery data", "7", []string{"KeepEventsDays", "KeepMessagesDays"}, true},
		{"promises for less than the month they count", "30", []string{"KeepOutboxDays"}, false},
		{"the fewest days of promises", "31", []string{"KeepOutboxDays"}, true},
		{"a hundred days", "100", []string{"KeepEventsDays", "KeepMessagesDays", "KeepOutboxDays"}, true},
		{"for ever", "0", []string{"KeepEventsDays", "KeepMessagesDays", "KeepOutboxDays"}, true},
		{"days less than none", "-1", []string{"KeepEventsDays", "KeepMessagesDays", "KeepOutboxDays"}, false},
		{"an issuer without https", "http://id.example.com/", []string{"ReportsJwtIssuer"}, false},
	} {
		for _, name := range row.of {
			if got := regexp.MustCompile(word(at(parameters[name], "AllowedPattern"))).MatchString(row.value); got != row.taken {
				t.Errorf("%s: %s %q is taken: %t", row.why, name, row.value, got)
			}
		}
	}
}
