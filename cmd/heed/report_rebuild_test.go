package main

import (
	"context"
	"strings"
	"testing"
)

// Each row: what happened to the database before, the command, its exit code and what it has to say.
func TestReportRebuild(t *testing.T) {
	h := newHistory(t)
	for _, c := range []struct {
		before, command string
		code            int
		want            string
	}{
		{
			`INSERT INTO heed.message (message_id, requested_at, status, status_rank, status_at, aws_status, event_type, is_final, updated_at)
				VALUES ('m', '2026-11-20 12:00Z', 'queued', 2, now(), 'QUEUED', 'TEXT_QUEUED', false, now());
			INSERT INTO heed.rollup_mark (bucket) VALUES ('2026-11-20 12:00Z')`, "--check", 0,
			"Not compared, because the relay has still to count them: 1 quarter of an hour of messages, failures and latencies of 0 days.\n",
		},
		{`DELETE FROM heed.rollup_mark`, "--check", 1, "delivery_quarter of 2026-11-20 differs from a recount of the messages\nTo count these days anew: heed report rebuild --from 2026-11-20\n"},
		{"", "--check --json", 1, `{"table":"delivery_quarter","day":"2026-11-20T00:00:00Z"}` + "\n"},
		{"", "--from 2026-11-20 --to 2026-11-20", 0, "Counted anew: 1 quarter of an hour of messages.\n"},
		{"", "--check", 0, "The counts are what a recount of the messages gives.\n"},
		{"", "--check --json", 0, ""},
		{"", "--from yesterday", 2, `--from "yesterday" is no day: write it like 2026-11-20`},
		{"", "--from 2026-11-21 --to 2026-11-20", 2, "--from is after --to"},
	} {
		if _, err := h.db.Pool().Exec(context.Background(), c.before); err != nil {
			t.Fatal(err)
		}
		code, out, errs := heed(t, "", append([]string{"report", "rebuild"}, strings.Fields(c.command)...)...)
		if code != c.code || !strings.HasSuffix(out+strings.TrimSpace(errs), c.want) || (c.want == "" && out != "") {
			t.Errorf("%s: exit %d, want %d\n%s%s", c.command, code, c.code, out, errs)
		}
	}
}
