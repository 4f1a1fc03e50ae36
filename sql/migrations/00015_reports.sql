-- +goose Up
-- What people and tools read (docs/reports.md): functions that answer a report, views that need no parameters, and the
-- role that may read them and nothing else. The functions read with their owner's rights, so that a reader needs none
-- on the tables. internal/report describes them once more, for heed's own commands; a test holds both together.

-- What of a report may still change is asked with each of them.
CREATE INDEX delivery_day_open ON heed.delivery_day (day) WHERE open > 0;

-- +goose StatementBegin
CREATE FUNCTION heed.report_by(report text, has text[], dimensions text[]) RETURNS text[] LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asked text;
    by_it text[] := '{}';
BEGIN
    FOREACH asked IN ARRAY coalesce(dimensions, '{}') LOOP
        IF asked = ANY (has) IS NOT TRUE THEN
            RAISE EXCEPTION 'heed.report_% cannot be had by %', report, coalesce(quote_literal(asked), 'NULL')
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Take any of ' || array_to_string(has, ', ') || '.';
        END IF;
        IF NOT asked = ANY (by_it) THEN
            by_it := by_it || asked;
        END IF;
    END LOOP;
    RETURN by_it;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.report_by(text, text[], text[]) IS 'The dimensions that are asked of a report, each once; an error where it does not have one.';

-- +goose StatementBegin
CREATE FUNCTION heed.report_where(report text, has text[], filters jsonb) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name    text;
    wanted  jsonb;
    clauses text := '';
BEGIN
    IF jsonb_typeof(coalesce(filters, '{}')) <> 'object' THEN
        RAISE EXCEPTION 'the filters of heed.report_% are no JSON object', report
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Write {"country": ["US", "CA"]}.';
    END IF;
    FOR name, wanted IN SELECT f.key, f.value FROM jsonb_each(coalesce(filters, '{}')) f ORDER BY f.key LOOP
        IF NOT name = ANY (has) THEN
            RAISE EXCEPTION 'heed.report_% cannot be filtered by %', report, quote_literal(name)
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Take any of ' || array_to_string(has, ', ') || '.';
        END IF;
        IF jsonb_typeof(wanted) = 'string' THEN
            wanted := jsonb_build_array(wanted);
        END IF;
        IF jsonb_typeof(wanted) <> 'array' OR jsonb_path_exists(wanted, '$[*] ? (@.type() != "string")') THEN
            RAISE EXCEPTION 'the filter by % of heed.report_% is no list of texts', name, report
                USING ERRCODE = 'invalid_parameter_value', HINT = 'Write {"country": ["US", "CA"]}; "" is unknown.';
        END IF;
        clauses := clauses || format(' AND %I = ANY (%L::%s)', name, ARRAY(SELECT jsonb_array_elements_text(wanted)),
                                     CASE name WHEN 'day' THEN 'date[]' ELSE 'text[]' END);
    END LOOP;
    RETURN clauses;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.report_where(text, text[], jsonb) IS 'The filters of a report as SQL; an error where it does not have one.';

-- +goose StatementBegin
CREATE FUNCTION heed.report_select(has text[], by_it text[]) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT string_agg(CASE WHEN d.name = ANY (by_it) THEN quote_ident(d.name) WHEN d.name = 'day' THEN 'NULL::date' ELSE 'NULL::text' END, ', ' ORDER BY d.n)
    FROM unnest(has) WITH ORDINALITY d (name, n)
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.report_select(text[], text[]) IS 'All dimensions of a report as SQL: NULL where one is not asked for.';

-- +goose StatementBegin
CREATE FUNCTION heed.report_list(words text[], before text DEFAULT '', after text DEFAULT '') RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(before || string_agg(quote_ident(w.name), ', ' ORDER BY w.n) || after, '') FROM unnest(words) WITH ORDINALITY w (name, n)
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.report_list(text[], text, text) IS 'Names as a list in SQL, with what stands around it where there are any.';

-- +goose StatementBegin
CREATE FUNCTION heed.report_order(by_it text[], measure text) RETURNS text LANGUAGE sql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
    -- Days in their order, within a day the most first.
    SELECT ' ORDER BY ' || CASE WHEN 'day' = ANY (by_it) THEN 'day, ' ELSE '' END || quote_ident(measure) || ' DESC' || heed.report_list(by_it, ', ')
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.report_order(text[], text) IS 'The order of a report''s rows as SQL.';

