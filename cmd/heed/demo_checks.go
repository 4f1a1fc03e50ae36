package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
)

// promise is one thing that has to hold at the end, as a query whose answer must be true.
type promise struct{ says, query string }

func promises() []promise {
	return []promise{
		{"every text is recorded once", `SELECT count(*) = 13 FROM heed.inbound`},
		{"the typing event is no text, the tap is a STOP", `SELECT bool_and(CASE variant WHEN 'rcs_typing' THEN verdict = 'event' WHEN 'rcs_suggestion' THEN verdict = 'opt_out' ELSE true END) FROM heed.inbound`},
		{"Ann came back with START", `SELECT state = 'opted_in' AND aws_state = 'in_sync' FROM heed.consent WHERE contact = '+14255550101'`},
		{"Bob's «Don't stop» did not silence him, his tap did", `SELECT state = 'opted_out' FROM heed.consent WHERE contact = '+14255550102'`},
		{"Cid is out after Unsubscribe, and not before", `SELECT state = 'opted_out' AND (SELECT count(*) = 1 FROM heed.consent_event WHERE contact = '+14255550103') FROM heed.consent WHERE contact = '+14255550103'`},
		{"each change of consent has its evidence", `SELECT count(*) = 8 AND bool_and(evidence ? 'text') FROM heed.consent_event`},
		{"the ledger is a chain that holds", `SELECT bool_and(hash = sha256(before || heed.consent_public(id, seq, program, state, said_at, recorded_at, source, of_event) || sealed)) FROM (SELECT *, coalesce(lag(hash) OVER (PARTITION BY program ORDER BY seq), '') AS before FROM heed.consent_event) e`},
		{"the register is what the ledger comes to", `SELECT count(*) = 0 FROM heed.consent c FULL JOIN heed.consent_derived d USING (program, contact) WHERE (c.state, c.since) IS DISTINCT FROM (d.state, d.since)`},
		{"nobody was answered twice", `SELECT count(*) = count(DISTINCT chain) FROM heed.outbox WHERE kind = 'reply' AND state <> 'expired'`},
		{"nothing promised is left open", `SELECT count(*) = 0 FROM heed.outbox WHERE state IN ('planned', 'claimed', 'unknown')`},
		{"malformed records are parked whole, once", `SELECT count(*) FILTER (WHERE source = 'sqs') = 1 AND bool_and(reason = 'malformed_json' OR reason = 'malformed_envelope') FROM heed.parked`},
		{"every text sent has its delivery state", `SELECT count(*) = (SELECT count(*) FROM heed.outbox WHERE kind = 'reply' AND state = 'done') FROM heed.message`},
		{"Dan's receipt after three silent days counts", `SELECT status = 'delivered' FROM heed.message WHERE contact = '+14255550198'`},
		{"Eve's phone was unreachable, with the reason", `SELECT status = 'undeliverable' AND failure_reason <> '' FROM heed.message WHERE contact = '+14255550192'`},
		{"the report counts each of them once", `SELECT coalesce(sum(messages), 0) = (SELECT count(*) FROM heed.message) FROM heed.report_delivery(current_date - 7, current_date + 1)`},
		{"can_send says no to those who left and yes to the others", `SELECT bool_and(c.allowed = (state = 'opted_in')) FROM heed.consent, heed.can_send(contact, program) c`},
	}
}

// tellPromises checks what has to hold in Postgres and at AWS.
func (s *stage) tellPromises(ctx context.Context) (bool, error) {
	s.say("%s", line("As promised?"))
	kept := true
	tell := func(holds bool, says string) {
		mark := "✓"
		if !holds {
			mark, kept = "✗", false
		}
		s.say("  %s %s", mark, says)
	}
	for _, p := range promises() {
		var holds bool
		if err := s.db.Pool().QueryRow(ctx, "SELECT coalesce(("+p.query+"), false)").Scan(&holds); err != nil {
			return false, fmt.Errorf("%s: %w", p.says, err)
		}
		tell(holds, p.says)
	}
	ann, bob, cid, _, _ := people()
	tell(!s.double.OptedOut(demoProgram, ann.phone) && s.double.OptedOut(demoProgram, bob.phone) && s.double.OptedOut(demoProgram, cid.phone),
		"AWS's opt-out list agrees with the register")
	return kept, nil
}

// tellTables shows what Postgres holds.
func (s *stage) tellTables(ctx context.Context) error {
	for _, table := range []struct{ title, query string }{
		{"heed.consent", `SELECT contact, program, state, aws_state AS aws FROM heed.consent ORDER BY contact`},
		{"heed.message", `SELECT contact, status, aws_status, to_char(justify_hours(delivered_at - requested_at), 'FMDDD"d "FMHH24"h "FMMI"m "FMSS"s"') AS "to handset", parts, price::text, left(failure_reason, 40) AS failure FROM heed.message ORDER BY contact, requested_at`},
		{"rows", `SELECT (SELECT count(*) FROM heed.inbound) AS inbound, (SELECT count(*) FROM heed.consent_event) AS consent_event, (SELECT count(*) FROM heed.outbox) AS outbox, (SELECT count(*) FROM heed.delivery_event) AS delivery_event, (SELECT count(*) FROM heed.message) AS message, (SELECT count(*) FROM heed.parked) AS parked`},
	} {
		s.say("%s", line(table.title))
		if err := s.tellQuery(ctx, table.query); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) tellQuery(ctx context.Context, query string) error {
	rows, err := s.db.Pool().Query(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	out := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	var names []string
	for _, f := range rows.FieldDescriptions() {
		names = append(names, f.Name)
	}
	fmt.Fprintln(out, "  "+strings.Join(names, "\t"))
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		cells := make([]string, len(values))
		for i, v := range values {
			if v != nil {
				cells[i] = strings.TrimSpace(fmt.Sprint(v))
			}
		}
		fmt.Fprintln(out, "  "+strings.Join(cells, "\t"))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return out.Flush()
}
