package doctor

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/vitals"
)

// The codes of the database.
const (
	DatabaseUnreachable = "database_unreachable"
	PostgresOld         = "postgres_old"
	SchemaMissing       = "schema_missing"
	MigrationsMissing   = "migrations_missing"
	SchemaNewer         = "schema_newer"
	SchemaDamaged       = "schema_damaged"
	ReadRefused         = "read_refused"
	RoleAbsent          = "role_absent"
	RightsMissing       = "rights_missing"
	SuperuserConnected  = "superuser"
	ClockSkew           = "clock_skew"
	PartitionsMissing   = "partitions_missing"
	DefaultPartition    = "default_partition"
	RelayStopped        = "relay_stopped"
	OutboxOverdue       = "outbox_overdue"
	OutboxFailed        = "outbox_failed"
	OutboxUnknown       = "outbox_unknown"
	ListLocked          = "list_locked"
	ParkedInputs        = "parked"
	ReconcileLate       = "reconcile_late"
	RulesetUnreadable   = "ruleset_unreadable"
)

// The bounds by which the database is judged.
const (
	oldestPostgres = 14               // date_bin, which the reports count by
	mostSkew       = 5 * time.Second  // beyond it a STOP and a START may change places
	idle           = 10 * time.Minute // the relay runs each minute
	leastAhead     = 3                // days with a partition; the relay keeps 14
	reconcileWait  = 72 * time.Hour   // the relay compares once a day
)

// Unreachable is the finding of a database that does not answer. why has no password in it.
func Unreachable(host, why string) []Finding {
	return []Finding{{
		Code: DatabaseUnreachable, Severity: Error, About: host,
		Text: "the database does not answer: " + why,
		Mend: "psql \"$DATABASE_URL\" -c 'SELECT 1'   # from here: address, password, security group, sslmode",
	}}
}

// Wanted is what the database is held against.
type Wanted struct {
	Names
	// Migrations are the numbers of those that this heed brings, in their order.
	Migrations []int64
	// Unread says why the ruleset in force cannot be compiled by this heed; "" where it can.
	Unread string
	// Document is the file that was given; nil without one.
	Document []byte
	// Lists are the opt-out lists of the ruleset, Now the time.
	Lists []string
	Now   time.Time
}

// Database judges what was found of it.
func Database(d *vitals.Database, w Wanted) []Finding {
	var findings []Finding
	found := func(code string, severity Severity, about, mend, format string, args ...any) {
		findings = append(findings, Finding{Code: code, Severity: severity, About: about, Text: fmt.Sprintf(format, args...), Mend: mend})
	}
	if d.Version/10_000 < oldestPostgres {
		found(PostgresOld, Error, d.Host, "upgrade the server to PostgreSQL 15 or newer", "is PostgreSQL %d: heed needs %d or newer", d.Version/10_000, oldestPostgres)
	}
	if d.Superuser {
		found(SuperuserConnected, Advice, d.User, "set DATABASE_URL to a role that owns the schema heed and no more (docs/setup.md)",
			"is a superuser: nothing is refused to it, and what a mistake removes is gone")
	}
	if skew := d.Clock.Sub(d.Asked).Round(time.Second / 10); skew.Abs() > mostSkew {
		found(ClockSkew, Warning, d.Host, "timedatectl status   # here and on the database's machine",
			"its clock and this machine's are %s apart: what is said by hand may be ordered before a STOP that it answers", skew.Abs())
	}
	if d.Schema == 0 {
		if d.Refused == "" {
			found(SchemaMissing, Error, d.Host, "heed migrate", "has no schema heed: nothing can be recorded")
		} else {
			refused(found, d)
		}
		return findings
	}
	findings = append(findings, schema(d, w)...)
	if d.Refused != "" {
		refused(found, d)
		return findings
	}
	newest := w.Migrations[len(w.Migrations)-1]
	if d.Missing != "" && d.Schema == newest {
		found(SchemaDamaged, Error, d.Host, "restore the database from a backup; heed migrate in an empty one shows what there has to be",
			"something of its schema is gone (%s): the rest of the database was not looked at", d.Missing)
	}
	if d.Missing != "" || d.Schema < newest {
		return findings // what stands in tables that are to change is judged after they did
	}
	findings = append(findings, rights(d)...)
	findings = append(findings, relay(d, w.Names, w.Now)...)
	findings = append(findings, waiting(d, w)...)
	return append(findings, ruleset(d, w)...)
}