-- +goose StatementBegin
CREATE FUNCTION heed.check_days(first date, last date) RETURNS void LANGUAGE plpgsql IMMUTABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF first IS NULL OR last IS NULL OR first > last THEN
        RAISE EXCEPTION 'there is no day from % to %', coalesce(first::text, 'NULL'), coalesce(last::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give the first and the last day; both are included.';
    END IF;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.check_days(date, date) IS 'An error where two days are no period.';

-- +goose StatementBegin
CREATE FUNCTION heed.check_zone(zone text) RETURNS void LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Postgres would take any letters with a number behind them for a zone. Reading all names takes some time.
    IF zone IS NULL OR zone ~ '[0-9]' AND NOT EXISTS (SELECT FROM pg_timezone_names z WHERE lower(z.name) = lower(zone)) THEN
        RAISE invalid_parameter_value;
    END IF;
    PERFORM now() AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE EXCEPTION '% is no time zone', coalesce(quote_literal(zone), 'NULL')
        USING ERRCODE = 'invalid_parameter_value', HINT = 'Write its name in the IANA database: America/New_York, Asia/Kolkata, UTC.';
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.check_zone(text) IS 'An error where there is no such time zone.';

-- +goose StatementBegin
CREATE FUNCTION heed.delivery_source(first date, last date, zone text) RETURNS text LANGUAGE plpgsql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lo       timestamptz;
    hi       timestamptz;
    quarters bigint;
BEGIN
    PERFORM heed.check_days(first, last);
    IF upper(zone) IN ('UTC', 'ETC/UTC') THEN
        RETURN format('(SELECT * FROM heed.delivery_day WHERE day BETWEEN %L AND %L) q', first, last);
    END IF;
    PERFORM heed.check_zone(zone);
    -- The quarters that are of these days there. A day may begin twice or not at all (Havana, Beirut), so the ends are wide
    -- and the day itself decides. No quarter is looked at that nothing was sent in.
    SELECT greatest(heed.midnight(first) - interval '1 day', coalesce(min(q.bucket), now())),
           least(heed.midnight(last + 1) + interval '1 day', coalesce(max(q.bucket), now()))
    INTO lo, hi FROM heed.delivery_quarter q;
    SELECT min(b), max(b), count(*) INTO lo, hi, quarters
    FROM generate_series(heed.quarter_of(lo), hi, interval '15 minutes') b WHERE (b AT TIME ZONE zone)::date BETWEEN first AND last;
    RETURN format('(SELECT (bucket AT TIME ZONE %1$L)::date AS day, * FROM heed.delivery_quarter WHERE bucket >= %2$L AND bucket <= %3$L%4$s) q', zone, lo, hi,
                  -- Where clocks go back over midnight, a quarter between the ends may be of the day before.
                  CASE WHEN quarters < extract(epoch FROM hi - lo) / 900 + 1 THEN format(' AND (bucket AT TIME ZONE %L)::date BETWEEN %L AND %L', zone, first, last) END);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.delivery_source(date, date, text) IS 'The counts of messages of some days in a time zone, as SQL that stands behind FROM.';

-- +goose StatementBegin
CREATE FUNCTION heed.details_as_of(first date, last date) RETURNS timestamptz LANGUAGE sql STABLE
    SET search_path = pg_catalog, pg_temp AS $$
    -- Days whose messages changed since they were counted hold back the answer. Of one that was never counted, nothing is known.
    SELECT CASE WHEN s.refreshed_at IS NOT NULL THEN least(s.refreshed_at,
               (SELECT min(coalesce(d.detailed_at, heed.midnight(d.day))) FROM heed.rollup_day d WHERE d.stale AND d.day BETWEEN first AND last)) END
    FROM heed.rollup_state s
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.details_as_of(date, date) IS 'As of when the failures and latencies of some days (UTC) are true.';

-- Each report has a type of its rows. Dimensions that were not asked for are NULL.
CREATE TYPE heed.delivery_report AS (
    day date, program text, identity text, campaign text, tenant text, template text, country text, carrier text, message_type text, encoding text, status text,
    messages bigint, open bigint, succeeded bigint, failed bigint, unknown bigint, delivery_rate float8, accepted bigint, confirmed bigint,
    parts bigint, replies bigint, late bigint, as_of timestamptz
);

-- In a time zone a month is a million rows or more: sorted on disk they take several times as long as in a hash.
-- +goose StatementBegin
CREATE FUNCTION heed.report_delivery(first date, last date, dimensions text[] DEFAULT '{day}', zone text DEFAULT 'UTC', filters jsonb DEFAULT '{}')
    RETURNS SETOF heed.delivery_report LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
    SET work_mem = '64MB' AS $$
DECLARE
    has   text[] := '{day,program,identity,campaign,tenant,template,country,carrier,message_type,encoding,status}';
    by_it text[] := heed.report_by('delivery', has, dimensions);
BEGIN
    RETURN QUERY EXECUTE format($sql$
        WITH counted AS (
            SELECT %1$s status AS word, sum(messages) AS messages, sum(open) AS open, sum(accepted) AS accepted, sum(confirmed) AS confirmed,
                   sum(parts) AS parts, sum(replies) AS replies, sum(late) AS late
            FROM %2$s WHERE true %3$s GROUP BY %1$s status
        ), added AS (
            SELECT %1$s coalesce(sum(c.messages), 0)::bigint AS messages, coalesce(sum(c.open), 0)::bigint AS open,
                   coalesce(sum(c.messages - c.open) FILTER (WHERE s.outcome = 'succeeded'), 0)::bigint AS succeeded,
                   coalesce(sum(c.messages - c.open) FILTER (WHERE s.outcome = 'failed'), 0)::bigint AS failed,
                   coalesce(sum(c.accepted), 0)::bigint AS accepted, coalesce(sum(c.confirmed), 0)::bigint AS confirmed,
                   coalesce(sum(c.parts), 0)::bigint AS parts, coalesce(sum(c.replies), 0)::bigint AS replies, coalesce(sum(c.late), 0)::bigint AS late
            FROM counted c LEFT JOIN (SELECT status AS known, outcome FROM heed.delivery_status) s ON s.known = c.word %4$s
        )
        SELECT %5$s, messages, open, succeeded, failed, messages - open - succeeded - failed, succeeded::float8 / nullif(messages - open, 0),
               accepted, confirmed, parts, replies, late, (SELECT refreshed_at FROM heed.rollup_state)
        FROM added %6$s $sql$,
        heed.report_list(by_it, '', ', '), heed.delivery_source(first, last, zone), heed.report_where('delivery', has, filters),
        heed.report_list(by_it, 'GROUP BY '), heed.report_select(has, by_it), heed.report_order(by_it, 'messages'));
END
$$;
-- +goose StatementEnd

CREATE TYPE heed.cost_report AS (
    day date, program text, identity text, campaign text, tenant text, template text, country text, carrier text, message_type text, encoding text, status text,
    messages bigint, open bigint, priced bigint, counted bigint, parts bigint, parts_per_message float8, price numeric, carrier_fee numeric, total numeric,
    undelivered_charged numeric, cost_per_delivered numeric, as_of timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION heed.report_cost(first date, last date, dimensions text[] DEFAULT '{day}', zone text DEFAULT 'UTC', filters jsonb DEFAULT '{}')
    RETURNS SETOF heed.cost_report LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
    SET work_mem = '64MB' AS $$
DECLARE
    has   text[] := '{day,program,identity,campaign,tenant,template,country,carrier,message_type,encoding,status}';
    by_it text[] := heed.report_by('cost', has, dimensions);
BEGIN
    RETURN QUERY EXECUTE format($sql$
        WITH counted AS (
            SELECT %1$s status AS word, sum(messages) AS messages, sum(open) AS open, sum(priced) AS priced, sum(counted) AS counted,
                   sum(parts) AS parts, sum(price) AS price, sum(carrier_fee) AS carrier_fee
            FROM %2$s WHERE true %3$s GROUP BY %1$s status
        ), added AS (
            SELECT %1$s coalesce(sum(c.messages), 0)::bigint AS messages, coalesce(sum(c.open), 0)::bigint AS open, coalesce(sum(c.priced), 0)::bigint AS priced,
                   coalesce(sum(c.counted), 0)::bigint AS counted, coalesce(sum(c.parts), 0)::bigint AS parts,
                   sum(c.price) AS price, sum(c.carrier_fee) AS carrier_fee,
                   coalesce(sum(c.price + c.carrier_fee) FILTER (WHERE s.outcome IN ('failed', 'unknown')), 0) AS undelivered,
                   sum(c.messages) FILTER (WHERE s.outcome = 'succeeded') AS taken
            FROM counted c LEFT JOIN (SELECT status AS known, outcome FROM heed.delivery_status) s ON s.known = c.word %4$s
        )
        SELECT %5$s, messages, open, priced, counted, parts, parts::float8 / nullif(counted, 0),
               -- What nobody knows is not zero.
               CASE WHEN priced > 0 THEN trim_scale(price) END, CASE WHEN priced > 0 THEN trim_scale(carrier_fee) END,
               CASE WHEN priced > 0 THEN trim_scale(price + carrier_fee) END, CASE WHEN priced > 0 THEN trim_scale(undelivered) END,
               CASE WHEN priced > 0 THEN trim_scale(round((price + carrier_fee) / nullif(taken, 0), 6)) END, (SELECT refreshed_at FROM heed.rollup_state)
        FROM added %6$s $sql$,
        heed.report_list(by_it, '', ', '), heed.delivery_source(first, last, zone), heed.report_where('cost', has, filters),
        heed.report_list(by_it, 'GROUP BY '), heed.report_select(has, by_it), heed.report_order(by_it, 'messages'));
END
$$;
-- +goose StatementEnd

CREATE TYPE heed.failures_report AS (
    day date, program text, identity text, campaign text, country text, carrier text, status text, failure_status text, failure_reason text,
    messages bigint, share float8, as_of timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION heed.report_failures(first date, last date, dimensions text[] DEFAULT '{status,failure_status,failure_reason}', filters jsonb DEFAULT '{}', top integer DEFAULT 20)
    RETURNS SETOF heed.failures_report LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    has   text[] := '{day,program,identity,campaign,country,carrier,status,failure_status,failure_reason}';
    by_it text[] := heed.report_by('failures', has, dimensions);
    kept  text   := heed.report_where('failures', has, filters);
BEGIN
    PERFORM heed.check_days(first, last);
    IF top IS NULL OR top < 1 THEN
        RAISE EXCEPTION 'heed.report_failures cannot tell % reasons apart', coalesce(top::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a number from 1 on.';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH frequent AS (
            SELECT failure_reason FROM heed.failure_day WHERE day BETWEEN $1 AND $2 %2$s GROUP BY 1 ORDER BY sum(messages) DESC, 1 LIMIT $3
        ), told AS (
            SELECT day, program, identity, campaign, country, carrier, status, failure_status, messages,
                   CASE WHEN failure_reason IN (SELECT failure_reason FROM frequent) THEN failure_reason ELSE '(other)' END AS failure_reason
            FROM heed.failure_day WHERE day BETWEEN $1 AND $2 %2$s
        ), added AS (
            SELECT %1$s coalesce(sum(messages), 0)::bigint AS messages FROM told %3$s
        )
        SELECT %4$s, messages, messages / nullif(sum(messages) OVER (), 0)::float8, heed.details_as_of($1, $2)
        FROM added %5$s $sql$,
        heed.report_list(by_it, '', ', '), kept, heed.report_list(by_it, 'GROUP BY '), heed.report_select(has, by_it), heed.report_order(by_it, 'messages'))
    USING first, last, top;
END
$$;
-- +goose StatementEnd

CREATE TYPE heed.latency_report AS (
    day date, program text, country text, carrier text, leg text,
    messages bigint, p50 float8, p90 float8, p99 float8, as_of timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION heed.latency_of(step smallint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- The geometric middle of the step, in seconds: at most 2.5 % from any time in it.
    SELECT CASE WHEN step = 0 THEN 0 ELSE round((power(1.05, step - 0.5) / 1000)::numeric, 6) END::float8
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.latency_of(smallint) IS 'What a step of heed.latency_day stands for, in seconds.';

-- +goose StatementBegin
CREATE FUNCTION heed.report_latency(first date, last date, dimensions text[] DEFAULT '{leg}', filters jsonb DEFAULT '{}')
    RETURNS SETOF heed.latency_report LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    has   text[] := '{day,program,country,carrier,leg}';
    by_it text[] := heed.report_by('latency', has, dimensions);
BEGIN
    PERFORM heed.check_days(first, last);
    -- The two legs together say nothing.
    IF NOT 'leg' = ANY (by_it) THEN
        by_it := by_it || text 'leg';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH steps AS (
            SELECT %1$s, step, sum(messages) AS messages FROM heed.latency_day WHERE day BETWEEN $1 AND $2 %2$s GROUP BY %1$s, step
        ), climbed AS (
            SELECT %1$s, step, sum(messages) OVER (PARTITION BY %1$s ORDER BY step) AS upto, sum(messages) OVER (PARTITION BY %1$s) AS messages FROM steps
        ), added AS (
            SELECT %1$s, max(messages)::bigint AS messages, heed.latency_of(min(step) FILTER (WHERE upto >= 0.5 * messages)) AS p50,
                   heed.latency_of(min(step) FILTER (WHERE upto >= 0.9 * messages)) AS p90, heed.latency_of(min(step) FILTER (WHERE upto >= 0.99 * messages)) AS p99
            FROM climbed GROUP BY %1$s
        )
        SELECT %3$s, messages, p50, p90, p99, heed.details_as_of($1, $2) FROM added %4$s $sql$,
        heed.report_list(by_it), heed.report_where('latency', has, filters), heed.report_select(has, by_it), heed.report_order(by_it, 'messages'))
    USING first, last;
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.unicode_classes(body text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- The GSM 03.38 alphabet and its extension, as AWS's page has them (internal/simulator/parts.go).
    SELECT coalesce(array_agg(DISTINCT k.class ORDER BY k.class), '{}')
    FROM (SELECT DISTINCT c, ascii(c) AS u FROM string_to_table(body, NULL) c) c
    CROSS JOIN LATERAL (SELECT CASE
        WHEN u BETWEEN 8216 AND 8223 OR u BETWEEN 8242 AND 8247 OR u IN (96, 171, 180, 187, 700, 8249, 8250) THEN 'typographic quotes'
        WHEN u BETWEEN 8208 AND 8213 OR u IN (8230, 8722) THEN 'dashes and ellipsis'
        WHEN u < 32 OR u BETWEEN 127 AND 160 OR u = 173 OR u BETWEEN 8192 AND 8207 OR u BETWEEN 8232 AND 8239 OR u BETWEEN 8287 AND 8303 OR u = 65279
            THEN 'spaces and invisible characters'
        WHEN u IN (170, 186) OR u BETWEEN 192 AND 591 AND u NOT IN (215, 247) OR u BETWEEN 768 AND 879 OR u BETWEEN 7680 AND 7935 THEN 'accented letters'
        WHEN u BETWEEN 9728 AND 10175 OR u BETWEEN 11008 AND 11263 OR u BETWEEN 126976 AND 131071 OR u BETWEEN 917504 AND 917631 OR u IN (8419, 65039) THEN 'emoji'
        WHEN u BETWEEN 592 AND 7679 OR u BETWEEN 7936 AND 8191 OR u BETWEEN 11264 AND 11775 OR u BETWEEN 11904 AND 55295
            OR u BETWEEN 63744 AND 65023 OR u BETWEEN 65072 AND 65519 OR u BETWEEN 65536 AND 126975 OR u BETWEEN 131072 AND 262143 THEN 'other script'
        ELSE 'other symbols' END AS class) k
    WHERE strpos(E'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&''()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz^{}\\[]~|€', c) = 0
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.unicode_classes(text) IS 'What kinds of characters make a text Unicode, each once: typographic quotes, dashes and ellipsis, accented letters, emoji, other script, spaces and invisible characters, other symbols. Empty: it is sent in the GSM alphabet.';

CREATE TYPE heed.unicode_report AS (
    day date, program text, identity text, campaign text, tenant text, template text, country text, message_type text, rule text, character_class text,
    messages bigint, open bigint, unicode_messages bigint, unicode_share float8, unicode_parts bigint, gsm_parts float8, gsm_parts_low float8, gsm_parts_high float8,
    unicode_cost numeric, extra_cost numeric, extra_cost_low numeric, extra_cost_high numeric, as_of timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION heed.report_unicode(first date, last date, dimensions text[] DEFAULT '{program,campaign}', filters jsonb DEFAULT '{}')
    RETURNS SETOF heed.unicode_report LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    has    text[] := '{day,program,identity,campaign,tenant,template,country,message_type,rule,character_class}';
    by_it  text[] := heed.report_by('unicode', has, dimensions);
    kept   text   := heed.report_where('unicode', has, filters);
    source text   := 'heed.delivery_day';
    as_of  text   := '(SELECT refreshed_at FROM heed.rollup_state)';
BEGIN
    PERFORM heed.check_days(first, last);
    -- Rules and characters are not counted by day: the messages themselves are read, as long as they are kept.
    IF by_it && '{rule,character_class}' OR coalesce(filters, '{}') ?| '{rule,character_class}' THEN
        as_of := 'now()';
        source := $sql$(
            SELECT heed.day_of(m.requested_at) AS day, coalesce(m.program, '') AS program, coalesce(m.identity, '') AS identity,
                   coalesce(m.campaign, '') AS campaign, coalesce(m.tenant, '') AS tenant, coalesce(m.template, '') AS template,
                   coalesce(m.country, '') AS country, coalesce(m.message_type, '') AS message_type, coalesce(m.encoding, '') AS encoding,
                   CASE WHEN m.outbox_id IS NULL THEN '' ELSE coalesce(m.context ->> 'heed_rule', nullif(o.rule, ''), o.purpose, '') END AS rule,
                   CASE WHEN m.encoding IS DISTINCT FROM 'UNICODE' THEN '' WHEN coalesce(o.body, '') = '' THEN '(text not seen)'
                        ELSE coalesce(nullif(array_to_string(heed.unicode_classes(o.body), ', '), ''), '(none found)') END AS character_class,
                   count(*) AS messages, count(*) FILTER (WHERE NOT m.is_final) AS open, count(m.parts) AS counted, count(m.price) AS priced,
                   coalesce(sum(m.parts), 0) AS parts, coalesce(sum(m.price), 0) AS price, coalesce(sum(m.carrier_fee), 0) AS carrier_fee
            FROM heed.message m LEFT JOIN heed.outbox o ON o.id = m.outbox_id
            WHERE m.requested_at >= heed.midnight($1) AND m.requested_at < heed.midnight($2 + 1)
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, m.parts)$sql$;
    END IF;
    -- A part holds 67 units of two bytes, or 153 characters of the GSM alphabet; alone 70 or 160. So P parts of Unicode
    -- hold from 67 (P - 1) + 1 characters on, and would be from a 153rd of that to (P + 1) / 2 parts.
    RETURN QUERY EXECUTE format($sql$
        WITH sent AS (
            SELECT *, encoding = 'UNICODE' AS wide, price + carrier_fee AS cost, greatest(counted, parts / 2.0) AS gsm,
                   greatest(counted, (67 * (parts - counted) + counted) / 153.0) AS low, (parts + counted) / 2.0 AS high
            FROM %2$s q WHERE day BETWEEN $1 AND $2 %3$s
        ), added AS (
            SELECT %1$s coalesce(sum(messages), 0)::bigint AS messages, coalesce(sum(open), 0)::bigint AS open,
                   coalesce(sum(messages) FILTER (WHERE wide), 0)::bigint AS wide, coalesce(sum(parts) FILTER (WHERE wide), 0)::bigint AS parts,
                   coalesce(sum(gsm) FILTER (WHERE wide), 0) AS gsm, coalesce(sum(low) FILTER (WHERE wide), 0) AS low, coalesce(sum(high) FILTER (WHERE wide), 0) AS high,
                   sum(cost) FILTER (WHERE wide AND priced > 0) AS cost,
                   sum(cost * (1 - gsm / nullif(parts, 0))) FILTER (WHERE wide AND priced > 0) AS extra,
                   sum(cost * (1 - high / nullif(parts, 0))) FILTER (WHERE wide AND priced > 0) AS extra_low,
                   sum(cost * (1 - low / nullif(parts, 0))) FILTER (WHERE wide AND priced > 0) AS extra_high
            FROM sent %4$s
        )
        SELECT %5$s, messages, open, wide, wide::float8 / nullif(messages, 0), parts, gsm::float8, low::float8, high::float8,
               trim_scale(cost), trim_scale(round(extra, 6)), trim_scale(round(extra_low, 6)), trim_scale(round(extra_high, 6)), %6$s
        FROM added %7$s $sql$,
        heed.report_list(by_it, '', ', '), source, kept, heed.report_list(by_it, 'GROUP BY '), heed.report_select(has, by_it), as_of,
        replace(heed.report_order(by_it, 'wide'), 'wide DESC', 'wide DESC, messages DESC'))
    USING first, last;
END
$$;
-- +goose StatementEnd

CREATE TYPE heed.optouts_report AS (
    day date, program text, campaign text, tenant text, template text, country text, keyword text, reason text,
    opt_outs bigint, people bigint, attributed bigint, unattributed bigint, messages bigint, open bigint, opt_out_rate float8, as_of timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION heed.report_optouts(first date, last date, hours integer DEFAULT 24, dimensions text[] DEFAULT '{program,campaign}', filters jsonb DEFAULT '{}')
    RETURNS SETOF heed.optouts_report LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    has    text[] := '{day,program,campaign,tenant,template,country,keyword,reason}';
    said   text[] := '{keyword,reason}';
    by_it  text[] := heed.report_by('optouts', has, dimensions);
    shared text[] := ARRAY(SELECT d FROM unnest(by_it) WITH ORDINALITY x (d, n) WHERE NOT d = ANY (said) ORDER BY n);
    kept   text   := heed.report_where('optouts', has, filters);
BEGIN
    PERFORM heed.check_days(first, last);
    IF hours IS NULL OR hours < 1 OR hours > 720 THEN
        RAISE EXCEPTION 'heed.report_optouts cannot look back % hours', coalesce(hours::text, 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Give a number from 1 to 720.';
    END IF;
    RETURN QUERY EXECUTE format($sql$
        WITH requests AS (
            SELECT heed.day_of(i.said_at) AS day, CASE WHEN m.message_id IS NULL THEN i.program ELSE coalesce(m.program, '') END AS program,
                   coalesce(m.campaign, '') AS campaign, coalesce(m.tenant, '') AS tenant, coalesce(m.template, '') AS template, coalesce(m.country, '') AS country,
                   -- In natural language what matched are the person's own words: they are in no report.
                   CASE WHEN i.reason = 'rule' THEN coalesce(i.rule, '')
                        WHEN i.reason LIKE 'opt\_out\_word%%' OR i.reason IN ('first_line', 'several_words', 'word_alone', 'rcs_unsubscribe') THEN lower(i.matched)
                        ELSE '(natural language)' END AS keyword,
                   i.reason, i.contact, m.message_id IS NOT NULL AS attributed
            FROM heed.inbound i LEFT JOIN LATERAL (
                SELECT m.message_id, m.program, m.campaign, m.tenant, m.template, m.country FROM heed.message m
                WHERE m.contact = i.contact AND m.requested_at <= i.said_at AND m.requested_at > i.said_at - make_interval(hours => $3)
                  AND m.outbox_id IS NULL AND m.status <> 'refused'
                ORDER BY m.program IS NOT DISTINCT FROM i.program DESC, m.requested_at DESC, m.message_id LIMIT 1
            ) m ON true
            WHERE i.verdict = 'opt_out' AND i.said_at >= heed.midnight($1) AND i.said_at < heed.midnight($2 + 1)
        ), asked AS (
            SELECT true AS one, %1$s count(*) AS opt_outs, count(DISTINCT contact) AS people, count(*) FILTER (WHERE attributed) AS attributed
            FROM requests WHERE true %2$s %3$s
        ), sent AS (
            SELECT true AS one, %4$s sum(messages - replies)::bigint AS messages, sum(least(open, messages - replies))::bigint AS open
            FROM heed.delivery_day WHERE day BETWEEN $1 AND $2 AND status <> 'refused' %5$s %6$s
            HAVING sum(messages - replies) > 0
        )
        SELECT %7$s, coalesce(opt_outs, 0), coalesce(people, 0), coalesce(attributed, 0), coalesce(opt_outs - attributed, 0), coalesce(messages, 0), coalesce(open, 0),
               coalesce(people, 0)::float8 / nullif(messages, 0), (SELECT refreshed_at FROM heed.rollup_state)
        FROM asked %8$s JOIN sent USING (one%9$s) %10$s $sql$,
        heed.report_list(by_it, '', ', '), kept, heed.report_list(by_it, 'GROUP BY '),
        heed.report_list(shared, '', ', '), heed.report_where('optouts', has, coalesce(filters, '{}') - said), heed.report_list(shared, 'GROUP BY '),
        heed.report_select(has, by_it), CASE WHEN shared = by_it THEN 'FULL' ELSE 'LEFT' END, heed.report_list(shared, ', '),
        replace(heed.report_order(by_it, 'opt_outs'), 'opt_outs DESC', 'coalesce(opt_outs, 0) DESC, coalesce(messages, 0) DESC'))
    USING first, last, hours;
END
$$;
-- +goose StatementEnd

CREATE TYPE heed.inbound_report AS (
    day date, program text, identity text, verdict text, reason text, rule text,
    texts bigint, people bigint, opt_outs bigint, opt_ins bigint, helps bigint, keywords bigint, unclear bigint, open bigint, unmatched bigint,
    unclear_share float8, unmatched_share float8, as_of timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION heed.report_inbound(first date, last date, dimensions text[] DEFAULT '{day}', zone text DEFAULT 'UTC', filters jsonb DEFAULT '{}')
    RETURNS SETOF heed.inbound_report LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    has   text[] := '{day,program,identity,verdict,reason,rule}';
    by_it text[] := heed.report_by('inbound', has, dimensions);
BEGIN
    PERFORM heed.check_days(first, last);
    PERFORM heed.check_zone(zone);
    RETURN QUERY EXECUTE format($sql$
        WITH said AS (
            SELECT (i.said_at AT TIME ZONE $3)::date AS day, i.program, i.identity, i.verdict, i.reason, coalesce(i.rule, '') AS rule, i.contact,
                   -- As the review queue has it (heed consent review list).
                   i.verdict = 'unclear' AND EXISTS (
                       SELECT FROM heed.consent c JOIN heed.consent_event e ON e.contact = c.contact AND e.program = c.program AND e.said_at = i.said_at
                       WHERE c.contact = i.contact AND c.state = 'held' AND e.inbound_message_id = i.inbound_message_id AND e.state = 'held' AND e.of_event IS NULL
                         AND e.said_at >= coalesce(c.opted_in_at, '-infinity')
                         AND (SELECT d.state FROM heed.consent_event d WHERE d.of_event = e.id ORDER BY d.id DESC LIMIT 1) IS DISTINCT FROM 'released') AS waits
            FROM heed.inbound i
            WHERE i.said_at >= heed.midnight($1) - interval '1 day' AND i.said_at < heed.midnight($2 + 1) + interval '1 day'
              AND (i.said_at AT TIME ZONE $3)::date BETWEEN $1 AND $2
        ), added AS (
            SELECT %1$s count(*) AS texts, count(DISTINCT contact) AS people, count(*) FILTER (WHERE verdict = 'opt_out') AS opt_outs,
                   count(*) FILTER (WHERE verdict = 'opt_in') AS opt_ins, count(*) FILTER (WHERE verdict = 'help') AS helps,
                   count(*) FILTER (WHERE verdict = 'keyword') AS keywords, count(*) FILTER (WHERE verdict = 'unclear') AS unclear,
                   count(*) FILTER (WHERE waits) AS open, count(*) FILTER (WHERE verdict = 'none') AS unmatched
            FROM said WHERE true %2$s %3$s
        )
        SELECT %4$s, texts, people, opt_outs, opt_ins, helps, keywords, unclear, open, unmatched,
               unclear::float8 / nullif(texts, 0), unmatched::float8 / nullif(texts, 0), now()
        FROM added %5$s $sql$,
        heed.report_list(by_it, '', ', '), heed.report_where('inbound', has, filters), heed.report_list(by_it, 'GROUP BY '),
        heed.report_select(has, by_it), heed.report_order(by_it, 'texts'))
    USING first, last, zone;
END
$$;
-- +goose StatementEnd

CREATE TYPE heed.health_report AS (
    measure text, detail text, value float8, unit text, since timestamptz, state text, meaning text, as_of timestamptz
);

-- +goose StatementBegin
CREATE FUNCTION heed.report_health() RETURNS SETOF heed.health_report LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
    WITH bounds AS (
        SELECT now() AS at, heed.day_of(now()) - 6 AS week, interval '10 minutes' AS soon, interval '96 hours' AS silence
    ), week AS (
        SELECT coalesce(sum(d.messages), 0) AS messages, coalesce(sum(d.replies), 0) AS replies, coalesce(sum(d.late), 0) AS late,
               coalesce(sum(d.messages) FILTER (WHERE d.status = 'no_receipt'), 0) AS silent
        FROM heed.delivery_day d WHERE d.day >= (SELECT week FROM bounds)
    ), waiting AS (
        SELECT o.kind || ' ' || o.state AS detail, count(*) AS n, min(CASE o.state WHEN 'unknown' THEN o.created_at ELSE o.not_before END) AS since, o.state
        FROM heed.outbox o WHERE o.state IN ('planned', 'claimed') OR o.state = 'unknown' GROUP BY o.kind, o.state
        UNION ALL
        SELECT o.kind || ' ' || o.state, count(*), min(o.settled_at), o.state
        FROM heed.outbox o WHERE o.state IN ('failed', 'lost') AND o.settled_at >= (SELECT week FROM bounds) GROUP BY o.kind, o.state
    ), measured (n, measure, detail, value, unit, since, attention, meaning) AS (
        SELECT 1, 'rollup_age', '', extract(epoch FROM b.at - s.refreshed_at), 's', s.refreshed_at, coalesce(b.at - s.refreshed_at > b.soon, true),
               'How old the counts are. The relay counts each minute; older than ten, it does not run or cannot keep up.'
        FROM heed.rollup_state s, bounds b
        UNION ALL
        SELECT 2, 'rollup_waiting', '', count(DISTINCT m.bucket), 'quarters of an hour', min(m.bucket), false,
               'Quarters of an hour whose messages changed since they were counted; since is the earliest of them.'
        FROM heed.rollup_mark m WHERE m.bucket IS NOT NULL
        UNION ALL
        SELECT 3, 'details_waiting', '', count(*), 'days', min(coalesce(d.detailed_at, heed.midnight(d.day))),
               coalesce(min(coalesce(d.detailed_at, heed.midnight(d.day))) < min(b.at) - interval '2 hours', false),
               'Days whose failures and latencies changed since they were counted; since is when the first of them was. More than two hours: the relay does not run or cannot keep up.'
        FROM heed.rollup_day d, bounds b WHERE d.stale
        UNION ALL
        SELECT 4, 'open', '', coalesce(sum(q.open), 0), 'messages', min(q.bucket), false, 'Messages with no last word yet; since is when the oldest was sent.'
        FROM heed.delivery_quarter q WHERE q.open > 0
        UNION ALL
        SELECT 5, 'open_overdue', '', coalesce(sum(q.open), 0), 'messages', min(q.bucket), count(*) > 0,
               'Of these, sent more than 96 hours ago. AWS says nothing after 72: the relay should have given them up (no_receipt), unless HEED_NO_RECEIPT_AFTER is longer.'
        FROM heed.delivery_quarter q WHERE q.open > 0 AND q.bucket < (SELECT at - silence FROM bounds)
        UNION ALL
        SELECT 6, 'no_receipt', '', w.silent, 'messages in 7 days', NULL, false, 'Messages of which AWS never gave a last word.' FROM week w
        UNION ALL
        SELECT 7, 'late_finals', '', w.late, 'messages in 7 days', NULL, false, 'Messages whose last word came after heed had given up waiting. Their days were restated.' FROM week w
        UNION ALL
        SELECT 8, 'duplicates', '', coalesce(sum(i.duplicates), 0), 'events in 7 days', NULL, false, 'Delivery events that came again and changed nothing. SNS and Firehose both may.'
        FROM heed.intake_day i WHERE i.day >= (SELECT week FROM bounds)
        UNION ALL
        SELECT 9, 'orphans', '', w.messages - w.replies, 'messages in 7 days', NULL, false, 'Messages that somebody else sent, known by their events alone. Normal: heed sends nothing but replies.' FROM week w
        UNION ALL
        SELECT 10, 'unknown_words', m.aws_status, count(*), 'messages in 24 hours', min(m.requested_at), true, 'AWS used a word for their state that heed does not know. Tell heed''s makers.'
        FROM heed.message m WHERE m.requested_at >= (SELECT at - interval '1 day' FROM bounds) AND m.status = 'unknown' AND m.aws_status <> 'UNKNOWN' GROUP BY m.aws_status
        UNION ALL
        SELECT 11, 'parked', p.reason, count(*), 'inputs', min(p.parked_at), true, 'Inputs that could not be read, kept whole and not replayed (heed.parked). Each may hold a request to stop.'
        FROM heed.parked p WHERE p.replayed_at IS NULL GROUP BY p.reason
        UNION ALL
        SELECT 12, 'outbox', w.detail, w.n, 'actions', w.since,
               w.state IN ('planned', 'claimed') AND w.since < (SELECT at - soon FROM bounds) OR w.state = 'failed',
               CASE w.state WHEN 'planned' THEN 'Promised and due since; more than ten minutes: the relay does not run or AWS refuses.'
                            WHEN 'claimed' THEN 'Under way since; more than ten minutes: its worker died and the relay did not take it up.'
                            WHEN 'unknown' THEN 'May have gone out. Never sent again; delivery events settle it.'
                            WHEN 'lost' THEN 'In 7 days: may have gone out, and no event ever said so.'
                            ELSE 'In 7 days: AWS refused; heed.outbox.error says why.' END
        FROM waiting w
        UNION ALL
        SELECT 13, 'review_queue', '', count(*), 'people', min(c.held_at), false, 'People who are not texted until somebody decides what they meant (heed consent review list).'
        FROM heed.consent c WHERE c.state = 'held'
        UNION ALL
        SELECT 14, 'default_partition', p.name, p.n, 'rows', p.oldest, p.newest > (SELECT at - interval '1 day' FROM bounds),
               'Rows outside the days that have a partition: very old, kept for a legal hold, or ahead of their time. Fresh ones: the relay makes no partitions.'
        FROM (
            SELECT 'delivery_event' AS name, count(*) AS n, min(e.occurred_at) AS oldest, max(e.occurred_at) AS newest FROM heed.delivery_event_default e
            UNION ALL SELECT 'message', count(*), min(m.requested_at), max(m.requested_at) FROM heed.message_default m
            UNION ALL SELECT 'delivery_quarter', count(*), min(q.bucket), max(q.bucket) FROM heed.delivery_quarter_default q
        ) p
    )
    SELECT m.measure, m.detail, m.value::float8, m.unit, m.since, CASE WHEN m.attention THEN 'attention' ELSE 'ok' END, m.meaning, (SELECT at FROM bounds)
    FROM measured m ORDER BY m.n, m.detail COLLATE "C"
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.report_state(report text, first date, last date, zone text DEFAULT 'UTC', filters jsonb DEFAULT '{}', OUT as_of timestamptz, OUT open bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
    has text[] := '{day,program,identity,campaign,tenant,template,country,carrier,message_type,encoding,status}';
BEGIN
    IF report = 'health' THEN
        as_of := now();
        open := 0;
        RETURN;
    ELSIF report = 'inbound' THEN
        SELECT r.as_of, r.open INTO as_of, open FROM heed.report_inbound(first, last, '{}', zone, filters) r;
        RETURN;
    ELSIF report IN ('failures', 'latency') THEN
        as_of := heed.details_as_of(first, last);
        -- What is open has not failed yet: its status is another.
        filters := coalesce(filters, '{}') - 'status';
    ELSIF report = 'unicode' AND coalesce(filters, '{}') ?| '{rule,character_class}' THEN
        SELECT r.as_of, r.open INTO as_of, open FROM heed.report_unicode(first, last, '{}', filters) r;
        RETURN;
    ELSIF report IN ('delivery', 'cost', 'unicode', 'optouts') THEN
        as_of := (SELECT s.refreshed_at FROM heed.rollup_state s);
    ELSE
        RAISE EXCEPTION 'there is no report %', coalesce(quote_literal(report), 'NULL')
            USING ERRCODE = 'invalid_parameter_value', HINT = 'There are delivery, failures, latency, cost, unicode, optouts, inbound and health.';
    END IF;
    EXECUTE format('SELECT coalesce(sum(%s), 0)::bigint FROM %s WHERE open > 0 %s',
                   -- As the report has it: heed's own replies left out.
                   CASE report WHEN 'optouts' THEN 'least(open, messages - replies)' ELSE 'open' END, heed.delivery_source(first, last, zone),
                   heed.report_where(report, has, coalesce(filters, '{}') - '{failure_status,failure_reason,leg,keyword,reason}'::text[])) INTO open;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.report_state(text, date, date, text, jsonb) IS 'As of when a report is true, and how much of what it is about is still open. Filters that messages do not have are left out.';

-- The views. What people wrote, what heed wrote back and the senders' Context are in none of them.
CREATE VIEW heed.delivery_daily AS
SELECT d.day, d.program, d.identity, d.campaign, d.tenant, d.template, d.country, d.carrier, d.message_type, d.encoding, d.status,
       coalesce(s.outcome, 'unknown') AS outcome, d.messages, d.open,
       CASE WHEN s.outcome = 'succeeded' THEN d.messages - d.open ELSE 0 END AS succeeded,
       CASE WHEN s.outcome = 'failed' THEN d.messages - d.open ELSE 0 END AS failed,
       CASE WHEN s.outcome IN ('succeeded', 'failed') THEN 0 ELSE d.messages - d.open END AS unknown,
       d.accepted, d.confirmed, d.counted, d.priced, d.parts, d.price, d.carrier_fee, d.price + d.carrier_fee AS total, d.replies, d.late,
       (SELECT r.refreshed_at FROM heed.rollup_state r) AS as_of
FROM heed.delivery_day d LEFT JOIN heed.delivery_status s USING (status);

CREATE VIEW heed.failures_daily AS
SELECT f.day, f.program, f.identity, f.campaign, f.country, f.carrier, f.status, f.failure_status, f.failure_reason, f.messages,
       CASE WHEN r.stale THEN r.detailed_at ELSE s.refreshed_at END AS as_of
FROM heed.failure_day f LEFT JOIN heed.rollup_day r USING (day) CROSS JOIN heed.rollup_state s;

CREATE VIEW heed.latency_daily AS
WITH climbed AS (
    SELECT l.day, l.program, l.country, l.carrier, l.leg, l.step,
           sum(l.messages) OVER (PARTITION BY l.day, l.program, l.country, l.carrier, l.leg ORDER BY l.step) AS upto,
           sum(l.messages) OVER (PARTITION BY l.day, l.program, l.country, l.carrier, l.leg) AS messages
    FROM heed.latency_day l
), reached AS (
    SELECT c.day, c.program, c.country, c.carrier, c.leg, max(c.messages)::bigint AS messages,
           min(c.step) FILTER (WHERE c.upto >= 0.5 * c.messages) AS half, min(c.step) FILTER (WHERE c.upto >= 0.9 * c.messages) AS most,
           min(c.step) FILTER (WHERE c.upto >= 0.99 * c.messages) AS nearly
    FROM climbed c GROUP BY c.day, c.program, c.country, c.carrier, c.leg
)
SELECT c.day, c.program, c.country, c.carrier, c.leg, c.messages,
       CASE WHEN c.half = 0 THEN 0 ELSE round((power(1.05, c.half - 0.5) / 1000)::numeric, 6) END::float8 AS p50,
       CASE WHEN c.most = 0 THEN 0 ELSE round((power(1.05, c.most - 0.5) / 1000)::numeric, 6) END::float8 AS p90,
       CASE WHEN c.nearly = 0 THEN 0 ELSE round((power(1.05, c.nearly - 0.5) / 1000)::numeric, 6) END::float8 AS p99,
       CASE WHEN r.stale THEN r.detailed_at ELSE s.refreshed_at END AS as_of
FROM reached c LEFT JOIN heed.rollup_day r USING (day) CROSS JOIN heed.rollup_state s;

CREATE VIEW heed.inbound_mix AS
SELECT (i.said_at AT TIME ZONE 'UTC')::date AS day, i.program, i.identity, i.verdict, i.reason, coalesce(i.rule, '') AS rule,
       count(*) AS texts, count(DISTINCT i.contact) AS people, now() AS as_of
FROM heed.inbound i GROUP BY 1, 2, 3, 4, 5, 6;

CREATE VIEW heed.data_health AS
SELECT h.measure, h.detail, h.value, h.unit, h.since, h.state, h.meaning, h.as_of FROM heed.report_health() h;

CREATE VIEW heed.message_state AS
SELECT m.message_id, m.requested_at, m.contact, m.identity, m.program, m.campaign, m.tenant, m.template, m.status, coalesce(s.outcome, 'unknown') AS outcome,
       m.is_final, m.status_at, m.aws_status, m.accepted_at, m.delivered_at, m.read_at, m.failed_at, m.failure_status, m.failure_reason, m.no_receipt_at,
       m.parts, m.price, m.carrier_fee, m.country, m.mcc, m.mnc, m.carrier, m.encoding, m.message_type, m.outbox_id, m.updated_at
FROM heed.message m LEFT JOIN heed.delivery_status s USING (status);

CREATE VIEW heed.reply WITH (security_barrier) AS
SELECT o.id AS outbox_id, o.program, o.identity, o.contact, o.purpose, o.rule, o.state, o.error, o.attempts, o.said_at, o.created_at, o.settled_at, o.expires_at,
       o.aws_message_id AS message_id,
       -- The chain of a reply is the identity, the text's id and its variant.
       a.words[1] AS inbound_message_id, a.words[2] AS inbound_variant
FROM heed.outbox o CROSS JOIN LATERAL (
    SELECT CASE WHEN starts_with(o.chain, o.identity || '/') THEN regexp_match(substr(o.chain, length(o.identity) + 2), '^(.*)/([^/]*)$') END AS words
) a
WHERE o.kind = 'reply';

-- The words are those of internal/report: a test holds them together.
COMMENT ON FUNCTION heed.report_delivery(date, date, text[], text, jsonb) IS 'What became of messages. Rates are over those with a last word; open ones stand beside.';
COMMENT ON TYPE heed.delivery_report IS 'A row of heed.report_delivery.';
COMMENT ON COLUMN heed.delivery_report.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.delivery_report.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.delivery_report.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.delivery_report.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.delivery_report.tenant IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.delivery_report.template IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.delivery_report.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.delivery_report.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.delivery_report.message_type IS 'TRANSACTIONAL or PROMOTIONAL.';
COMMENT ON COLUMN heed.delivery_report.encoding IS 'GSM or UNICODE.';
COMMENT ON COLUMN heed.delivery_report.status IS 'The message''s status, in heed''s words (heed.delivery_status).';
COMMENT ON COLUMN heed.delivery_report.messages IS 'Messages that AWS was asked to send: open + succeeded + failed + unknown.';
COMMENT ON COLUMN heed.delivery_report.open IS 'Of these, how many have no last word yet: they may still change.';
COMMENT ON COLUMN heed.delivery_report.succeeded IS 'With a last word: a carrier or the handset took it (accepted, delivered, read).';
COMMENT ON COLUMN heed.delivery_report.failed IS 'With a last word: it did not arrive (expired, undeliverable, blocked, invalid, refused).';
COMMENT ON COLUMN heed.delivery_report.unknown IS 'With a last word: nobody knows (unknown, no_receipt).';
COMMENT ON COLUMN heed.delivery_report.delivery_rate IS 'succeeded ÷ (messages - open).';
COMMENT ON COLUMN heed.delivery_report.accepted IS 'A carrier took it, last word or not.';
COMMENT ON COLUMN heed.delivery_report.confirmed IS 'The handset had it or the person opened it, last word or not.';
COMMENT ON COLUMN heed.delivery_report.parts IS 'Parts (segments), of messages whose parts are known.';
COMMENT ON COLUMN heed.delivery_report.replies IS 'Of the messages, heed''s own replies.';
COMMENT ON COLUMN heed.delivery_report.late IS 'Of the messages, those whose last word came after heed had given up waiting.';
COMMENT ON COLUMN heed.delivery_report.as_of IS 'When the counts held all that was known.';
COMMENT ON FUNCTION heed.report_failures(date, date, text[], jsonb, integer) IS 'Why messages failed: AWS''s word and description of the first failure. Days are of UTC.';
COMMENT ON TYPE heed.failures_report IS 'A row of heed.report_failures.';
COMMENT ON COLUMN heed.failures_report.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.failures_report.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.failures_report.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.failures_report.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.failures_report.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.failures_report.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.failures_report.status IS 'The message''s status, in heed''s words (heed.delivery_status).';
COMMENT ON COLUMN heed.failures_report.failure_status IS 'AWS''s word for the first failure.';
COMMENT ON COLUMN heed.failures_report.failure_reason IS 'AWS''s description of the first failure, its first 200 characters; "(other)" stands for those beyond the most frequent.';
COMMENT ON COLUMN heed.failures_report.messages IS 'Messages whose status is a failure.';
COMMENT ON COLUMN heed.failures_report.share IS 'Of all failures that were asked for.';
COMMENT ON COLUMN heed.failures_report.as_of IS 'When the counts held all that was known.';
COMMENT ON FUNCTION heed.report_latency(date, date, text[], jsonb) IS 'How long messages took from the request, by AWS''s own times. Percentiles come from a histogram and are true within 2.5 %. Days are of UTC.';
COMMENT ON TYPE heed.latency_report IS 'A row of heed.report_latency.';
COMMENT ON COLUMN heed.latency_report.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.latency_report.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.latency_report.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.latency_report.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.latency_report.leg IS 'carrier: from the request until a carrier took it. handset: until the handset had it.';
COMMENT ON COLUMN heed.latency_report.messages IS 'Messages that came so far.';
COMMENT ON COLUMN heed.latency_report.p50 IS 'Half of them took no longer.';
COMMENT ON COLUMN heed.latency_report.p90 IS 'Nine of ten took no longer.';
COMMENT ON COLUMN heed.latency_report.p99 IS '99 of 100 took no longer.';
COMMENT ON COLUMN heed.latency_report.as_of IS 'When the counts held all that was known.';
COMMENT ON FUNCTION heed.report_cost(date, date, text[], text, jsonb) IS 'What messages cost, as AWS wrote it. US dollars are assumed. Where no price is known, money is empty, not zero.';
COMMENT ON TYPE heed.cost_report IS 'A row of heed.report_cost.';
COMMENT ON COLUMN heed.cost_report.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.cost_report.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.cost_report.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.cost_report.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.cost_report.tenant IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.cost_report.template IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.cost_report.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.cost_report.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.cost_report.message_type IS 'TRANSACTIONAL or PROMOTIONAL.';
COMMENT ON COLUMN heed.cost_report.encoding IS 'GSM or UNICODE.';
COMMENT ON COLUMN heed.cost_report.status IS 'The message''s status, in heed''s words (heed.delivery_status).';
COMMENT ON COLUMN heed.cost_report.messages IS 'Messages that AWS was asked to send.';
COMMENT ON COLUMN heed.cost_report.open IS 'Of these, how many have no last word yet: they may still change.';
COMMENT ON COLUMN heed.cost_report.priced IS 'Of the messages, how many have a price at all: the money below is theirs.';
COMMENT ON COLUMN heed.cost_report.counted IS 'Of the messages, how many have a number of parts.';
COMMENT ON COLUMN heed.cost_report.parts IS 'Parts (segments) of these.';
COMMENT ON COLUMN heed.cost_report.parts_per_message IS 'parts ÷ counted.';
COMMENT ON COLUMN heed.cost_report.price IS 'AWS''s price of the messages.';
COMMENT ON COLUMN heed.cost_report.carrier_fee IS 'The carriers'' fees.';
COMMENT ON COLUMN heed.cost_report.total IS 'price + carrier_fee.';
COMMENT ON COLUMN heed.cost_report.undelivered_charged IS 'Of the total, what went to messages whose status is a failure or unknown.';
COMMENT ON COLUMN heed.cost_report.cost_per_delivered IS 'total ÷ messages that a carrier or the handset took (status accepted, delivered or read, open or not).';
COMMENT ON COLUMN heed.cost_report.as_of IS 'When the counts held all that was known.';
COMMENT ON FUNCTION heed.report_unicode(date, date, text[], jsonb) IS 'What characters outside the GSM alphabet cost. One of them makes a whole text Unicode: 70 characters a part (67 of several) in place of 160 (153). What it would have taken without is estimated from the parts. Days are of UTC.';
COMMENT ON TYPE heed.unicode_report IS 'A row of heed.report_unicode.';
COMMENT ON COLUMN heed.unicode_report.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.unicode_report.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.unicode_report.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.unicode_report.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.unicode_report.tenant IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.unicode_report.template IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.unicode_report.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.unicode_report.message_type IS 'TRANSACTIONAL or PROMOTIONAL.';
COMMENT ON COLUMN heed.unicode_report.rule IS 'The keyword rule, by its name. In the cost of Unicode: of the reply; where no rule wrote it, what it answers (opt_out, help and so on).';
COMMENT ON COLUMN heed.unicode_report.character_class IS 'What kinds of characters force Unicode, where heed wrote the text; "(text not seen)" of other senders'' messages and where the text was removed.';
COMMENT ON COLUMN heed.unicode_report.messages IS 'Messages that AWS was asked to send.';
COMMENT ON COLUMN heed.unicode_report.open IS 'Of these, how many have no last word yet: they may still change.';
COMMENT ON COLUMN heed.unicode_report.unicode_messages IS 'Of these, sent as Unicode.';
COMMENT ON COLUMN heed.unicode_report.unicode_share IS 'unicode_messages ÷ messages.';
COMMENT ON COLUMN heed.unicode_report.unicode_parts IS 'Parts of the Unicode messages.';
COMMENT ON COLUMN heed.unicode_report.gsm_parts IS 'Parts that they would have taken in the GSM alphabet: an estimate, half of their parts, at least one a message.';
COMMENT ON COLUMN heed.unicode_report.gsm_parts_low IS 'At least so many.';
COMMENT ON COLUMN heed.unicode_report.gsm_parts_high IS 'At most so many.';
COMMENT ON COLUMN heed.unicode_report.unicode_cost IS 'What the Unicode messages cost, fees included.';
COMMENT ON COLUMN heed.unicode_report.extra_cost IS 'Of that, what the characters cost: the share of unicode_parts beyond gsm_parts. An estimate.';
COMMENT ON COLUMN heed.unicode_report.extra_cost_low IS 'At least so much, by gsm_parts_high.';
COMMENT ON COLUMN heed.unicode_report.extra_cost_high IS 'At most so much, by gsm_parts_low.';
COMMENT ON COLUMN heed.unicode_report.as_of IS 'When the counts held all that was known.';
COMMENT ON FUNCTION heed.report_optouts(date, date, integer, text[], jsonb) IS 'Texts that opted out, by the last message that went to the person in the hours before: of the same program, else of any. heed''s own replies do not count. Days are of UTC.';
COMMENT ON TYPE heed.optouts_report IS 'A row of heed.report_optouts.';
COMMENT ON COLUMN heed.optouts_report.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.optouts_report.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.optouts_report.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.optouts_report.tenant IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.optouts_report.template IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.optouts_report.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.optouts_report.keyword IS 'The words by which the person opted out, as heed matched them.';
COMMENT ON COLUMN heed.optouts_report.reason IS 'Why, by name (docs/verdicts.md).';
COMMENT ON COLUMN heed.optouts_report.opt_outs IS 'Texts that opted out.';
COMMENT ON COLUMN heed.optouts_report.people IS 'Who wrote them, each person once a row.';
COMMENT ON COLUMN heed.optouts_report.attributed IS 'Of the opt_outs, those with a message to the person in the hours before.';
COMMENT ON COLUMN heed.optouts_report.unattributed IS 'Of the opt_outs, those without one.';
COMMENT ON COLUMN heed.optouts_report.messages IS 'Messages of the same program, campaign, and so on that AWS was asked to send on these days, heed''s replies left out. keyword and reason do not divide them.';
COMMENT ON COLUMN heed.optouts_report.open IS 'Of these, how many have no last word yet: they may still change.';
COMMENT ON COLUMN heed.optouts_report.opt_out_rate IS 'people ÷ messages. Empty where none was sent.';
COMMENT ON COLUMN heed.optouts_report.as_of IS 'When the counts held all that was known.';
COMMENT ON FUNCTION heed.report_inbound(date, date, text[], text, jsonb) IS 'What people wrote and what heed took it to mean.';
COMMENT ON TYPE heed.inbound_report IS 'A row of heed.report_inbound.';
COMMENT ON COLUMN heed.inbound_report.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.inbound_report.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.inbound_report.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.inbound_report.verdict IS 'What heed took the text to mean.';
COMMENT ON COLUMN heed.inbound_report.reason IS 'Why, by name (docs/verdicts.md).';
COMMENT ON COLUMN heed.inbound_report.rule IS 'The keyword rule, by its name. In the cost of Unicode: of the reply; where no rule wrote it, what it answers (opt_out, help and so on).';
COMMENT ON COLUMN heed.inbound_report.texts IS 'Texts.';
COMMENT ON COLUMN heed.inbound_report.people IS 'Who wrote them, each person once a row.';
COMMENT ON COLUMN heed.inbound_report.opt_outs IS 'Texts that opted out.';
COMMENT ON COLUMN heed.inbound_report.opt_ins IS 'Texts that opted in.';
COMMENT ON COLUMN heed.inbound_report.helps IS 'Texts that asked for help.';
COMMENT ON COLUMN heed.inbound_report.keywords IS 'Texts that a keyword of heed.yaml answered.';
COMMENT ON COLUMN heed.inbound_report.unclear IS 'Texts that may be requests to stop; a person decides.';
COMMENT ON COLUMN heed.inbound_report.open IS 'Of the unclear, those that wait for a decision (heed consent review list).';
COMMENT ON COLUMN heed.inbound_report.unmatched IS 'Texts that nothing matched (verdict none).';
COMMENT ON COLUMN heed.inbound_report.unclear_share IS 'unclear ÷ texts.';
COMMENT ON COLUMN heed.inbound_report.unmatched_share IS 'unmatched ÷ texts.';
COMMENT ON COLUMN heed.inbound_report.as_of IS 'When the counts held all that was known.';
COMMENT ON FUNCTION heed.report_health() IS 'Whether what the reports say can be trusted, a measure a row.';
COMMENT ON TYPE heed.health_report IS 'A row of heed.report_health.';
COMMENT ON COLUMN heed.health_report.measure IS 'What is measured.';
COMMENT ON COLUMN heed.health_report.detail IS 'Which of several: a reason, a state.';
COMMENT ON COLUMN heed.health_report.value IS 'How much or how many; empty where it was never known.';
COMMENT ON COLUMN heed.health_report.unit IS 'Of value.';
COMMENT ON COLUMN heed.health_report.since IS 'Since when, or of what is counted the oldest.';
COMMENT ON COLUMN heed.health_report.state IS 'ok, or attention: somebody should look.';
COMMENT ON COLUMN heed.health_report.meaning IS 'What it says, and what to do.';
COMMENT ON COLUMN heed.health_report.as_of IS 'When the counts held all that was known.';
COMMENT ON VIEW heed.delivery_daily IS 'What became of messages, by day (UTC) and all dimensions. Sum what you need; rates are over messages - open.';
COMMENT ON COLUMN heed.delivery_daily.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.delivery_daily.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.delivery_daily.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.delivery_daily.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.delivery_daily.tenant IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.delivery_daily.template IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.delivery_daily.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.delivery_daily.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.delivery_daily.message_type IS 'TRANSACTIONAL or PROMOTIONAL.';
COMMENT ON COLUMN heed.delivery_daily.encoding IS 'GSM or UNICODE.';
COMMENT ON COLUMN heed.delivery_daily.status IS 'The message''s status, in heed''s words (heed.delivery_status).';
COMMENT ON COLUMN heed.delivery_daily.outcome IS 'What the status comes to: open, succeeded, failed or unknown.';
COMMENT ON COLUMN heed.delivery_daily.messages IS 'How many.';
COMMENT ON COLUMN heed.delivery_daily.open IS 'Of these, how many have no last word yet: they may still change.';
COMMENT ON COLUMN heed.delivery_daily.succeeded IS 'Of the messages, those with a last word that a carrier or the handset took.';
COMMENT ON COLUMN heed.delivery_daily.failed IS 'Of the messages, those with a last word that did not arrive.';
COMMENT ON COLUMN heed.delivery_daily.unknown IS 'Of the messages, those with a last word of which nobody knows.';
COMMENT ON COLUMN heed.delivery_daily.accepted IS 'A carrier took it, last word or not.';
COMMENT ON COLUMN heed.delivery_daily.confirmed IS 'The handset had it or the person opened it, last word or not.';
COMMENT ON COLUMN heed.delivery_daily.counted IS 'Of the messages, those whose number of parts is known.';
COMMENT ON COLUMN heed.delivery_daily.priced IS 'Of the messages, those whose price is known.';
COMMENT ON COLUMN heed.delivery_daily.parts IS 'Parts (segments).';
COMMENT ON COLUMN heed.delivery_daily.price IS 'AWS''s price. US dollars are assumed.';
COMMENT ON COLUMN heed.delivery_daily.carrier_fee IS 'The carrier''s fee. US dollars are assumed.';
COMMENT ON COLUMN heed.delivery_daily.total IS 'price + carrier_fee.';
COMMENT ON COLUMN heed.delivery_daily.replies IS 'Of the messages, heed''s own replies.';
COMMENT ON COLUMN heed.delivery_daily.late IS 'Of the messages, those whose last word came after heed had given up waiting.';
COMMENT ON COLUMN heed.delivery_daily.as_of IS 'When the counts held all that was known.';
COMMENT ON VIEW heed.failures_daily IS 'Why messages failed, by day (UTC): AWS''s word and description of the first failure.';
COMMENT ON COLUMN heed.failures_daily.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.failures_daily.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.failures_daily.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.failures_daily.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.failures_daily.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.failures_daily.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.failures_daily.status IS 'The message''s status, in heed''s words (heed.delivery_status).';
COMMENT ON COLUMN heed.failures_daily.failure_status IS 'AWS''s word for the first failure.';
COMMENT ON COLUMN heed.failures_daily.failure_reason IS 'AWS''s description of the first failure, its first 200 characters; "(other)" stands for those beyond the most frequent.';
COMMENT ON COLUMN heed.failures_daily.messages IS 'How many.';
COMMENT ON COLUMN heed.failures_daily.as_of IS 'When the counts held all that was known.';
COMMENT ON VIEW heed.latency_daily IS 'How long messages took, by day (UTC), program, country, carrier and leg. Percentiles cannot be added up: heed.report_latency gives those of longer times.';
COMMENT ON COLUMN heed.latency_daily.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.latency_daily.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.latency_daily.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.latency_daily.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.latency_daily.leg IS 'carrier: from the request until a carrier took it. handset: until the handset had it.';
COMMENT ON COLUMN heed.latency_daily.messages IS 'How many.';
COMMENT ON COLUMN heed.latency_daily.p50 IS 'Half of them took no longer.';
COMMENT ON COLUMN heed.latency_daily.p90 IS 'Nine of ten took no longer.';
COMMENT ON COLUMN heed.latency_daily.p99 IS '99 of 100 took no longer.';
COMMENT ON COLUMN heed.latency_daily.as_of IS 'When the counts held all that was known.';
COMMENT ON VIEW heed.inbound_mix IS 'What people wrote was taken to mean, by day (UTC).';
COMMENT ON COLUMN heed.inbound_mix.day IS 'The day on which AWS was asked to send. For texts of people: the day they were said.';
COMMENT ON COLUMN heed.inbound_mix.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.inbound_mix.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.inbound_mix.verdict IS 'What heed took the text to mean.';
COMMENT ON COLUMN heed.inbound_mix.reason IS 'Why, by name (docs/verdicts.md).';
COMMENT ON COLUMN heed.inbound_mix.rule IS 'The keyword rule by whose words it was decided.';
COMMENT ON COLUMN heed.inbound_mix.texts IS 'Texts.';
COMMENT ON COLUMN heed.inbound_mix.people IS 'Who wrote them, each person once a row.';
COMMENT ON COLUMN heed.inbound_mix.as_of IS 'When the counts held all that was known.';
COMMENT ON VIEW heed.data_health IS 'Whether what the reports say can be trusted, a measure a row.';
COMMENT ON COLUMN heed.data_health.measure IS 'What is measured.';
COMMENT ON COLUMN heed.data_health.detail IS 'Which of several: a reason, a state.';
COMMENT ON COLUMN heed.data_health.value IS 'How much or how many; empty where it was never known.';
COMMENT ON COLUMN heed.data_health.unit IS 'Of value.';
COMMENT ON COLUMN heed.data_health.since IS 'Since when, or of what is counted the oldest.';
COMMENT ON COLUMN heed.data_health.state IS 'ok, or attention: somebody should look.';
COMMENT ON COLUMN heed.data_health.meaning IS 'What it says, and what to do.';
COMMENT ON COLUMN heed.data_health.as_of IS 'When the counts held all that was known.';
COMMENT ON VIEW heed.message_state IS 'What became of each message, a row a message, for looking up and for comparing with other books. It shows people''s numbers; what was written, and the sender''s Context, it does not.';
COMMENT ON COLUMN heed.message_state.message_id IS 'AWS''s id of the message.';
COMMENT ON COLUMN heed.message_state.requested_at IS 'When AWS was asked to send it.';
COMMENT ON COLUMN heed.message_state.contact IS 'The person''s phone number, E.164.';
COMMENT ON COLUMN heed.message_state.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.message_state.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.message_state.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context).';
COMMENT ON COLUMN heed.message_state.tenant IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.message_state.template IS 'As campaign, under its own key.';
COMMENT ON COLUMN heed.message_state.status IS 'The message''s status, in heed''s words (heed.delivery_status).';
COMMENT ON COLUMN heed.message_state.outcome IS 'What the status comes to: open, succeeded, failed or unknown.';
COMMENT ON COLUMN heed.message_state.is_final IS 'No further word is expected.';
COMMENT ON COLUMN heed.message_state.status_at IS 'When the status came to be, by AWS''s times.';
COMMENT ON COLUMN heed.message_state.aws_status IS 'AWS''s word for the status.';
COMMENT ON COLUMN heed.message_state.accepted_at IS 'When a carrier took it. Says nothing of the handset.';
COMMENT ON COLUMN heed.message_state.delivered_at IS 'When the handset had it.';
COMMENT ON COLUMN heed.message_state.read_at IS 'When the person opened it (RCS).';
COMMENT ON COLUMN heed.message_state.failed_at IS 'When it first failed.';
COMMENT ON COLUMN heed.message_state.failure_status IS 'AWS''s word for the first failure.';
COMMENT ON COLUMN heed.message_state.failure_reason IS 'AWS''s description of the first failure, its first 200 characters; "(other)" stands for those beyond the most frequent.';
COMMENT ON COLUMN heed.message_state.no_receipt_at IS 'When heed gave up waiting for a last word.';
COMMENT ON COLUMN heed.message_state.parts IS 'Parts (segments).';
COMMENT ON COLUMN heed.message_state.price IS 'AWS''s price. US dollars are assumed.';
COMMENT ON COLUMN heed.message_state.carrier_fee IS 'The carrier''s fee. US dollars are assumed.';
COMMENT ON COLUMN heed.message_state.country IS 'ISO 3166 code of the contact''s country, by AWS.';
COMMENT ON COLUMN heed.message_state.mcc IS 'Mobile country code.';
COMMENT ON COLUMN heed.message_state.mnc IS 'Mobile network code.';
COMMENT ON COLUMN heed.message_state.carrier IS 'The carrier''s name, else its MCC-MNC.';
COMMENT ON COLUMN heed.message_state.encoding IS 'GSM or UNICODE.';
COMMENT ON COLUMN heed.message_state.message_type IS 'TRANSACTIONAL or PROMOTIONAL.';
COMMENT ON COLUMN heed.message_state.outbox_id IS 'The reply of heed that it is. NULL: somebody else sent it.';
COMMENT ON COLUMN heed.message_state.updated_at IS 'When the row last changed.';
COMMENT ON VIEW heed.reply IS 'What heed answered, a row a reply, with the text that it answers. It shows people''s numbers; what was written it does not.';
COMMENT ON COLUMN heed.reply.outbox_id IS 'The reply of heed that it is. NULL: somebody else sent it.';
COMMENT ON COLUMN heed.reply.program IS 'The program, by heed.yaml.';
COMMENT ON COLUMN heed.reply.identity IS 'The number, short code, sender id or agent on our side.';
COMMENT ON COLUMN heed.reply.contact IS 'The person''s phone number, E.164.';
COMMENT ON COLUMN heed.reply.purpose IS 'What it answers: opt_out, opt_in, help, keyword, unmatched and so on.';
COMMENT ON COLUMN heed.reply.rule IS 'The keyword rule by whose words it was decided.';
COMMENT ON COLUMN heed.reply.state IS 'planned, claimed, done, failed, expired, unknown or lost.';
COMMENT ON COLUMN heed.reply.error IS 'Why it was not sent, by name.';
COMMENT ON COLUMN heed.reply.attempts IS 'How often it was tried.';
COMMENT ON COLUMN heed.reply.said_at IS 'When the person said what it answers.';
COMMENT ON COLUMN heed.reply.created_at IS 'When it was planned.';
COMMENT ON COLUMN heed.reply.settled_at IS 'When its state became the last.';
COMMENT ON COLUMN heed.reply.expires_at IS 'When it is no longer sent.';
COMMENT ON COLUMN heed.reply.message_id IS 'AWS''s id of the message.';
COMMENT ON COLUMN heed.reply.inbound_message_id IS 'AWS''s id of the text that it answers.';
COMMENT ON COLUMN heed.reply.inbound_variant IS 'And its variant: sms, or a kind of RCS message.';

-- Who may what. Functions are everybody's unless that is taken back. can_send and can_send_at stay so: senders call
-- them, and whoever has no USAGE on the schema reaches nothing of it.
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_reader') THEN
        CREATE ROLE heed_reader NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'heed: role heed_reader was not made (no right to make roles)';
END
$$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE
    own  regprocedure;
    role text;
BEGIN
    FOR own IN
        SELECT p.oid FROM pg_proc p
        WHERE p.pronamespace = 'heed'::regnamespace AND p.proname NOT IN ('can_send', 'can_send_at') AND has_function_privilege('public', p.oid, 'EXECUTE')
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', own);
        -- Who works on the tables calls them by name, or through what stands on the tables.
        FOREACH role IN ARRAY '{heed_worker,heed_retention}'::text[] LOOP
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', own, role);
            END IF;
        END LOOP;
    END LOOP;
    FOREACH role IN ARRAY '{heed_reader,heed_worker}'::text[] LOOP
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('GRANT USAGE ON SCHEMA heed TO %I', role);
            EXECUTE format('GRANT SELECT ON heed.delivery_daily, heed.failures_daily, heed.latency_daily, heed.inbound_mix, heed.data_health, heed.message_state, heed.reply TO %I', role);
            EXECUTE format('GRANT EXECUTE ON FUNCTION heed.report_delivery, heed.report_cost, heed.report_failures, heed.report_latency, heed.report_unicode,'
                           ' heed.report_optouts, heed.report_inbound, heed.report_health, heed.report_state, heed.can_send, heed.can_send_at TO %I', role);
        END IF;
    END LOOP;
END
$$;
-- +goose StatementEnd
