-- +goose Up
-- Counts of messages that reports read instead of the messages (docs/adr/0012). They are recounted, never added to: whoever
-- changes a message marks the quarter of an hour in which it was sent, and the relay counts that quarter anew. So any order
-- of events, any duplication and any crash ends in the same counts as a recount of everything.

-- A quarter of an hour is the grain: every time zone's days are made of whole ones.
CREATE TABLE heed.delivery_quarter (
    bucket       timestamptz NOT NULL,
    -- '' is unknown.
    program      text COLLATE "C" NOT NULL,
    identity     text COLLATE "C" NOT NULL,
    campaign     text COLLATE "C" NOT NULL,
    tenant       text COLLATE "C" NOT NULL,
    template     text COLLATE "C" NOT NULL,
    country      text COLLATE "C" NOT NULL,
    carrier      text COLLATE "C" NOT NULL,
    message_type text COLLATE "C" NOT NULL,
    encoding     text COLLATE "C" NOT NULL,
    status       text COLLATE "C" NOT NULL,
    messages     bigint  NOT NULL,
    -- Of these messages: no last word yet; a carrier took it; the handset had it; its parts are known; its price is
    -- known; heed's own replies; a last word after heed had given up waiting.
    open         bigint  NOT NULL,
    accepted     bigint  NOT NULL,
    confirmed    bigint  NOT NULL,
    counted      bigint  NOT NULL,
    priced       bigint  NOT NULL,
    replies      bigint  NOT NULL,
    late         bigint  NOT NULL,
    -- Sums over those that are known.
    parts        bigint  NOT NULL,
    price        numeric NOT NULL,
    carrier_fee  numeric NOT NULL
) PARTITION BY RANGE (bucket);
COMMENT ON TABLE heed.delivery_quarter IS 'Counts of messages by the quarter of an hour in which AWS was asked to send them.';
CREATE INDEX delivery_quarter_bucket ON heed.delivery_quarter (bucket);
CREATE INDEX delivery_quarter_open ON heed.delivery_quarter (bucket) WHERE open > 0;
CREATE TABLE heed.delivery_quarter_default PARTITION OF heed.delivery_quarter DEFAULT;

-- The same by day (UTC), for the reports that ask for no other time zone. It outlives the messages.
CREATE TABLE heed.delivery_day (LIKE heed.delivery_quarter);
ALTER TABLE heed.delivery_day RENAME COLUMN bucket TO day;
ALTER TABLE heed.delivery_day ALTER COLUMN day TYPE date USING NULL;
COMMENT ON TABLE heed.delivery_day IS 'Counts of messages by the day (UTC) on which AWS was asked to send them: the sum of heed.delivery_quarter.';
CREATE INDEX delivery_day_day ON heed.delivery_day (day);

-- Two counts by day (UTC) that are dearer, and are made anew some minutes after a change.
CREATE TABLE heed.failure_day (
    day            date NOT NULL,
    program        text COLLATE "C" NOT NULL,
    identity       text COLLATE "C" NOT NULL,
    campaign       text COLLATE "C" NOT NULL,
    country        text COLLATE "C" NOT NULL,
    carrier        text COLLATE "C" NOT NULL,
    status         text COLLATE "C" NOT NULL,
    failure_status text COLLATE "C" NOT NULL,
    -- AWS's prose, its first 200 characters, without long numbers.
    failure_reason text COLLATE "C" NOT NULL,
    messages       bigint NOT NULL
);
COMMENT ON TABLE heed.failure_day IS 'Failed messages by the day (UTC) on which AWS was asked to send them, and AWS''s reason for the first failure.';
CREATE INDEX failure_day_day ON heed.failure_day (day);

CREATE TABLE heed.latency_day (
    day      date NOT NULL,
    program  text COLLATE "C" NOT NULL,
    country  text COLLATE "C" NOT NULL,
    carrier  text COLLATE "C" NOT NULL,
    -- carrier: until a carrier took it. handset: until the handset had it.
    leg      text COLLATE "C" NOT NULL,
    -- From 1.05 ^ (step - 1) to 1.05 ^ step milliseconds; step 0: at once.
    step     smallint NOT NULL,
    messages bigint NOT NULL
);
COMMENT ON TABLE heed.latency_day IS 'How long messages took from the request, by AWS''s own times, in steps of five hundredths. By the day (UTC) of the request.';
CREATE INDEX latency_day_day ON heed.latency_day (day);

