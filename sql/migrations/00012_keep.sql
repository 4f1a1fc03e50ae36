-- +goose NO TRANSACTION
-- +goose Up
-- What is kept how long (docs/retention.md). Every statement can be run again: the indexes are made beside the writers,
-- so there is no transaction around them.

ALTER TABLE heed.inbound ADD COLUMN IF NOT EXISTS body_removed_at timestamptz;
COMMENT ON COLUMN heed.inbound.body_removed_at IS 'When retention removed the words: body, raw, matched and args are empty since. Verdict and reason stay.';
DROP INDEX CONCURRENTLY IF EXISTS heed.inbound_words;
CREATE INDEX CONCURRENTLY inbound_words ON heed.inbound (received_at) WHERE body_removed_at IS NULL;

-- A promise to AWS about somebody who was forgotten: it is kept first, then its row goes.
ALTER TABLE heed.outbox ADD COLUMN IF NOT EXISTS forget boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN heed.outbox.forget IS 'The person was forgotten: the row goes as soon as it is settled.';
DROP INDEX CONCURRENTLY IF EXISTS heed.outbox_forget;
CREATE INDEX CONCURRENTLY outbox_forget ON heed.outbox (id) WHERE forget;
DROP INDEX CONCURRENTLY IF EXISTS heed.outbox_settled;
CREATE INDEX CONCURRENTLY outbox_settled ON heed.outbox (settled_at) WHERE state IN ('done', 'failed', 'expired', 'lost');

-- Lists that failed are tried again: the relay looks each minute.
DROP INDEX CONCURRENTLY IF EXISTS heed.outbox_failed;
CREATE INDEX CONCURRENTLY outbox_failed ON heed.outbox (settled_at) WHERE kind = 'sync_optout' AND state = 'failed';

CREATE INDEX IF NOT EXISTS parked_replayed ON heed.parked (replayed_at) WHERE replayed_at IS NOT NULL;

-- The order in which the relay looks for signs of life.
CREATE INDEX IF NOT EXISTS suspension_due ON heed.suspension ((coalesce(checked_at, '-infinity'::timestamptz))) WHERE lifted_at IS NULL;
COMMENT ON COLUMN heed.suspension.lifted_by IS 'text: they wrote. delivery: a message reached them. Else the operator who lifted it.';

ALTER TABLE heed.legal_hold ADD COLUMN IF NOT EXISTS lift_reason text;

-- Who was forgotten, as far as it may be known: that it was done, when, by whom and why.
CREATE TABLE IF NOT EXISTS heed.forgotten (
    contact      text COLLATE "C" PRIMARY KEY,
    forgotten_at timestamptz NOT NULL,
    forgotten_by text NOT NULL,
    reason       text NOT NULL
);
COMMENT ON TABLE heed.forgotten IS 'People who were forgotten, by their keyed hash (heed.pseudonym).';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heed.mentions(body text, encoding text, contact text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- AWS writes a number with its plus sign or without.
    SELECT CASE encoding WHEN 'base64' THEN position(convert_to(ltrim(contact, '+'), 'UTF8') IN decode(body, 'base64')) > 0
                         ELSE strpos(body, ltrim(contact, '+')) > 0 END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.mentions(text, text, text) IS 'Does a parked input name this number?';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heed.drop_partitions(parent text, before date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part    name;
    key     text := CASE parent WHEN 'delivery_event' THEN 'occurred_at' WHEN 'message' THEN 'requested_at' END;
    held    text[] := (SELECT coalesce(array_agg(h.contact), '{}') FROM heed.legal_hold h WHERE h.lifted_at IS NULL);
    rows    tid[];
    dropped integer := 0;
BEGIN
    IF key IS NULL THEN
        RAISE EXCEPTION 'heed.% is not partitioned', parent;
    END IF;
    FOR part IN
        SELECT c.relname
        FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = ('heed.' || quote_ident(parent))::regclass
          AND c.relname ~ '_p[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < before
        ORDER BY c.relname
    LOOP
        -- Rows of people on legal hold move to the default partition, where the statement below spares them. They are
        -- looked for while nobody writes to the day, and before the lock that makes all others wait: a day is long.
        IF held <> '{}' THEN
            EXECUTE format('LOCK TABLE heed.%I IN SHARE MODE', part);
            EXECUTE format('SELECT array_agg(ctid) FROM heed.%I WHERE contact = ANY ($1)', part) INTO rows USING held;
            EXECUTE format('ALTER TABLE heed.%I DETACH PARTITION heed.%I', parent, part);
            EXECUTE format('INSERT INTO heed.%I SELECT * FROM heed.%I WHERE ctid = ANY ($1)', parent || '_default', part) USING rows;
        END IF;
        EXECUTE format('DROP TABLE heed.%I', part);
        dropped := dropped + 1;
    END LOOP;
    EXECUTE format('DELETE FROM heed.%I WHERE %I < %L AND contact = ANY ($1) IS NOT TRUE', parent || '_default', key,
                   before::timestamp AT TIME ZONE 'UTC') USING held;
    RETURN dropped;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.drop_partitions IS 'Retention: drops the day partitions of delivery_event or message before a day (UTC); returns how many. Rows of people on legal hold stay.';
