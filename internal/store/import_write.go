package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/ledger"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/roster"
)

// judgeImport decides what rows come to, and for whom AWS's lists have to follow.
func judgeImport(entries []*roster.Entry, known []roster.Known, how Import) Imported {
	did := Imported{Verdict: roster.Judge(entries, known)}
	for i := range did.People {
		if p := &did.People[i]; follows(p, how) {
			did.Pending++
			did.Planned += len(how.Lists[p.Program])
		}
	}
	did.Planned = min(did.Planned, how.MostCalls)
	return did
}

// follows says whether a list of AWS has to follow what somebody's rows come to.
func follows(p *roster.Person, how Import) bool {
	return len(how.Lists[p.Program]) > 0 && p.Changed() && p.Contact.Dialable()
}

// importWrite writes what rows come to.
//
// Sets are written by COPY: the ledger, linked here and not row by row by the trigger, and those people whom the
// register does not know yet. Everybody takes a chain before they change rows of the register that others can see; new
// rows nobody sees, so they are written before, and the chain is held for half the time.
type importWrite struct {
	entries []*roster.Entry
	seals   []seal
	how     Import
	now     time.Time
	did     *Imported
	events  []int64 // the event of each entry that is new
}

const importIDs = `SELECT array_agg(nextval('heed.consent_event_id_seq')) FROM generate_series(1, $1)`

func (w *importWrite) all(ctx context.Context, tx pgx.Tx) error {
	var ids []int64
	if err := tx.QueryRow(ctx, importIDs, len(w.did.New)).Scan(&ids); err != nil {
		return err
	}
	slices.Sort(ids)
	for n, i := range w.did.New {
		w.events[i] = ids[n]
	}
	if err := w.copyPeople(ctx, tx); err != nil {
		return err
	}
	links, err := w.copyEvents(ctx, tx)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	queueLinks(batch, links)
	w.queuePeople(batch)
	w.queueCalls(batch)
	return tx.SendBatch(ctx, batch).Close()
}

const copyConsent = `COPY heed.consent (program, contact, state, since, event_id, opted_in_at, opted_out_at, held_at, aws_state)
FROM STDIN (FORMAT binary)`

// copyPeople writes those whom the register does not know yet.
func (w *importWrite) copyPeople(ctx context.Context, tx pgx.Tx) error {
	c := newCopy(len(w.did.People))
	for i := range w.did.People {
		p := &w.did.People[i]
		if p.Before != (optout.Register{}) {
			continue
		}
		state, since := p.After.State()
		aws := "in_sync"
		if follows(p, w.how) {
			aws = "pending"
		}
		c.row(9)
		c.texts(p.Program, string(p.Contact), string(state))
		c.times(since)
		c.int8(w.events[p.Decides])
		c.times(p.After.OptedInAt, p.After.OptedOutAt, p.After.HeldAt)
		c.texts(aws)
	}
	return c.send(ctx, tx, copyConsent)
}

const (
	// takeChains takes the chains of some programs, so that nobody else appends to them, and gives their newest links.
	takeChains = `
INSERT INTO heed.consent_chain AS h (program, seq, hash)
SELECT program, 0, '' FROM unnest($1::text[]) AS t (program) ORDER BY program
ON CONFLICT (program) DO UPDATE SET seq = h.seq
RETURNING h.program, h.seq, h.hash`

	copyLedger = `COPY heed.consent_event (id, program, contact, state, said_at, source, evidence, actor, recorded_at, seq, salt, sealed, hash)
FROM STDIN (FORMAT binary)`
)

// copyEvents appends to the ledger. It gives the newest links, as they are then.
func (w *importWrite) copyEvents(ctx context.Context, tx pgx.Tx) (map[string]*ledger.Link, error) {
	links, err := w.takeChains(ctx, tx)
	if err != nil {
		return nil, err
	}
	c := newCopy(len(w.did.New))
	for _, i := range w.did.New {
		e, s := w.entries[i], &w.seals[i]
		l := links[e.Program]
		l.ID, l.Seq, l.State, l.SaidAt, l.Sealed = w.events[i], l.Seq+1, string(e.State), e.SaidAt, s.sum
		l.Hash = l.Chain(l.Hash)
		c.row(13)
		c.int8(l.ID)
		c.texts(l.Program, string(e.Contact), l.State)
		c.times(l.SaidAt)
		c.texts(l.Source)
		c.jsonb(e.Evidence)
		c.texts(w.how.Actor)
		c.times(l.RecordedAt)
		c.int8(l.Seq)
		c.bytes(s.salt[:], l.Sealed, l.Hash)
	}
	return links, c.send(ctx, tx, copyLedger)
}

