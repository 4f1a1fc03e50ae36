-- +goose Up

-- +goose StatementBegin
CREATE FUNCTION heed.can_send(contact text, program text)
    RETURNS TABLE (allowed boolean, reason text, since timestamptz, event_id bigint)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- One row, always. The scope is applied here, when it is read: flipping it back loses nothing.
    WITH settings AS (
        SELECT coalesce((SELECT r.settings FROM heed.ruleset r ORDER BY r.version DESC LIMIT 1), '{}') AS s
    ), asked AS (
        -- However a number is written, it is one contact, as at intake (sms.ParsePhone).
        SELECT CASE
                   WHEN $1 ~ '^\+[0-9]{7,}$' THEN $1
                   WHEN trimmed ~ '^\+?[0-9 \u00a0.()-]*[0-9][0-9 \u00a0.()-]*$' THEN
                       CASE WHEN left(trimmed, 1) = '+' OR length(digits) >= 7 THEN '+' || digits ELSE digits END
                   ELSE trimmed
               END AS contact,
               s ->> 'scope' = 'sender' AS by_sender,
               coalesce((s -> 'programs' -> $2 ->> 'requireOptIn')::boolean, false) AS require_opt_in
        FROM settings,
             LATERAL (SELECT regexp_replace($1, '^[\s\u00a0]+|[\s\u00a0]+$', '', 'g') AS trimmed, regexp_replace($1, '[^0-9]', '', 'g') AS digits) written
    ), own AS (
        SELECT c.state, c.since, c.event_id
        FROM asked a JOIN heed.consent c ON c.contact = a.contact AND c.program = $2
    ), elsewhere AS (
        SELECT c.since, c.event_id
        FROM asked a JOIN heed.consent c ON c.contact = a.contact AND c.program <> $2
        WHERE a.by_sender AND c.state = 'opted_out'
        ORDER BY c.since DESC
        LIMIT 1
    )
    SELECT verdict.allowed, verdict.reason, coalesce(verdict.since, own.since), coalesce(verdict.event_id, own.event_id)
    FROM asked
    LEFT JOIN own ON true
    LEFT JOIN elsewhere ON true
    CROSS JOIN LATERAL (
        SELECT CASE
                   WHEN $1 IS NULL OR $2 IS NULL THEN 'contact_or_program_missing'
                   WHEN own.state = 'opted_out' THEN 'opted_out'
                   WHEN elsewhere.since IS NOT NULL THEN 'opted_out_elsewhere'
                   WHEN own.state = 'held' THEN 'held'
                   WHEN own.state = 'opted_in' THEN 'opted_in'
                   WHEN asked.require_opt_in THEN 'opt_in_required'
                   ELSE 'no_record'
               END AS reason
    ) why
    CROSS JOIN LATERAL (
        SELECT why.reason IN ('opted_in', 'no_record') AS allowed,
               why.reason,
               CASE WHEN why.reason = 'opted_out_elsewhere' THEN elsewhere.since END AS since,
               CASE WHEN why.reason = 'opted_out_elsewhere' THEN elsewhere.event_id END AS event_id
    ) verdict
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.can_send(text, text) IS
    'May this contact be texted for this program? reason is opted_in, no_record, opted_out, opted_out_elsewhere (scope: sender), held, opt_in_required or contact_or_program_missing. since and event_id name the consent event behind it.';

-- +goose StatementBegin
CREATE FUNCTION heed.merge_objects(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- The join of two objects: every key of either, of two values the greater. Commutative, associative, idempotent.
    SELECT CASE
        WHEN a IS NULL THEN b
        WHEN b IS NULL OR a = b THEN a
        ELSE (SELECT jsonb_object_agg(k, v)
              FROM (SELECT coalesce(x.key, y.key) AS k,
                           -- Bytes, not the database's locale: Go's fold of the same batch must agree.
                           CASE WHEN x.key IS NULL THEN y.value
                                WHEN y.key IS NULL THEN x.value
                                WHEN (coalesce(x.value #>> '{}', '') COLLATE "C", x.value::text COLLATE "C")
                                   > (coalesce(y.value #>> '{}', '') COLLATE "C", y.value::text COLLATE "C") THEN x.value
                                ELSE y.value END AS v
                    FROM jsonb_each(a) x FULL JOIN jsonb_each(b) y ON x.key = y.key) merged)
    END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.merge_objects IS 'Joins two JSON objects key by key; of two values the greater. Used by the delivery fold.';

-- +goose StatementBegin
DO $$
BEGIN
    -- What the retention role needs to do its one job, where this server has it.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_retention') THEN
        GRANT USAGE ON SCHEMA heed TO heed_retention;
        GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA heed TO heed_retention;
    END IF;
END
$$;
-- +goose StatementEnd
