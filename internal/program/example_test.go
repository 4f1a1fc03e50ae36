package program

import (
	"os"
	"testing"
)

func TestExampleFileHasNoFindings(t *testing.T) {
	document, err := os.ReadFile("testdata/heed.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, findings := Check("heed.yaml", document, checkedAt)
	for _, f := range findings {
		t.Error(f)
	}
	if rules == nil {
		t.Fatal("no ruleset")
	}
	want := `{"scope":"program","programs":{` +
		`"acme-alerts":{"requireOptIn":false,"optOutList":"acme-alerts","carrierBlocks":"opt_out","invalidNumbers":"suspend"},` +
		`"acme-shop":{"requireOptIn":true,"optOutList":"acme-shop","carrierBlocks":"ignore","invalidNumbers":"suspend"}},` +
		`"identities":{"+12065550100":"acme-alerts","+12065550101":"acme-alerts","+18005550150":"acme-shop",` +
		`"24680":"acme-alerts","pool-0123456789abcdef":"acme-alerts"},` +
		`"reportKeys":{"campaign":"campaign_id","tenant":"customer","template":"tpl"}}`
	if got := string(rules.Settings()); got != want {
		t.Errorf("Settings() = %s\nwant %s", got, want)
	}
}