func refused(found func(code string, severity Severity, about, mend, format string, args ...any), d *vitals.Database) {
	found(ReadRefused, Error, d.User, "set DATABASE_URL to the role that owns the schema heed (docs/setup.md)",
		"may not read heed's tables (%s): the rest of the database was not looked at", d.Refused)
}

func schema(d *vitals.Database, w Wanted) []Finding {
	newest := w.Migrations[len(w.Migrations)-1]
	if d.Schema > newest {
		return []Finding{{
			Code: SchemaNewer, Severity: Warning, About: d.Host, Text: fmt.Sprintf("its schema is at %d and this heed knows %d: it was migrated by a newer heed", d.Schema, newest),
			Mend: "use the heed that migrated it, and deploy the functions of the same release",
		}}
	}
	missing := slices.DeleteFunc(slices.Clone(w.Migrations), func(v int64) bool { return v <= d.Schema })
	if len(missing) == 0 {
		return nil
	}
	return []Finding{{
		Code: MigrationsMissing, Severity: Error, About: d.Host,
		Text: fmt.Sprintf("lacks %d of %d migrations (%d to %d): functions of this release fail on it", len(missing), len(w.Migrations), missing[0], newest),
		Mend: "heed migrate",
	}}
}

// rights are those of the roles that the migrations make.
func rights(d *vitals.Database) []Finding {
	meaning := map[string]string{
		"heed_worker":    "the functions that log in with it record nothing",
		"heed_retention": "heed consent forget and retention can remove nothing from the ledger",
		"heed_reader":    "people who only read reports have no role for it",
	}
	var findings []Finding
	for _, role := range d.Absent {
		findings = append(findings, Finding{
			Code: RoleAbsent, Severity: Warning, About: role, Text: "the server has no such role: " + meaning[role],
			Mend: fmt.Sprintf("CREATE ROLE %s NOLOGIN;   -- as an administrator, then its GRANTs as sql/migrations has them", role),
		})
	}
	lacking := map[string][]string{}
	grants := map[string][]string{}
	for _, g := range d.Lacking {
		lacking[g.Role] = append(lacking[g.Role], g.Right+" on "+g.On)
		grants[g.Role] = append(grants[g.Role], fmt.Sprintf("GRANT %s ON %s TO %s;", g.Right, g.On, g.Role))
	}
	for _, role := range slices.Sorted(maps.Keys(lacking)) {
		findings = append(findings, Finding{
			Code: RightsMissing, Severity: Error, About: role, Text: "lacks " + strings.Join(lacking[role], ", ") + ": " + meaning[role],
			Mend: strings.Join(grants[role], " ") + "   -- as the owner of the schema",
		})
	}
	return findings
}