func (w *importWrite) takeChains(ctx context.Context, tx pgx.Tx) (map[string]*ledger.Link, error) {
	links := map[string]*ledger.Link{}
	var programs []string
	for _, i := range w.did.New {
		if p := w.entries[i].Program; links[p] == nil {
			links[p] = &ledger.Link{Program: p, Source: "import", RecordedAt: w.now}
			programs = append(programs, p)
		}
	}
	rows, err := tx.Query(ctx, takeChains, programs)
	if err != nil {
		return nil, err
	}
	var program string
	var seq int64
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&program, &seq, &hash}, func() error {
		links[program].Seq, links[program].Hash = seq, slices.Clone(hash)
		return nil
	})
	return links, err
}

const setLinks = `
UPDATE heed.consent_chain h SET seq = l.seq, hash = l.hash
FROM unnest($1::text[], $2::int8[], $3::bytea[]) AS l (program, seq, hash) WHERE h.program = l.program`

func queueLinks(batch *pgx.Batch, links map[string]*ledger.Link) {
	var programs []string
	var seqs []int64
	var hashes [][]byte
	for p, l := range links {
		programs, seqs, hashes = append(programs, p), append(seqs, l.Seq), append(hashes, l.Hash)
	}
	batch.Queue(setLinks, programs, seqs, hashes)
}

// setPeople writes the register as [roster.Judge] has joined it: nobody else joins these people meanwhile. Whether AWS
// agrees is another's to say, unless its lists have to follow.
var setPeople = `
UPDATE heed.consent c
SET state = p.state, since = p.since, opted_in_at = p.opted_in_at, opted_out_at = p.opted_out_at, held_at = p.held_at,
    aws_state = CASE WHEN p.pending THEN 'pending' ELSE c.aws_state END,
    -- 0: what was overruled until now decides again. Only a hold can.
    event_id = CASE p.event_id WHEN 0 THEN (SELECT max(e.id) FROM heed.consent_event e WHERE e.contact = p.contact AND e.program = p.program
                                              AND e.said_at = p.since AND e.state = p.state AND e.of_event IS NULL) ELSE p.event_id END
FROM (` + rows(1, "program text, contact text, state text, since timestamptz, event_id int8, opted_in_at timestamptz, opted_out_at timestamptz, "+
	"held_at timestamptz, pending bool") + `) p
WHERE c.program = p.program AND c.contact = p.contact`

func (w *importWrite) queuePeople(batch *pgx.Batch) {
	var program, contact, state []string
	var since []time.Time
	var event []int64
	var in, out, held []*time.Time
	var pending []bool
	for i := range w.did.People {
		p := &w.did.People[i]
		if p.Before == (optout.Register{}) {
			continue
		}
		is, at := p.After.State()
		id := p.EventID
		if p.Decides >= 0 {
			id = w.events[p.Decides]
		}
		program, contact, state = append(program, p.Program), append(contact, string(p.Contact)), append(state, string(is))
		since, event, pending = append(since, at), append(event, id), append(pending, follows(p, w.how))
		in, out, held = append(in, nullable(p.After.OptedInAt)), append(out, nullable(p.After.OptedOutAt)), append(held, nullable(p.After.HeldAt))
	}
	if len(program) > 0 {
		batch.Queue(setPeople, program, contact, state, since, event, in, out, held, pending)
	}
}

// planCalls plans that AWS's lists follow, one call after another: an import must not stand before what people text
// meanwhile.
var planCalls = `
INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, opt_out_list, not_before, said_at, created_at)
SELECT 'change/' || event_id, seq, 'sync_optout', program, contact, '', list, not_before, said_at, $1
FROM (` + rows(2, "event_id int8, seq int4, program text, contact text, list text, not_before timestamptz, said_at timestamptz") + `) p
ON CONFLICT (chain, seq) DO NOTHING`

func (w *importWrite) queueCalls(batch *pgx.Batch) {
	var event []int64
	var seq []int32
	var program, contact, list []string
	var notBefore, saidAt []time.Time
	for i := range w.did.People {
		p := &w.did.People[i]
		if !follows(p, w.how) {
			continue
		}
		_, since := p.After.State()
		for n, name := range w.how.Lists[p.Program] {
			if len(event) == w.did.Planned {
				break
			}
			at := w.how.FirstCall.Add(time.Duration(len(event)) * w.how.CallEvery)
			event, seq, program, contact = append(event, w.events[p.Last]), append(seq, int32(n+1)), append(program, p.Program), append(contact, string(p.Contact))
			list, notBefore, saidAt = append(list, name), append(notBefore, at), append(saidAt, since)
		}
	}
	if len(event) > 0 {
		batch.Queue(planCalls, w.now, event, seq, program, contact, list, notBefore, saidAt)
	}
}
