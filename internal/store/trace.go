package store

import (
	"context"
	"fmt"

	"github.com/heedsms/heed/internal/report"
)

// What the newest texts of some contacts led to, a row each. place is the order in which a text's rows are shown.
const traceRows = `
WITH said AS (
    SELECT i.*, i.identity || '/' || i.inbound_message_id || '/' || i.variant AS chain
    FROM heed.inbound i WHERE i.contact = ANY($1)
    ORDER BY i.received_at DESC, i.said_at DESC, i.inbound_message_id LIMIT $2
), act AS (
    SELECT s.chain AS said, o.* FROM said s JOIN heed.outbox o ON o.chain = s.chain
)
SELECT s.chain, s.said_at, s.contact, s.program, s.inbound_message_id, s.identity, s.body, s.verdict, s.reason, s.matched, coalesce(s.rule, ''),
       s.ruleset_version, s.received_at, r.tab, r.what, r.state, r.detail
FROM said s
JOIN (
    SELECT chain AS said, 1 AS place, 0::bigint AS seq, 'inbound' AS tab, variant AS what, verdict AS state, reason AS detail FROM said
    UNION ALL
    SELECT s.chain, 2, e.id, 'consent_event', e.program, e.state, e.source
    FROM said s JOIN heed.consent_event e ON e.inbound_message_id = s.inbound_message_id AND e.contact = s.contact
    UNION ALL
    SELECT said, 3, seq, 'outbox', concat_ws(' ', kind, purpose, opt_out_list), state, coalesce(error, did, aws_message_id, '') FROM act
    UNION ALL
    SELECT a.said, 4, a.seq, 'message', m.message_id, m.status,
           (SELECT string_agg(d.event_type, ', ' ORDER BY d.occurred_at) FROM heed.delivery_event d WHERE d.message_id = m.message_id)
    FROM act a JOIN heed.message m ON m.message_id = a.aws_message_id
) r ON r.said = s.chain
ORDER BY s.received_at DESC, s.said_at DESC, s.inbound_message_id, r.place, r.seq`

// Traces are the newest texts of some contacts with every row that they led to, the newest first. It is made for a few
// contacts on a development machine: it asks all partitions.
func (s *Store) Traces(ctx context.Context, contacts []string, limit int) ([]report.Trace, error) {
	rows, err := s.pool.Query(ctx, traceRows, contacts, limit)
	if err != nil {
		return nil, fmt.Errorf("read what texts led to: %w", err)
	}
	defer rows.Close()
	var traces []report.Trace
	last := ""
	for rows.Next() {
		var t report.Trace
		var r report.TraceRow
		var chain string
		var detail *string
		err := rows.Scan(&chain, &t.At, &t.Contact, &t.Program, &t.InboundMessageID, &t.Identity, &t.Body, &t.Verdict, &t.Reason, &t.Matched,
			&t.Rule, &t.RulesetVersion, &t.ReceivedAt, &r.Table, &r.What, &r.State, &detail)
		if err != nil {
			return nil, fmt.Errorf("read what texts led to: %w", err)
		}
		if detail != nil {
			r.Detail = *detail
		}
		if chain != last {
			traces, last = append(traces, t), chain
		}
		traces[len(traces)-1].Rows = append(traces[len(traces)-1].Rows, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read what texts led to: %w", err)
	}
	return traces, nil
}
