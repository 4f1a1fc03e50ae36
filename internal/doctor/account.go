package doctor

import (
	"fmt"
	"strings"

	"github.com/heedsms/heed/internal/vitals"
)

// The codes of the account.
const (
	SandboxTier   = "sandbox"
	SpendLow      = "spend_limit_low"
	SpendOwnLimit = "spend_limit_own"
	QuotaNear     = "quota_near"
)

const (
	nearEnd    = 80 // percent of a quota
	newAccount = 1  // USD a month: what AWS gives an account that never asked for more
)

// Account judges what the account may do. tier is AWS's word for it.
func Account(tier string, limits []vitals.Limit, spends []vitals.Spend, n Names) []Finding {
	var findings []Finding
	if tier == "SANDBOX" {
		findings = append(findings, Finding{
			Code: SandboxTier, Severity: Warning, Text: "the account is in the sandbox: it texts verified numbers only, and every other reply is refused",
			Mend: "open a case with AWS Support: End User Messaging SMS out of the sandbox in " + n.Region,
		})
	}
	for _, s := range spends {
		// heed sends texts and nothing else.
		if s.Name != "TEXT_MESSAGE_MONTHLY_SPEND_LIMIT" {
			continue
		}
		switch {
		case s.Enforced <= newAccount && s.Max > s.Enforced:
			findings = append(findings, Finding{
				Code: SpendLow, Severity: Warning, Text: fmt.Sprintf("texts may cost %d USD a month by a limit of your own: after that every reply is refused until the month ends", s.Enforced),
				Mend: "aws pinpoint-sms-voice-v2 delete-text-message-spend-limit-override --region " + n.Region,
			})
		case s.Enforced <= newAccount:
			findings = append(findings, Finding{
				Code: SpendLow, Severity: Warning, Text: fmt.Sprintf("texts may cost %d USD a month, as for a new account: after that every reply is refused until the month ends", s.Enforced),
				Mend: "open a case with AWS Support: more than the monthly spend limit for texts in " + n.Region,
			})
		case s.Overridden && s.Enforced < s.Max:
			findings = append(findings, Finding{
				Code: SpendOwnLimit, Severity: Advice, Text: fmt.Sprintf("texts may cost %d USD a month by a limit of your own; AWS allows %d. What was spent the API does not tell", s.Enforced, s.Max),
				Mend: "aws pinpoint-sms-voice-v2 set-text-message-spend-limit-override --monthly-limit N --region " + n.Region + "   # where it is too low",
			})
		}
	}
	for _, l := range limits {
		if l.Max > 0 && l.Used*100 >= l.Max*nearEnd {
			findings = append(findings, Finding{
				Code: QuotaNear, Severity: Warning, About: strings.ToLower(l.Name), Text: fmt.Sprintf("%d of %d are used: the next ones may be refused", l.Used, l.Max),
				Mend: "give back what is not used, or ask for more: the Service Quotas console, AWS End User Messaging SMS in " + n.Region,
			})
		}
	}
	return findings
}
