package doctor

// The codes of the settings.
const (
	DatabaseSetting   = "database_setting"
	SettingUnreadable = "setting_unreadable"
	RegionMissing     = "region_missing"
)

// Settings judges the environment of the command line: the faults in what says where the database is, those in the rest,
// and whether the Region of AWS is missing.
func Settings(database, rest []string, noRegion bool) []Finding {
	var findings []Finding
	for _, fault := range database {
		findings = append(findings, Finding{
			Code: DatabaseSetting, Severity: Error, Text: fault,
			Mend: "export DATABASE_URL='postgres://USER:PASSWORD@HOST:5432/NAME?sslmode=verify-full'",
		})
	}
	for _, fault := range rest {
		findings = append(findings, Finding{Code: SettingUnreadable, Severity: Error, Text: fault, Mend: "set it in the environment as it says, or unset it"})
	}
	if noRegion {
		findings = append(findings, Finding{
			Code: RegionMissing, Severity: Error, Text: "no AWS Region: numbers, lists and topics are of a Region, and nothing at AWS was looked at",
			Mend: "export AWS_REGION=us-east-1   # the Region of the stack",
		})
	}
	return findings
}
