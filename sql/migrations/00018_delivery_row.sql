-- +goose Up
-- One row for an event and what it says of its message, as the events worker hands them over (internal/store/rows.go): of
-- most messages a batch holds one event, and two rows of it would carry the same twice. The types before it stay for the
-- release before.
CREATE TYPE heed.delivery_row_1 AS (
    message_id       text,
    requested_at     timestamptz,
    event_type       text,
    occurred_at      timestamptz,
    aws_status       text,
    status           text,
    is_final         boolean,
    contact          text,
    identity         text,
    country          text,
    mcc              text,
    mnc              text,
    carrier          text,
    encoding         text,
    message_type     text,
    parts            integer,
    price            numeric,
    carrier_fee      numeric,
    context          jsonb,
    -- Of the event. is_event is false where this is the state of a message of which the batch holds several.
    is_event         boolean,
    description      text,
    is_international boolean,
    extra            jsonb,
    -- Of the message. status_rank is NULL where the message has a row of its own.
    status_rank      smallint,
    program          text,
    accepted_at      timestamptz,
    delivered_at     timestamptz,
    read_at          timestamptz,
    failed_at        timestamptz,
    failure_status   text,
    failure_reason   text,
    campaign         text,
    tenant           text,
    template         text,
    outbox_id        text
);

-- Nearly every reply was settled before the first event of its message comes: then this costs one look by the key. To have
-- the UPDATE ready in each statement that might need it costs more than that.
-- +goose StatementBegin
CREATE FUNCTION heed.prove_replies(ids uuid[], messages text[], at timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    proved bigint;
BEGIN
    UPDATE heed.outbox o
    SET state = 'done', aws_message_id = p.message_id, claimed_until = NULL, lead = false, error = NULL,
        settled_at = coalesce(o.settled_at, at)
    FROM unnest(ids, messages) AS p (id, message_id)
    -- Whatever the outbox thought of it, it went out.
    WHERE o.id = p.id AND o.kind = 'reply' AND o.state <> 'done';
    GET DIAGNOSTICS proved = ROW_COUNT;
    RETURN proved;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.prove_replies IS 'Settles replies that delivery events prove to have gone out; returns how many were not settled as done.';
REVOKE ALL ON FUNCTION heed.prove_replies(uuid[], text[], timestamptz) FROM PUBLIC;
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_worker') THEN
        GRANT EXECUTE ON FUNCTION heed.prove_replies(uuid[], text[], timestamptz) TO heed_worker;
    END IF;
END
$$;
-- +goose StatementEnd

-- As before, but that days of events are written full: an event is hardly ever written again, and room left for that was a
-- fifth of the largest table.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heed.make_partitions(first date, last date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    parent text;
    key    text;
    fill   integer;
    day    date;
    part   text;
    lo     timestamptz;
    hi     timestamptz;
    made   integer := 0;
BEGIN
    -- Relays may run side by side: one of them makes the partitions.
    PERFORM pg_advisory_xact_lock(hashtextextended('heed.make_partitions', 0));
    FOR parent, key, fill IN VALUES ('delivery_event', 'occurred_at', 100), ('message', 'requested_at', 80), ('delivery_quarter', 'bucket', 80) LOOP
        day := first;
        WHILE day <= last LOOP
            part := parent || '_p' || to_char(day, 'YYYYMMDD');
            IF to_regclass('heed.' || part) IS NULL THEN
                lo := day::timestamp AT TIME ZONE 'UTC';
                hi := (day + 1)::timestamp AT TIME ZONE 'UTC';
                EXECUTE format('CREATE TABLE heed.%I (LIKE heed.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH (fillfactor = %s)',
                               part, parent, fill);
                -- Nobody writes to the default partition while its rows of this day are moved out.
                EXECUTE format('LOCK TABLE heed.%I IN ACCESS EXCLUSIVE MODE', parent || '_default');
                -- Rows of this day that came before their partition did (a clock ahead of ours, a replay) stand in
                -- the default one, and would forbid it.
                EXECUTE format('WITH moved AS (DELETE FROM heed.%I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO heed.%I SELECT * FROM moved',
                               parent || '_default', key, lo, key, hi, part);
                EXECUTE format('ALTER TABLE heed.%I ATTACH PARTITION heed.%I FOR VALUES FROM (%L) TO (%L)', parent, part, lo, hi);
                made := made + 1;
            END IF;
            day := day + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
-- +goose StatementEnd
