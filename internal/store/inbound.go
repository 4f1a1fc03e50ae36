package store

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/inbound"
	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/outbox"
)

// recordInbound is the one statement of the inbound path. Everything in it follows from the rows that the first
// INSERT really made: a text that was recorded before has no consequence again.
var recordInbound = `
WITH handed AS (
    ` + rows(2, "ord int4, identity text, inbound_message_id text, variant text, contact text, program text, body text, verdict text, "+
	"reason text, matched text, rule text, args text, observed text, ruleset_version int8, said_at timestamptz, previous_message_id text, "+
	"aws_keyword text, raw text, consent text, source text, evidence text, syncs bool, confirms interval") + `
), heard AS (
    -- A yes means something only as the answer to a question of double opt-in: one that went out, in time, and since
    -- which they said nothing else about it. It counts from when the question was caused: whatever they say after that
    -- outweighs it, in any order of arrival.
    SELECT h.*, CASE WHEN h.confirms > '0' THEN (
        SELECT max(q.said_at) FROM heed.inbound q
        WHERE q.contact = h.contact AND q.program = h.program AND q.reason = 'double_opt_in_asked'
          AND q.said_at BETWEEN h.said_at - h.confirms AND h.said_at
          AND EXISTS (SELECT FROM heed.outbox o WHERE o.chain = q.identity || '/' || q.inbound_message_id || '/' || q.variant
                        AND o.kind = 'reply' AND o.purpose = 'double_opt_in' AND o.state NOT IN ('failed', 'expired'))
          AND NOT EXISTS (SELECT FROM heed.consent c WHERE c.contact = h.contact AND c.program = h.program
                            AND (c.state = 'opted_out' OR greatest(c.opted_in_at, c.opted_out_at, c.held_at, c.since) >= q.said_at))
          AND NOT EXISTS (SELECT FROM handed o WHERE o.contact = h.contact AND o.program = h.program AND o.ord < h.ord
                            AND o.consent <> '' AND (o.consent = 'opted_out' OR o.said_at >= q.said_at))
    ) ELSE h.said_at END AS consent_at
    FROM handed h
), text AS (
    SELECT ord, identity, inbound_message_id, variant, contact, program, body,
        CASE WHEN holds THEN verdict ELSE 'none' END AS verdict, CASE WHEN holds THEN reason ELSE 'no_match' END AS reason,
        matched, rule, args, observed, ruleset_version, said_at, previous_message_id, aws_keyword, raw,
        CASE WHEN holds THEN consent ELSE '' END AS consent, source, evidence, syncs AND holds AS syncs, holds, consent_at
    FROM heard CROSS JOIN LATERAL (SELECT consent_at IS NOT NULL AS holds) h
), recorded AS (
    INSERT INTO heed.inbound (identity, inbound_message_id, variant, contact, program, body, verdict, reason, matched, rule, args,
        observed, ruleset_version, said_at, received_at, previous_message_id, aws_keyword, raw)
    SELECT identity, inbound_message_id, variant, contact, program, body, verdict, reason, matched, nullif(rule, ''),
        nullif(args, '')::jsonb, nullif(observed, '')::jsonb, ruleset_version, said_at, $1, nullif(previous_message_id, ''),
        nullif(aws_keyword, ''), raw
    FROM text
    ON CONFLICT DO NOTHING
    RETURNING identity, inbound_message_id, variant
), fresh AS (
    SELECT text.* FROM text JOIN recorded USING (identity, inbound_message_id, variant)
), event AS (
    INSERT INTO heed.consent_event (program, contact, state, said_at, source, inbound_message_id, evidence, actor, recorded_at)
    SELECT program, contact, consent, consent_at, source, inbound_message_id, evidence::jsonb, 'contact', $1
    FROM fresh WHERE consent <> '' ORDER BY program, ord
    RETURNING id, program, contact, state, said_at
)` + joinRegister(func(row string) string {
	return `CASE WHEN EXISTS (SELECT FROM fresh f WHERE f.program = ` + row + `.program AND f.contact = ` + row + `.contact AND f.syncs) THEN 'pending' END`
}) + `, prior AS (
    -- What the register said just before each text: what it held, and the earlier texts of this batch. A batch of
    -- two has the same replies as two batches of one.
    SELECT f.ord, f.said_at, f.holds, f.consent_at,
           greatest(c.opted_out_at, CASE WHEN c.state = 'opted_out' THEN c.since END,
                    max(f.consent_at) FILTER (WHERE f.consent = 'opted_out') OVER earlier) AS out_at,
           greatest(c.opted_in_at, CASE WHEN c.state = 'opted_in' THEN c.since END,
                    max(f.consent_at) FILTER (WHERE f.consent = 'opted_in') OVER earlier) AS in_at
    FROM fresh f LEFT JOIN heed.consent c USING (program, contact)
    WINDOW earlier AS (PARTITION BY f.program, f.contact ORDER BY f.said_at, f.consent <> 'opted_out', f.ord
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), action AS (
    ` + rows(25, "ord int4, chain text, seq int4, kind text, program text, contact text, identity text, opt_out_list text, purpose text, "+
	"rule text, body text, expires_at timestamptz, pause interval, most int4, per interval") + `
), judged AS (
    SELECT a.*, p.said_at, CASE
        -- It will never be done: nobody is answered, or asked, and it is none of the replies that are counted.
        WHEN expires_at <= $1 THEN 'too_late'
        WHEN kind <> 'reply' OR purpose = 'help' THEN NULL
        WHEN purpose = 'opt_out' AND out_at >= coalesce(in_at, '-infinity') THEN 'already_opted_out'
        WHEN purpose = 'opt_out' AND p.said_at < in_at THEN 'overtaken_by_opt_in'
        WHEN purpose = 'opt_out' THEN NULL
        WHEN purpose = 'opt_in' AND out_at >= p.consent_at THEN 'overtaken_by_opt_out'
        WHEN purpose = 'opt_in' THEN NULL
        WHEN out_at >= coalesce(in_at, '-infinity') THEN 'opted_out'
        WHEN purpose = 'unclear' AND in_at > p.said_at THEN 'overtaken_by_opt_in'
        WHEN pause > '0' AND (row_number() OVER (PARTITION BY kind, purpose, program, contact, expires_at <= $1 ORDER BY p.said_at, ord) > 1
            OR EXISTS (SELECT FROM heed.outbox o WHERE o.contact = a.contact AND o.program = a.program AND o.kind = 'reply'
                AND o.purpose = a.purpose AND o.created_at > $1 - a.pause
                -- An opt-in answers the question: the next one is another.
                AND (a.purpose <> 'unclear' OR o.said_at > coalesce(p.in_at, '-infinity')) AND o.error NOT LIKE 'withheld: %' IS NOT FALSE)) THEN 'paused'
    END AS withheld
    -- That a message was received does not hang on what the answer to it means.
    FROM action a JOIN prior p USING (ord) WHERE p.holds OR a.kind = 'feedback'
), counted AS (
    SELECT j.*, CASE WHEN kind = 'reply' AND purpose <> 'opt_out' AND most > 0 AND withheld IS NULL THEN
        (SELECT count(*) FROM heed.outbox o WHERE o.contact = j.contact AND o.kind = 'reply' AND o.created_at > $1 - j.per
            AND o.error NOT LIKE 'withheld: %' IS NOT FALSE)
        + count(*) FILTER (WHERE kind = 'reply' AND withheld IS NULL) OVER (PARTITION BY contact ORDER BY said_at, ord, seq)
        > most END AS too_many
    FROM judged j
), planned AS (
    INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, purpose, rule, body, state, error,
        not_before, expires_at, said_at, created_at, settled_at)
    SELECT chain, seq, kind, program, contact, identity, nullif(opt_out_list, ''), nullif(purpose, ''), nullif(rule, ''), nullif(body, ''),
        CASE WHEN withheld IS NULL AND too_many IS NOT TRUE THEN 'planned' ELSE 'expired' END,
        CASE WHEN withheld IS NOT NULL THEN 'withheld: ' || withheld WHEN too_many THEN 'withheld: reply_limit' END,
        $1, expires_at, said_at, $1, CASE WHEN withheld IS NOT NULL OR too_many THEN $1::timestamptz END
    FROM counted ORDER BY ord, seq
    ON CONFLICT (chain, seq) DO NOTHING
    RETURNING state
)
SELECT (SELECT count(*) FROM recorded), (SELECT count(*) FROM register),
       (SELECT count(*) FROM planned WHERE state = 'planned'), (SELECT count(*) FROM planned WHERE state <> 'planned'),
       (SELECT array_agg(ord ORDER BY ord) FROM fresh), (SELECT array_agg(verdict ORDER BY ord) FROM fresh)`

