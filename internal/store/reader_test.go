package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/report"
)

// readable is all that a reader may read, and callable all that they may call.
var (
	readable = []string{"data_health", "delivery_daily", "failures_daily", "inbound_mix", "latency_daily", "message_state", "reply"}
	callable = []string{
		"can_send", "can_send_at", "report_cost", "report_delivery", "report_failures", "report_health", "report_inbound", "report_latency",
		"report_optouts", "report_state", "report_unicode",
	}
)

// Of everything there is in the schema, a reader may read the views of reports, call their functions and ask can_send.
// What a migration adds is theirs only when it is named here.
func TestReadersRights(t *testing.T) {
	t.Parallel()
	owner := open(t)
	reader := asMember(t, owner, "heed_reader")
	ctx := context.Background()

	may := func(of string) string { return dump(t, reader, of) }
	relations := may(`SELECT relname FROM pg_class WHERE relnamespace = 'heed'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
		AND (has_table_privilege(oid, 'SELECT') OR has_any_column_privilege(oid, 'SELECT'))`)
	if want := "(" + strings.Join(readable, ")\n(") + ")"; relations != want {
		t.Errorf("a reader may read\n%s\nwant\n%s", relations, want)
	}
	functions := may(`SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'heed'::regnamespace AND has_function_privilege(oid, 'EXECUTE')`)
	if want := "(" + strings.Join(callable, ")\n(") + ")"; functions != want {
		t.Errorf("a reader may call\n%s\nwant\n%s", functions, want)
	}
	for what, query := range map[string]string{
		"write": `SELECT relname FROM pg_class WHERE relnamespace = 'heed'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
			AND (has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER') OR has_any_column_privilege(oid, 'INSERT, UPDATE, REFERENCES'))`,
		"use sequences": `SELECT relname FROM pg_class WHERE relnamespace = 'heed'::regnamespace AND CASE relkind WHEN 'S' THEN has_sequence_privilege(oid, 'USAGE, SELECT, UPDATE') END`,
		"make things":   `SELECT 1 WHERE has_schema_privilege('heed', 'CREATE')`,
		"be others":     `SELECT rolname FROM pg_roles WHERE rolname IN ('heed_worker', 'heed_retention') AND pg_has_role(oid, 'MEMBER')`,
	} {
		if got := may(query); got != "" {
			t.Errorf("a reader may %s: %s", what, got)
		}
	}

	// And it works: every report and every view answers.
	for _, spec := range report.Specs() {
		if _, err := reportRows(ctx, reader, spec, nil); err != nil {
			t.Errorf("%s: %v", spec.Name, err)
		}
	}
	for _, view := range readable {
		if _, err := reader.Pool().Exec(ctx, `SELECT * FROM heed.`+view); err != nil {
			t.Errorf("%s: %v", view, err)
		}
	}
	if allowed := scan[bool](t, reader, `SELECT allowed FROM heed.can_send('+14255550101', 'alerts')`); !allowed {
		t.Error("can_send")
	}
	// Nor does a function let them in: what is written into its arguments is never read as SQL.
	for _, statement := range []string{
		`SELECT * FROM heed.report_delivery('2026-01-01', '2026-01-02', '{"day, (SELECT body FROM heed.inbound)"}')`,
		`SELECT * FROM heed.report_delivery('2026-01-01', '2026-01-02', zone => 'UTC''); DELETE FROM heed.inbound; --')`,
		`SELECT * FROM heed.report_delivery('2026-01-01', '2026-01-02', filters => '{"country) OR (true": ["US"]}')`,
	} {
		if _, err := reader.Pool().Exec(ctx, statement); err == nil || !strings.Contains(err.Error(), "22023") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	hostile := `US'); DELETE FROM heed.message; --`
	if got := scan[int](t, reader, `SELECT messages FROM heed.report_delivery('2026-01-01', '2026-01-02', '{}', filters => jsonb_build_object('country', $1::text))`, hostile); got != 0 {
		t.Error(got)
	}
}

// What people wrote and what heed wrote back is in no view and in no answer: every text column of all of them is searched for words
// that stand in every place that has any.
func TestReportsHoldNoWords(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx := context.Background()
	const secret = "squirrel"
	for _, statement := range []string{
		`INSERT INTO heed.inbound (identity, inbound_message_id, variant, contact, program, body, verdict, reason, matched, args, ruleset_version, said_at, received_at, raw)
			SELECT '+12065550100', v, 'text', '+14255550101', 'alerts', 'squirrel', v, 'stop_contacting_me', 'squirrel', '["squirrel"]', 1, now(), now(), 'squirrel' FROM unnest('{opt_out,none,unclear}'::text[]) v`,
		`INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, purpose, body, state) VALUES ('+12065550100/1/text', 1, 'reply', 'alerts', '+14255550101', '+12065550100', 'help', 'squirrel ’', 'done')`,
		`INSERT INTO heed.message (message_id, requested_at, contact, identity, program, status, status_rank, status_at, aws_status, event_type, is_final, encoding, context, updated_at, accepted_at, outbox_id)
			SELECT 'm', now(), '+14255550101', '+12065550100', 'alerts', 'blocked', 1, now(), 'BLOCKED', 'TEXT_BLOCKED', true, 'UNICODE', '{"note": "squirrel"}', now(), now(), id FROM heed.outbox`,
		`INSERT INTO heed.parked (source, source_id, reason, error, body, parked_at) VALUES ('sqs', '1', 'not_json', 'squirrel', 'squirrel', now())`,
		`INSERT INTO heed.rollup_mark (bucket) SELECT heed.quarter_of(requested_at) FROM heed.message`,
	} {
		if _, err := s.Pool().Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	refresh(t, s, time.Now())
	for _, view := range readable {
		if got := dump(t, s, `SELECT * FROM heed.`+view); strings.Contains(got, secret) || got == "" {
			t.Errorf("%s shows %q", view, got)
		}
	}
	for _, spec := range report.Specs() {
		rows, err := reportRows(ctx, s, spec, map[string]string{"by": strings.Join(spec.Dimensions, ",")})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 || slices.ContainsFunc(rows, func(r string) bool { return strings.Contains(r, secret) }) {
			t.Errorf("%s shows %q", spec.Name, rows)
		}
	}
}
