-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION heed.contact_of(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- However a number is written, it is one contact, as at intake (sms.ParsePhone).
    SELECT CASE
               WHEN written ~ '^\+[0-9]{7,}$' THEN written
               WHEN trimmed ~ '^\+?[0-9 \u00a0.()-]*[0-9][0-9 \u00a0.()-]*$' THEN
                   CASE WHEN left(trimmed, 1) = '+' OR length(digits) >= 7 THEN '+' || digits ELSE digits END
               ELSE trimmed
           END
    FROM (SELECT regexp_replace(written, '^[\s\u00a0]+|[\s\u00a0]+$', '', 'g') AS trimmed,
                 regexp_replace(written, '[^0-9]', '', 'g') AS digits) w
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.contact_of(text) IS 'A phone number in the form that all tables of heed use.';

-- +goose StatementBegin
CREATE FUNCTION heed.sending(contact text, program text, settings jsonb, states text[], programs text[], sinces timestamptz[], events bigint[], suspended timestamptz)
    RETURNS TABLE (allowed boolean, reason text, since timestamptz, event_id bigint)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- The rule itself, of what is known of a contact: rows of the register, of every program. A person who was forgotten
    -- and came back has two rows of a program; what was said last counts, and of one moment the stricter.
    WITH known AS (
        SELECT * FROM unnest($4, $5, $6, $7) AS k (state, program, since, event_id)
    ), said AS (
        SELECT k.program = $2 AS own,
               max(k.since) FILTER (WHERE k.state = 'opted_out') AS out_at, max(k.since) FILTER (WHERE k.state = 'opted_in') AS in_at,
               max(k.since) FILTER (WHERE k.state = 'held') AS held_at
        FROM known k GROUP BY k.program
    ), stands AS (
        SELECT own, CASE WHEN out_at >= coalesce(in_at, '-infinity') THEN 'opted_out'
                         WHEN held_at >= coalesce(in_at, '-infinity') THEN 'held' ELSE 'opted_in' END AS state,
               CASE WHEN out_at >= coalesce(in_at, '-infinity') THEN out_at
                    WHEN held_at >= coalesce(in_at, '-infinity') THEN held_at ELSE in_at END AS since
        FROM said
    ), own AS (
        SELECT s.state, s.since FROM stands s WHERE s.own
    ), elsewhere AS (
        SELECT s.since FROM stands s WHERE NOT s.own AND s.state = 'opted_out' AND $3 ->> 'scope' = 'sender' ORDER BY s.since DESC LIMIT 1
    ), why AS (
        SELECT CASE
                   WHEN $1 IS NULL OR $2 IS NULL THEN 'contact_or_program_missing'
                   WHEN own.state = 'opted_out' THEN 'opted_out'
                   WHEN elsewhere.since IS NOT NULL THEN 'opted_out_elsewhere'
                   WHEN own.state = 'held' THEN 'held'
                   WHEN $8 IS NOT NULL THEN 'invalid_number'
                   WHEN own.state = 'opted_in' THEN 'opted_in'
                   WHEN coalesce(($3 -> 'programs' -> $2 ->> 'requireOptIn')::boolean, false) THEN 'opt_in_required'
                   ELSE 'no_record'
               END AS reason,
               own.state, own.since AS own_since, elsewhere.since AS elsewhere_since
        FROM (SELECT) one LEFT JOIN own ON true LEFT JOIN elsewhere ON true
    )
    SELECT w.reason IN ('opted_in', 'no_record'), w.reason, v.since,
           CASE WHEN w.reason <> 'invalid_number' THEN
               (SELECT k.event_id FROM known k
                WHERE k.since = v.since AND (k.program = $2) = (w.reason <> 'opted_out_elsewhere')
                  AND k.state = CASE WHEN w.reason = 'opted_out_elsewhere' THEN 'opted_out' ELSE w.state END
                ORDER BY k.event_id LIMIT 1) END
    FROM why w CROSS JOIN LATERAL (SELECT CASE w.reason WHEN 'opted_out_elsewhere' THEN w.elsewhere_since WHEN 'invalid_number' THEN $8
                                                        ELSE w.own_since END AS since) v
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heed.can_send(contact text, program text)
    RETURNS TABLE (allowed boolean, reason text, since timestamptz, event_id bigint)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- One row, always. The scope is applied here, when it is read: flipping it back loses nothing.
    SELECT s.*
    FROM (SELECT heed.contact_of($1) AS contact,
                 coalesce((SELECT r.settings FROM heed.ruleset r ORDER BY r.version DESC LIMIT 1), '{}') AS settings) asked
    CROSS JOIN LATERAL (
        SELECT array_agg(c.state) AS states, array_agg(c.program) AS programs, array_agg(c.since) AS sinces, array_agg(c.event_id) AS events
        FROM heed.consent c WHERE c.contact = ANY (ARRAY[asked.contact, heed.pseudonym(asked.contact)])) k
    CROSS JOIN LATERAL heed.sending($1, $2, asked.settings, k.states, k.programs, k.sinces, k.events,
        (SELECT min(u.since) FROM heed.suspension u WHERE u.contact = asked.contact AND u.lifted_at IS NULL)) s
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.can_send(text, text) IS
    'May this contact be texted for this program? reason is opted_in, no_record, opted_out, opted_out_elsewhere (scope: sender), held, invalid_number, opt_in_required or contact_or_program_missing. since and event_id name the consent event behind it.';

-- +goose StatementBegin
CREATE FUNCTION heed.can_send_at(contact text, program text, at timestamptz, known_at timestamptz DEFAULT NULL)
    RETURNS TABLE (allowed boolean, reason text, since timestamptz, event_id bigint)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- By what the person had said by then; with known_at, by as much of it as heed had recorded by that time. The rules
    -- are those that were in force.
    WITH asked AS (
        SELECT heed.contact_of($1) AS contact,
               coalesce((SELECT r.settings FROM heed.ruleset r WHERE r.applied_at <= $3 ORDER BY r.version DESC LIMIT 1), '{}') AS settings
    ), event AS (
        SELECT e.id, e.program, e.contact, e.state, e.said_at, e.of_event
        FROM asked a JOIN heed.consent_event e ON e.contact = ANY (ARRAY[a.contact, heed.pseudonym(a.contact)])
        WHERE e.said_at <= $3 AND ($4 IS NULL OR e.recorded_at <= $4)
    ), decision AS (
        SELECT DISTINCT ON (of_event) of_event, state, id FROM event WHERE of_event IS NOT NULL ORDER BY of_event, id DESC
    ), effective AS (
        SELECT e.program, coalesce(d.state, e.state) AS state, e.said_at, coalesce(d.id, e.id) AS id
        FROM event e LEFT JOIN decision d ON d.of_event = e.id WHERE e.of_event IS NULL
    ), known AS (
        SELECT array_agg(state) AS states, array_agg(program) AS programs, array_agg(said_at) AS sinces, array_agg(id) AS events
        FROM effective WHERE state <> 'released'
    )
    SELECT s.* FROM asked a CROSS JOIN known k
    CROSS JOIN LATERAL heed.sending($1, CASE WHEN $3 IS NOT NULL THEN $2 END, a.settings, k.states, k.programs, k.sinces, k.events,
        (SELECT min(u.since) FROM heed.suspension u WHERE u.contact = a.contact AND u.since <= $3
                                                     AND (u.lifted_at IS NULL OR u.lifted_at > $3))) s
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.can_send_at(text, text, timestamptz, timestamptz) IS
    'What heed.can_send would have said at that moment, by what the person had said by then. With known_at: by what heed had recorded of it at that time.';
