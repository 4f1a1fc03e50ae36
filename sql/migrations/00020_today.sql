-- +goose Up
-- The events worker writes to the partitions of the running day by their names, for which a right to the table as a whole is
-- not enough. Who has not this one too writes as before.
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
    worker boolean := EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_worker');
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
                IF parent <> 'delivery_quarter' AND worker THEN
                    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON heed.%I TO heed_worker', part);
                END IF;
                made := made + 1;
            END IF;
            day := day + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE
    part regclass;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_worker') THEN
        FOR part IN
            SELECT i.inhrelid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent IN ('heed.delivery_event'::regclass, 'heed.message'::regclass)
              AND c.relname LIKE '%\_p________' AND right(c.relname, 8) >= to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD')
        LOOP
            BEGIN
                EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO heed_worker', part);
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE NOTICE 'heed: % belongs to somebody else; it is written as before', part;
            END;
        END LOOP;
    END IF;
END
$$;
-- +goose StatementEnd