// relay is whether it runs: by its counts, its partitions and what it has to settle.
func relay(d *vitals.Database, n Names, now time.Time) []Finding {
	logs := fmt.Sprintf("sam logs --stack-name %s --name RelayFunction", n.Stack)
	if late := now.Sub(d.Counted); late > idle {
		text := "the relay has never run"
		if !d.Counted.IsZero() {
			text = fmt.Sprintf("the relay has not run since %s", d.Counted.UTC().Format(time.RFC3339))
		}
		return []Finding{{
			Code: RelayStopped, Severity: Error,
			Text: text + ": promises that a function could not keep wait, and no partitions are made ahead", Mend: logs,
		}}
	}
	var findings []Finding
	today := now.UTC().Truncate(24 * time.Hour)
	for _, table := range slices.Sorted(maps.Keys(d.Days)) {
		if d.Days[table].Before(today.AddDate(0, 0, leastAhead)) {
			findings = append(findings, Finding{
				Code: PartitionsMissing, Severity: Error, About: "heed." + table,
				Text: fmt.Sprintf("has days up to %s: the relay runs and makes none ahead; rows of later days end in the default partition", day(d.Days[table])),
				Mend: fmt.Sprintf("SELECT heed.make_partitions(current_date, current_date + 14);   -- and see why: %s", logs),
			})
		}
	}
	for _, table := range slices.Sorted(maps.Keys(d.Stray)) {
		if d.Stray[table] > 0 && !d.Days[table].Before(today.AddDate(0, 0, leastAhead)) {
			findings = append(findings, Finding{
				Code: DefaultPartition, Severity: Warning, About: "heed." + table,
				Text: fmt.Sprintf("rows of days that have no partition: %d. Retention does not drop them with their day", d.Stray[table]),
				Mend: "SELECT heed.make_partitions(current_date - 1, current_date + 14);   -- it moves them",
			})
		}
	}
	if d.Due > 0 && now.Sub(d.DueSince) > idle {
		findings = append(findings, Finding{
			Code: OutboxOverdue, Severity: Error,
			Text: fmt.Sprintf("promises that are late: %d, the first since %s, and the relay runs: AWS refuses them for now, or there are more than it can do", d.Due, d.DueSince.UTC().Format(time.RFC3339)),
			Mend: "heed report health, then " + logs,
		})
	}
	return findings
}

func day(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.Format(time.DateOnly)
}

// waiting is what was left behind and asks for a person.
func waiting(d *vitals.Database, w Wanted) []Finding {
	var findings []Finding
	found := func(n int64, code string, severity Severity, mend, text string) {
		if n > 0 {
			findings = append(findings, Finding{Code: code, Severity: severity, Text: fmt.Sprintf(text, n), Mend: mend})
		}
	}
	found(d.Failed, OutboxFailed, Warning, "psql \"$DATABASE_URL\" -c \"SELECT kind, error, count(*) FROM heed.outbox WHERE state = 'failed' GROUP BY 1, 2\"",
		"actions that AWS refused within a week: %d, most of them for "+strings.ReplaceAll(d.FailedWhy, "%", "%%"))
	found(d.Unknown, OutboxUnknown, Warning, "heed report health",
		"replies that may have gone out, and that no delivery event settled within an hour: %d. Does each configuration set send its events here?")
	found(d.Locked, ListLocked, Advice, "heed reconcile --dry-run",
		"people who came back and whom AWS keeps on its list, 30 days from the last time: %d. They get nothing until then")
	found(d.Parked, ParkedInputs, Warning, "heed replay --source parked --dry-run", "inputs that could not be read and were set aside: %d. Each may hold a STOP")
	var late []string
	for _, list := range w.Lists {
		if w.Now.Sub(d.Reconciled[list]) > reconcileWait {
			late = append(late, list)
		}
	}
	if len(late) > 0 {
		findings = append(findings, Finding{
			Code: ReconcileLate, Severity: Warning, About: strings.Join(late, ", "),
			Text: "not compared with the register for more than three days: whom AWS listed by itself, heed does not know as opted out", Mend: "heed reconcile",
		})
	}
	return findings
}

func ruleset(d *vitals.Database, w Wanted) []Finding {
	switch {
	case d.Ruleset == 0:
		return []Finding{{
			Code: string(plan.RulesetMissing), Severity: Error, Text: "no ruleset was ever applied: heed records texts and answers none", Mend: w.apply(),
		}}
	case w.Unread != "":
		return []Finding{{
			Code: RulesetUnreadable, Severity: Error, About: fmt.Sprintf("version %d", d.Ruleset),
			Text: "this heed cannot read the ruleset in force, and functions of its release cannot either: " + w.Unread, Mend: fmt.Sprintf("heed check %[1]s && heed apply %[1]s", w.File),
		}}
	case w.Document != nil && !bytes.Equal(w.Document, d.Document):
		return []Finding{{
			Code: string(plan.RulesetDiffers), Severity: Warning, About: w.File, Text: fmt.Sprintf("is not what is in force (version %d): the functions go by that one", d.Ruleset), Mend: w.apply(),
		}}
	}
	return nil
}