// RecordInbound keeps a batch of texts in one round trip: the texts, what they change in the register, and what they
// promise. Recording a text again changes nothing.
func (s *Store) RecordInbound(ctx context.Context, b inbound.Batch) (inbound.Counts, error) {
	var counts inbound.Counts
	args, contacts, err := inboundArgs(b)
	if err != nil {
		return counts, err
	}
	err = s.retry(ctx, func() error {
		counts = inbound.Counts{}
		var ords []int32
		var verdicts []string
		batch := &pgx.Batch{}
		if len(b.Entries) > 0 {
			batch.Queue(lockContacts, contacts)
			batch.Queue(recordInbound, args...).QueryRow(func(row pgx.Row) error {
				err := row.Scan(&counts.New, &counts.ConsentChanges, &counts.Planned, &counts.Withheld, &ords, &verdicts)
				for i, ord := range ords {
					counts.Recorded = append(counts.Recorded, inbound.Recorded{Entry: &b.Entries[ord], Verdict: verdicts[i]})
				}
				return err
			})
		}
		queueParked(batch, b.Parked)
		return s.send(ctx, batch)
	})
	if err != nil {
		return inbound.Counts{}, fmt.Errorf("record inbound: %w", err)
	}
	return counts, nil
}

func inboundArgs(b inbound.Batch) (args []any, contacts []string, err error) {
	texts, err := textArgs(b.Entries, b.At)
	if err != nil {
		return nil, nil, err
	}
	contacts = make([]string, len(b.Entries))
	for i, e := range b.Entries {
		contacts[i] = string(e.Contact)
	}
	return append(append([]any{b.At}, texts...), actionArgs(b.Entries)...), contacts, nil
}