-- Which days have to be counted anew in the two tables above.
CREATE TABLE heed.rollup_day (
    day         date PRIMARY KEY,
    stale       boolean NOT NULL,
    detailed_at timestamptz
);
COMMENT ON TABLE heed.rollup_day IS 'When the failures and latencies of a day (UTC) were last counted, and whether messages of it changed since.';
CREATE INDEX rollup_day_stale ON heed.rollup_day (day) WHERE stale;

-- Whoever writes messages writes here, in the same transaction, which quarters they are of: no key, so that nobody waits
-- for anybody. The row of a batch that held events which were known already says how many.
CREATE TABLE heed.rollup_mark (
    bucket     timestamptz,
    duplicates integer
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE heed.rollup_mark IS 'Quarters of an hour whose messages changed since they were counted.';

CREATE TABLE heed.rollup_state (
    single       boolean PRIMARY KEY DEFAULT true CHECK (single),
    -- As of when the counts hold all that was committed.
    refreshed_at timestamptz,
    -- Messages before this were dropped by retention: what was counted of them stands.
    counted_from timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO heed.rollup_state DEFAULT VALUES;
COMMENT ON TABLE heed.rollup_state IS 'As of when the counts are true.';

CREATE TABLE heed.intake_day (
    day        date PRIMARY KEY,
    duplicates bigint NOT NULL
);
COMMENT ON TABLE heed.intake_day IS 'Delivery events that came again, by the day (UTC) on which they were counted. They changed nothing.';

-- +goose StatementBegin
CREATE FUNCTION heed.quarter_of(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT date_bin('15 minutes', at, '2000-01-01 00:00:00+00')
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.count_quarters(since timestamptz, until timestamptz) RETURNS SETOF heed.delivery_quarter LANGUAGE sql STABLE AS $$
    SELECT heed.quarter_of(m.requested_at), coalesce(m.program, ''), coalesce(m.identity, ''), coalesce(m.campaign, ''), coalesce(m.tenant, ''),
           coalesce(m.template, ''), coalesce(m.country, ''), coalesce(m.carrier, m.mcc || '-' || m.mnc, m.mcc, ''), coalesce(m.message_type, ''),
           coalesce(m.encoding, ''), m.status,
           count(*), count(*) FILTER (WHERE NOT m.is_final), count(m.accepted_at), count(*) FILTER (WHERE coalesce(m.delivered_at, m.read_at) IS NOT NULL),
           count(m.parts), count(m.price), count(m.outbox_id), count(*) FILTER (WHERE m.no_receipt_at IS NOT NULL AND m.status <> 'no_receipt'),
           coalesce(sum(m.parts), 0), coalesce(sum(m.price), 0), coalesce(sum(m.carrier_fee), 0)
    FROM heed.message m
    WHERE m.requested_at >= since AND m.requested_at < until
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.count_quarters(timestamptz, timestamptz) IS 'What heed.delivery_quarter has to hold of messages from a time until before another.';

-- +goose StatementBegin
CREATE FUNCTION heed.day_of(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (at AT TIME ZONE 'UTC')::date
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.midnight(of_day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT of_day::timestamp AT TIME ZONE 'UTC'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.count_days(since date, until date) RETURNS SETOF heed.delivery_day LANGUAGE sql STABLE AS $$
    SELECT heed.day_of(q.bucket), q.program, q.identity, q.campaign, q.tenant, q.template, q.country, q.carrier, q.message_type, q.encoding, q.status,
           sum(q.messages)::bigint, sum(q.open)::bigint, sum(q.accepted)::bigint, sum(q.confirmed)::bigint, sum(q.counted)::bigint, sum(q.priced)::bigint,
           sum(q.replies)::bigint, sum(q.late)::bigint, sum(q.parts)::bigint, sum(q.price), sum(q.carrier_fee)
    FROM heed.delivery_quarter q
    WHERE q.bucket >= heed.midnight(since) AND q.bucket < heed.midnight(until)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.count_days(date, date) IS 'What heed.delivery_day has to hold of the days from one until before another.';

-- +goose StatementBegin
CREATE FUNCTION heed.latency_step(took interval) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A handset whose clock is behind has it at once.
    SELECT CASE WHEN took <= interval '1 millisecond' THEN 0
                ELSE ceil(ln((extract(epoch FROM took) * 1000)::float8) / ln(1.05::float8)) END::smallint
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.count_failures(since date, until date) RETURNS SETOF heed.failure_day LANGUAGE sql STABLE AS $$
    SELECT heed.day_of(m.requested_at), coalesce(m.program, ''), coalesce(m.identity, ''), coalesce(m.campaign, ''), coalesce(m.country, ''),
           coalesce(m.carrier, m.mcc || '-' || m.mnc, m.mcc, ''), m.status, coalesce(m.failure_status, ''),
           -- Numbers of people and ids of messages make no reason.
           regexp_replace(left(coalesce(m.failure_reason, ''), 200), '[0-9]{6,}', '#', 'g'), count(*)
    FROM heed.message m JOIN heed.delivery_status s USING (status)
    WHERE s.outcome = 'failed' AND m.requested_at >= heed.midnight(since) AND m.requested_at < heed.midnight(until)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.count_failures(date, date) IS 'What heed.failure_day has to hold of the days from one until before another.';

-- +goose StatementBegin
CREATE FUNCTION heed.count_latencies(since date, until date) RETURNS SETOF heed.latency_day LANGUAGE sql STABLE AS $$
    SELECT heed.day_of(m.requested_at), coalesce(m.program, ''), coalesce(m.country, ''), coalesce(m.carrier, m.mcc || '-' || m.mnc, m.mcc, ''), l.leg,
           heed.latency_step(l.at - m.requested_at), count(*)
    FROM heed.message m CROSS JOIN LATERAL (VALUES ('carrier', m.accepted_at), ('handset', m.delivered_at)) l (leg, at)
    WHERE l.at IS NOT NULL AND m.requested_at >= heed.midnight(since) AND m.requested_at < heed.midnight(until)
    GROUP BY 1, 2, 3, 4, 5, 6
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.count_latencies(date, date) IS 'What heed.latency_day has to hold of the days from one until before another.';

-- Of rows that were written a moment ago there are no statistics: a planner that takes them for few compares each with
-- each.
-- +goose StatementBegin
CREATE FUNCTION heed.refresh_delivery(most integer, at timestamptz, OUT quarters integer, OUT more boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
    SET enable_nestloop = off AS $$
DECLARE
    changed timestamptz[];
    quarter timestamptz;
    behind  timestamptz;
    kept    timestamptz;
    days    date[] := '{}';
    of_day  date;
BEGIN
    quarters := 0;
    more := false;
    -- Counts are replaced, so one at a time counts.
    PERFORM pg_advisory_xact_lock(hashtextextended('heed.refresh_delivery', 0));
    -- Retention says here what it drops, before it does. It waits for this, or this for it.
    SELECT s.counted_from INTO kept FROM heed.rollup_state s FOR SHARE;
    WITH told AS (DELETE FROM heed.rollup_mark m WHERE m.duplicates IS NOT NULL RETURNING m.duplicates)
    INSERT INTO heed.intake_day AS i (day, duplicates)
    SELECT heed.day_of(at), sum(told.duplicates) FROM told HAVING sum(told.duplicates) > 0
    ON CONFLICT (day) DO UPDATE SET duplicates = i.duplicates + excluded.duplicates;
    -- The newest first: they are what people look at.
    changed := ARRAY(SELECT DISTINCT m.bucket FROM heed.rollup_mark m WHERE m.bucket IS NOT NULL ORDER BY 1 DESC LIMIT most + 1);
    more := cardinality(changed) > most;
    changed := changed[1:most];
    -- A mark that is seen here was committed together with its messages: the statements below see them. One that is
    -- committed later stays for the next time.
    DELETE FROM heed.rollup_mark m WHERE m.bucket = ANY (changed);
    FOREACH quarter IN ARRAY changed LOOP
        CONTINUE WHEN quarter < kept;
        -- As a value: the planner adds no interval to a timestamptz, and would plan for every day from the quarter on.
        behind := quarter + interval '15 minutes';
        -- Only what differs is written.
        WITH counted AS MATERIALIZED (
            SELECT * FROM heed.count_quarters(quarter, behind)
        ), gone AS (
            DELETE FROM heed.delivery_quarter q WHERE q.bucket = quarter AND NOT EXISTS (SELECT FROM counted c WHERE ROW (c.*) = ROW (q.*))
        )
        INSERT INTO heed.delivery_quarter
        SELECT * FROM counted EXCEPT SELECT q.* FROM heed.delivery_quarter q WHERE q.bucket = quarter;
        of_day := heed.day_of(quarter);
        INSERT INTO heed.rollup_day AS d (day, stale) VALUES (of_day, true)
        ON CONFLICT (day) DO UPDATE SET stale = true WHERE NOT d.stale;
        IF NOT of_day = ANY (days) THEN
            days := days || of_day;
        END IF;
        quarters := quarters + 1;
    END LOOP;
    FOREACH of_day IN ARRAY days LOOP
        WITH counted AS MATERIALIZED (
            SELECT * FROM heed.count_days(of_day, of_day + 1)
        ), gone AS (
            DELETE FROM heed.delivery_day q WHERE q.day = of_day AND NOT EXISTS (SELECT FROM counted c WHERE ROW (c.*) = ROW (q.*))
        )
        INSERT INTO heed.delivery_day
        SELECT * FROM counted EXCEPT SELECT q.* FROM heed.delivery_day q WHERE q.day = of_day;
    END LOOP;
    IF NOT more THEN
        UPDATE heed.rollup_state s SET refreshed_at = at;
    END IF;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.refresh_delivery(integer, timestamptz) IS 'Counts anew at most so many of the quarters of an hour that were marked. The relay calls it until there are no more.';

-- +goose StatementBegin
CREATE FUNCTION heed.refresh_details(before timestamptz, at timestamptz) RETURNS date
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off
    SET enable_nestloop = off AS $$
DECLARE
    of_day date;
    kept   timestamptz;
BEGIN
    -- As in heed.refresh_delivery.
    SELECT s.counted_from INTO kept FROM heed.rollup_state s FOR SHARE;
    -- Whoever marks the day as stale meanwhile waits for this, and marks it again.
    SELECT d.day INTO of_day FROM heed.rollup_day d
    WHERE d.stale AND coalesce(d.detailed_at, '-infinity') <= before
    ORDER BY d.day DESC LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE heed.rollup_day d SET stale = false, detailed_at = at WHERE d.day = of_day;
    -- Of a day whose messages retention dropped, what was counted stands.
    IF heed.midnight(of_day) < kept THEN
        RETURN of_day;
    END IF;
    WITH counted AS MATERIALIZED (
        SELECT * FROM heed.count_failures(of_day, of_day + 1)
    ), gone AS (
        DELETE FROM heed.failure_day f WHERE f.day = of_day AND NOT EXISTS (SELECT FROM counted c WHERE ROW (c.*) = ROW (f.*))
    )
    INSERT INTO heed.failure_day
    SELECT * FROM counted EXCEPT SELECT f.* FROM heed.failure_day f WHERE f.day = of_day;
    WITH counted AS MATERIALIZED (
        SELECT * FROM heed.count_latencies(of_day, of_day + 1)
    ), gone AS (
        DELETE FROM heed.latency_day l WHERE l.day = of_day AND NOT EXISTS (SELECT FROM counted c WHERE ROW (c.*) = ROW (l.*))
    )
    INSERT INTO heed.latency_day
    SELECT * FROM counted EXCEPT SELECT l.* FROM heed.latency_day l WHERE l.day = of_day;
    RETURN of_day;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.refresh_details(timestamptz, timestamptz) IS 'Counts anew the failures and latencies of one day whose messages changed and that was not counted since a time. Returns the day, NULL when none is due.';

-- Which rank no_receipt has is Go''s to know.
-- +goose StatementBegin
CREATE FUNCTION heed.close_silent(rank smallint, since timestamptz, before timestamptz, most integer, at timestamptz,
    OUT silent integer, OUT quarters integer, OUT upto timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    quarter timestamptz;
    behind  timestamptz;
    closed  integer;
BEGIN
    silent := 0;
    quarters := 0;
    upto := since;
    -- The counts say where open messages are. They say so until they are made anew, so the caller goes on behind upto.
    FOR quarter IN
        SELECT DISTINCT q.bucket FROM heed.delivery_quarter q
        WHERE q.open > 0 AND q.bucket >= since AND q.bucket <= before - interval '15 minutes' ORDER BY 1 LIMIT most
    LOOP
        behind := quarter + interval '15 minutes';
        upto := behind;
        -- As if an event had come that says so (internal/delivery): a word that ranks higher stands, and a late one will.
        -- A message that somebody else writes just now is not silent.
        WITH due AS (
            SELECT m.message_id, m.requested_at FROM heed.message m
            WHERE m.requested_at >= quarter AND m.requested_at < behind AND NOT m.is_final
            FOR UPDATE SKIP LOCKED
        ), closing AS (
            UPDATE heed.message m
            SET is_final = true,
                status = CASE WHEN m.status_rank < rank THEN 'no_receipt' ELSE m.status END,
                status_at = CASE WHEN m.status_rank < rank THEN at ELSE m.status_at END,
                aws_status = CASE WHEN m.status_rank < rank THEN '' ELSE m.aws_status END,
                event_type = CASE WHEN m.status_rank < rank THEN '' ELSE m.event_type END,
                no_receipt_at = CASE WHEN m.status_rank < rank THEN at ELSE m.no_receipt_at END,
                status_rank = greatest(m.status_rank, rank),
                updated_at = at
            FROM due
            WHERE m.message_id = due.message_id AND m.requested_at = due.requested_at
              AND m.requested_at >= quarter AND m.requested_at < behind
            RETURNING m.status
        )
        SELECT count(*) FILTER (WHERE c.status = 'no_receipt') INTO closed FROM closing c;
        INSERT INTO heed.rollup_mark (bucket) VALUES (quarter);
        silent := silent + closed;
        quarters := quarters + 1;
    END LOOP;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.close_silent(smallint, timestamptz, timestamptz, integer, timestamptz) IS 'Gives up waiting for a last word on messages sent since a time and before another, at most so many quarters of an hour of them: no_receipt, where nothing better is known. The next ones begin at upto.';

-- Rollups are partitioned as messages are, and go with them.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heed.make_partitions(first date, last date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
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
    FOR parent, key IN VALUES ('delivery_event', 'occurred_at'), ('message', 'requested_at'), ('delivery_quarter', 'bucket') LOOP
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

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heed.drop_partitions(parent text, before date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part    name;
    key     text := CASE parent WHEN 'delivery_event' THEN 'occurred_at' WHEN 'message' THEN 'requested_at' WHEN 'delivery_quarter' THEN 'bucket' END;
    -- Counts name nobody.
    spare   text := CASE parent WHEN 'delivery_quarter' THEN '' ELSE ' AND contact = ANY ($1) IS NOT TRUE' END;
    held    text[] := (SELECT coalesce(array_agg(h.contact), '{}') FROM heed.legal_hold h WHERE h.lifted_at IS NULL AND parent <> 'delivery_quarter');
    rows    tid[];
    dropped integer := 0;
BEGIN
    IF key IS NULL THEN
        RAISE EXCEPTION 'heed.% is not partitioned', parent;
    END IF;
    IF parent = 'delivery_quarter' THEN
        -- A day is the sum of its quarters as long as it has messages that may change.
        before := least(before, (SELECT heed.day_of(s.counted_from) FROM heed.rollup_state s));
    ELSIF parent = 'message' THEN
        -- From now on what was counted of these days stands.
        UPDATE heed.rollup_state s SET counted_from = before::timestamp AT TIME ZONE 'UTC' WHERE s.counted_from < before::timestamp AT TIME ZONE 'UTC';
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
    EXECUTE format('DELETE FROM heed.%I WHERE %I < %L', parent || '_default', key, before::timestamp AT TIME ZONE 'UTC') || spare USING held;
    RETURN dropped;
END
$$;
-- +goose StatementEnd

SELECT heed.make_partitions((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + 3);
-- What was there before there were counts.
INSERT INTO heed.rollup_mark (bucket) SELECT DISTINCT heed.quarter_of(requested_at) FROM heed.message;

REVOKE ALL ON FUNCTION heed.refresh_delivery(integer, timestamptz), heed.refresh_details(timestamptz, timestamptz),
    heed.close_silent(smallint, timestamptz, timestamptz, integer, timestamptz), heed.make_partitions(date, date) FROM PUBLIC;
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_worker') THEN
        GRANT EXECUTE ON FUNCTION heed.refresh_delivery(integer, timestamptz), heed.refresh_details(timestamptz, timestamptz),
            heed.close_silent(smallint, timestamptz, timestamptz, integer, timestamptz), heed.make_partitions(date, date) TO heed_worker;
        GRANT INSERT ON heed.rollup_mark TO heed_worker;
        GRANT SELECT ON heed.delivery_status, heed.delivery_quarter, heed.delivery_day, heed.failure_day, heed.latency_day, heed.rollup_day,
            heed.rollup_mark, heed.rollup_state, heed.intake_day TO heed_worker;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_retention') THEN
        GRANT SELECT, UPDATE, DELETE ON heed.delivery_quarter, heed.delivery_day, heed.failure_day, heed.latency_day, heed.rollup_mark TO heed_retention;
    END IF;
END
$$;
-- +goose StatementEnd
