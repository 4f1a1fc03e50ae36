-- +goose Up

-- A partition a day, so that retention is a DROP and never a vacuum. Behind them a default partition takes what is
-- older or later than any of them: no event is refused for its date.
CREATE TABLE heed.delivery_event_default PARTITION OF heed.delivery_event DEFAULT;
CREATE TABLE heed.message_default PARTITION OF heed.message DEFAULT WITH (fillfactor = 80);

-- Both functions give up after two seconds of waiting for a lock: behind a waiting ACCESS EXCLUSIVE every writer waits.
-- +goose StatementBegin
CREATE FUNCTION heed.make_partitions(first date, last date) RETURNS integer LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    parent text;
    key    text;
    day    date;
    part   text;
    lo     timestamptz;
    hi     timestamptz;
    made   integer := 0;
BEGIN
    -- Relays may run side by side: one of them makes the partitions.
    PERFORM pg_advisory_xact_lock(hashtextextended('heed.make_partitions', 0));
    FOR parent, key IN VALUES ('delivery_event', 'occurred_at'), ('message', 'requested_at') LOOP
        day := first;
        WHILE day <= last LOOP
            part := parent || '_p' || to_char(day, 'YYYYMMDD');
            IF to_regclass('heed.' || part) IS NULL THEN
                lo := day::timestamp AT TIME ZONE 'UTC';
                hi := (day + 1)::timestamp AT TIME ZONE 'UTC';
                EXECUTE format('CREATE TABLE heed.%I (LIKE heed.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) WITH (fillfactor = 80)',
                               part, parent);
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
COMMENT ON FUNCTION heed.make_partitions IS 'Makes the missing day partitions from first to last (UTC days); returns how many.';

-- +goose StatementBegin
CREATE FUNCTION heed.drop_partitions(parent text, before date) RETURNS integer LANGUAGE plpgsql SET lock_timeout = '2s' AS $$
DECLARE
    part    name;
    key     text := CASE parent WHEN 'delivery_event' THEN 'occurred_at' WHEN 'message' THEN 'requested_at' END;
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
        EXECUTE format('DROP TABLE heed.%I', part);
        dropped := dropped + 1;
    END LOOP;
    EXECUTE format('DELETE FROM heed.%I WHERE %I < %L', parent || '_default', key, before::timestamp AT TIME ZONE 'UTC');
    RETURN dropped;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.drop_partitions IS 'Retention: drops the day partitions of delivery_event or message before a day (UTC); returns how many.';

-- The relay keeps two weeks ahead; these carry an installation whose relay has not run yet.
SELECT heed.make_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + 3);