func textArgs(entries []inbound.Entry, at time.Time) ([]any, error) {
	n := len(entries)
	ord, identity, id, variant := make([]int32, n), make([]string, n), make([]string, n), make([]string, n)
	contact, program, body := make([]string, n), make([]string, n), make([]string, n)
	verdict, reason, matched, rule := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	args, observed, version, saidAt := make([]string, n), make([]string, n), make([]int64, n), make([]time.Time, n)
	previous, keyword, raw := make([]string, n), make([]string, n), make([]string, n)
	consent, source, evidence, syncs := make([]string, n), make([]string, n), make([]string, n), make([]bool, n)
	confirms := make([]time.Duration, n)
	for i := range entries {
		e := &entries[i]
		ord[i], identity[i], id[i], variant[i] = int32(i), string(e.Identity), e.ID, string(e.Variant)
		contact[i], program[i], body[i] = string(e.Contact), e.Program, e.Body
		verdict[i], reason[i], matched[i] = e.Verdict, e.Reason, e.Matched
		version[i], saidAt[i] = e.RulesetVersion, e.SaidAt
		previous[i], keyword[i], raw[i] = e.PreviousMessageID, e.AWSKeyword, e.Raw
		if e.Rule != nil {
			rule[i] = e.Rule.Name
		}
		if len(e.Args) > 0 {
			args[i] = list(e.Args)
		}
		if len(e.Observed) > 0 {
			var names []string
			for _, o := range e.Observed {
				names = append(names, o.Name)
			}
			observed[i] = list(names)
		}
		if e.Consent != "" {
			proof, err := evidenceOf(e, at)
			if err != nil {
				return nil, err
			}
			consent[i], source[i], evidence[i] = string(e.Consent), "keyword", proof
			if e.Tier > 1 {
				source[i] = "natural_language"
			}
		}
		confirms[i] = e.Confirms
		for _, a := range e.Actions {
			syncs[i] = syncs[i] || a.Kind == outbox.SyncOptOut
		}
	}
	return []any{
		ord, identity, id, variant, contact, program, body, verdict, reason, matched, rule, args, observed, version, saidAt,
		previous, keyword, raw, consent, source, evidence, syncs, confirms,
	}, nil
}

