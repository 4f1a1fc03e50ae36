package store

// lockContacts makes the texts of one person wait for each other, so that the statements behind it in the same
// transaction see what the ones before decided: whether an opt-out is the first, how many replies went out. The
// numbers are hashed to a thousand locks, which bounds what a large batch takes; they are taken in order, so two
// batches cannot deadlock.
const lockContacts = `
SELECT count(pg_advisory_xact_lock(1751475556, bucket))
FROM (SELECT DISTINCT hashtext(contact) & 1023 AS bucket FROM unnest($1::text[]) AS t (contact) ORDER BY bucket) buckets`

// joinRegister is the tail of a statement whose CTE "event" holds new consent events: it joins them into the
// register. The three times only grow, so the events may come in any order; state and since follow from them. On a
// tie opted_out wins, and held never takes the place of an opt-out that is in force. awsState is an expression over
// the program and contact of a row: what AWS's list is to be said to be, NULL where nothing new is known. What is there
// already is read from the row as it is updated, since a worker may be settling it at this moment.
func joinRegister(awsState func(row string) string) string {
	return `, spoken AS (
    SELECT program, contact,
           max(said_at) FILTER (WHERE state = 'opted_in') AS opted_in_at,
           max(said_at) FILTER (WHERE state = 'opted_out') AS opted_out_at,
           max(said_at) FILTER (WHERE state = 'held') AS held_at,
           (array_agg(id ORDER BY said_at DESC, id) FILTER (WHERE state = 'opted_in'))[1] AS in_event,
           (array_agg(id ORDER BY said_at DESC, id) FILTER (WHERE state = 'opted_out'))[1] AS out_event,
           (array_agg(id ORDER BY said_at DESC, id) FILTER (WHERE state = 'held'))[1] AS held_event
    FROM event GROUP BY program, contact
), joined AS (
    SELECT s.program, s.contact, s.in_event, s.out_event, s.held_event, c.event_id AS old_event, c.state AS old_state, c.since AS old_since,
           -- Rows that were not made by heed carry state and since only.
           greatest(s.opted_in_at, c.opted_in_at, CASE WHEN c.state = 'opted_in' THEN c.since END) AS opted_in_at,
           greatest(s.opted_out_at, c.opted_out_at, CASE WHEN c.state = 'opted_out' THEN c.since END) AS opted_out_at,
           greatest(s.held_at, c.held_at, CASE WHEN c.state = 'held' THEN c.since END) AS held_at
    FROM spoken s LEFT JOIN heed.consent c USING (program, contact)
), decided AS (
    SELECT j.*, d.state, CASE d.state WHEN 'opted_out' THEN opted_out_at WHEN 'held' THEN held_at ELSE opted_in_at END AS since
    FROM joined j CROSS JOIN LATERAL (SELECT CASE
        WHEN opted_out_at >= coalesce(opted_in_at, '-infinity') THEN 'opted_out'
        WHEN held_at >= coalesce(opted_in_at, '-infinity') THEN 'held'
        ELSE 'opted_in' END AS state) d
), register AS (
    INSERT INTO heed.consent AS c (program, contact, state, since, event_id, opted_in_at, opted_out_at, held_at, aws_state)
    SELECT program, contact, state, since,
           CASE WHEN (state, since) IS NOT DISTINCT FROM (old_state, old_since) THEN old_event
                ELSE coalesce(CASE state WHEN 'opted_out' THEN out_event WHEN 'held' THEN held_event ELSE in_event END,
                              -- What was overruled until now decides again.
                              (SELECT max(e.id) FROM heed.consent_event e WHERE e.contact = decided.contact AND e.program = decided.program
                                 AND e.said_at = since AND e.state = decided.state), old_event) END,
           opted_in_at, opted_out_at, held_at, coalesce(` + awsState("decided") + `, 'in_sync')
    FROM decided ORDER BY program, contact
    ON CONFLICT (program, contact) DO UPDATE
    SET state = excluded.state, since = excluded.since, event_id = excluded.event_id, opted_in_at = excluded.opted_in_at,
        opted_out_at = excluded.opted_out_at, held_at = excluded.held_at, aws_state = coalesce(` + awsState("excluded") + `, c.aws_state)
    RETURNING c.program, c.contact, c.state
)`
}