// evidenceOf is the proof of a change of consent: the words themselves, and what read them how.
func evidenceOf(e *inbound.Entry, receivedAt time.Time) (string, error) {
	text := e.Body
	if len(e.Said) > 0 {
		text = e.Said[0]
	}
	rule := ""
	if e.Rule != nil {
		rule = e.Rule.Name
	}
	proof, err := json.Marshal(struct {
		Text           string   `json:"text"`
		Cleaned        string   `json:"cleaned"`
		Verdict        string   `json:"verdict"`
		Reason         string   `json:"reason"`
		Matched        string   `json:"matched"`
		Sources        []string `json:"sources,omitempty"`
		Rule           string   `json:"rule,omitempty"`
		RulesetVersion int64    `json:"ruleset_version"`
		WordList       string   `json:"word_list"`
		Identity       string   `json:"identity"`
		// What it answers, as AWS tells, and the keyword that AWS thought it saw.
		PreviousMessageID string    `json:"previous_message_id,omitempty"`
		AWSKeyword        string    `json:"aws_keyword,omitempty"`
		ReceivedAt        time.Time `json:"received_at"`
	}{
		text, keywords.Clean(text).Folded, e.Verdict, e.Reason, e.Matched, e.Sources, rule, e.RulesetVersion, optout.ListVersion,
		string(e.Identity), e.PreviousMessageID, e.AWSKeyword, receivedAt.UTC(),
	}, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return "", fmt.Errorf("write the evidence of a consent change: %w", err)
	}
	return string(proof), nil
}

// list is a JSON array of strings. Marshalling strings that were made storable cannot fail.
func list(of []string) string {
	b, _ := json.Marshal(of, jsontext.AllowInvalidUTF8(true))
	return string(b)
}

func actionArgs(entries []inbound.Entry) []any {
	var ord, seq, most []int32
	var chain, kind, program, contact, identity, lists, purpose, rule, body []string
	var expires []*time.Time
	var pause, per []time.Duration
	for i := range entries {
		for _, a := range entries[i].Actions {
			ord, chain, seq = append(ord, int32(i)), append(chain, a.Chain), append(seq, int32(a.Seq))
			kind, program, contact = append(kind, string(a.Kind)), append(program, a.Program), append(contact, string(a.Contact))
			identity, lists, purpose = append(identity, string(a.Identity)), append(lists, a.List), append(purpose, string(a.Purpose))
			rule, body, expires = append(rule, a.Rule), append(body, a.Body), append(expires, nullable(a.ExpiresAt))
			pause, most, per = append(pause, a.Pause), append(most, int32(a.Limit)), append(per, a.LimitPer)
		}
	}
	return []any{ord, chain, seq, kind, program, contact, identity, lists, purpose, rule, body, expires, pause, most, per}
}
