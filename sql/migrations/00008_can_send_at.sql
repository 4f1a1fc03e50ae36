-- +goose Up
-- These are PL/pgSQL because it keeps the plans of its statements for the session: an SQL function is planned anew at
-- each call, which takes ten times as long as the answer. One plan for all: planning for each number anew takes longer
-- than looking it up.

-- +goose StatementBegin
CREATE FUNCTION heed.contact_of(written text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    -- However a number is written, it is one contact, as at intake (sms.ParsePhone).
DECLARE
    trimmed text;
    digits  text;
BEGIN
    IF written ~ '^\+[0-9]{7,}$' THEN
        RETURN written;
    END IF;
    trimmed := regexp_replace(written, '^[\s\u00a0]+|[\s\u00a0]+$', '', 'g');
    IF trimmed ~ '^\+?[0-9 \u00a0.()-]*[0-9][0-9 \u00a0.()-]*$' THEN
        digits := regexp_replace(written, '[^0-9]', '', 'g');
        RETURN CASE WHEN left(trimmed, 1) = '+' OR length(digits) >= 7 THEN '+' || digits ELSE digits END;
    END IF;
    RETURN trimmed;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.contact_of(text) IS 'A phone number in the form that all tables of heed use.';

-- +goose StatementBegin
CREATE FUNCTION heed.is_contact(written text, contact text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A number with its country, or a short code. Ten digits without a plus mostly lack their country: what is known of
    -- the person would not be found under them. What is copied from a contact list may hold signs that nobody sees.
    SELECT $2 ~ '^\+[1-9][0-9]{6,18}$' AND (strpos($1, '+') > 0 OR length($2) > 11) OR $2 ~ '^[0-9]{1,6}$'
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.sending(contact text, program text, settings jsonb, states text[], programs text[], sinces timestamptz[], events bigint[], suspended timestamptz,
    OUT allowed boolean, OUT reason text, OUT since timestamptz, OUT event_id bigint)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    -- The rule itself, of what is known of a contact: what was said, in every program. Of one program there may be
    -- several rows: what was said last counts, of one moment the stricter; a hold never weakens an opt-out.
DECLARE
    out_at   timestamptz; out_event   bigint;
    in_at    timestamptz; in_event    bigint;
    held_at  timestamptz; held_event  bigint;
    other    record;
BEGIN
    IF contact IS NULL OR program IS NULL THEN
        allowed := false;
        reason := 'contact_or_program_missing';
        RETURN;
    END IF;
    FOR i IN 1 .. coalesce(cardinality(states), 0) LOOP
        CONTINUE WHEN programs[i] <> program;
        IF states[i] = 'opted_out' AND (out_at IS NULL OR sinces[i] > out_at) THEN
            out_at := sinces[i];
            out_event := events[i];
        ELSIF states[i] = 'opted_in' AND (in_at IS NULL OR sinces[i] > in_at) THEN
            in_at := sinces[i];
            in_event := events[i];
        ELSIF states[i] = 'held' AND (held_at IS NULL OR sinces[i] > held_at) THEN
            held_at := sinces[i];
            held_event := events[i];
        END IF;
    END LOOP;
    IF out_at >= coalesce(in_at, '-infinity') THEN
        reason := 'opted_out';
        since := out_at;
        event_id := out_event;
    ELSIF 'opted_out' = ANY (states) AND settings ->> 'scope' = 'sender' THEN
        -- One STOP stops all: the latest opt-out that stands in another program.
        SELECT max(k.since) FILTER (WHERE k.state = 'opted_out') AS out_at,
               (array_agg(k.event_id ORDER BY k.since DESC, k.event_id) FILTER (WHERE k.state = 'opted_out'))[1] AS out_event
        INTO other
        FROM unnest(states, programs, sinces, events) AS k (state, program, since, event_id)
        WHERE k.program <> $2
        GROUP BY k.program
        HAVING max(k.since) FILTER (WHERE k.state = 'opted_out') >= coalesce(max(k.since) FILTER (WHERE k.state = 'opted_in'), '-infinity')
        ORDER BY 1 DESC LIMIT 1;
        IF FOUND THEN
            reason := 'opted_out_elsewhere';
            since := other.out_at;
            event_id := other.out_event;
        END IF;
    END IF;
    IF reason IS NULL THEN
        IF held_at >= coalesce(in_at, '-infinity') THEN
            reason := 'held';
            since := held_at;
            event_id := held_event;
        ELSIF suspended IS NOT NULL THEN
            reason := 'invalid_number';
            since := suspended;
        ELSIF in_at IS NOT NULL THEN
            reason := 'opted_in';
            since := in_at;
            event_id := in_event;
        ELSIF coalesce((settings -> 'programs' -> program ->> 'requireOptIn')::boolean, false) THEN
            reason := 'opt_in_required';
        ELSE
            reason := 'no_record';
        END IF;
    END IF;
    IF reason IN ('opted_in', 'no_record') AND NOT heed.is_contact(contact, heed.contact_of(contact)) THEN
        reason := 'not_a_number';
    END IF;
    allowed := reason IN ('opted_in', 'no_record');
END
$$;
-- +goose StatementEnd

DROP FUNCTION heed.can_send(text, text);
-- +goose StatementBegin
CREATE FUNCTION heed.can_send(contact text, program text, OUT allowed boolean, OUT reason text, OUT since timestamptz, OUT event_id bigint)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
    -- One row, always. Who asks needs no right on the tables. The scope is applied here, when it is read: flipping it back loses nothing.
DECLARE
    who      text := heed.contact_of($1);
    forgot   text;
    settings jsonb;
    states   text[];
    programs text[];
    sinces   timestamptz[];
    events   bigint[];
    halted   timestamptz;
    answer   record;
BEGIN
    -- heed.pseudonym, without the cost of a call.
    SELECT '#' || encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(who, 'UTF8'))), 'hex') INTO forgot FROM heed.pseudonym_key k;
    SELECT r.settings INTO settings FROM heed.ruleset r ORDER BY r.version DESC LIMIT 1;
    SELECT array_agg(c.state), array_agg(c.program), array_agg(c.since), array_agg(c.event_id) INTO states, programs, sinces, events
    FROM heed.consent c WHERE c.contact IN (who, forgot);
    IF forgot IS NOT NULL AND cardinality(programs) > 1 THEN
        -- Forgotten, and back: two rows of a program. What one says alone may not be what both come to (a hold behind an
        -- opt-out that is older than an opt-in), so all that was said is looked at.
        SELECT array_agg(t.state), array_agg(c.program), array_agg(t.since), array_agg(CASE WHEN (t.state, t.since) = (c.state, c.since) THEN c.event_id END)
        INTO states, programs, sinces, events
        FROM heed.consent c CROSS JOIN LATERAL (VALUES
            ('opted_in', coalesce(c.opted_in_at, CASE WHEN c.state = 'opted_in' THEN c.since END)),
            ('opted_out', coalesce(c.opted_out_at, CASE WHEN c.state = 'opted_out' THEN c.since END)),
            ('held', coalesce(c.held_at, CASE WHEN c.state = 'held' THEN c.since END))) t (state, since)
        WHERE c.contact IN (who, forgot) AND t.since IS NOT NULL;
    END IF;
    SELECT min(u.since) INTO halted FROM heed.suspension u WHERE u.contact = who AND u.lifted_at IS NULL;
    answer := heed.sending($1, $2, settings, states, programs, sinces, events, halted);
    allowed := answer.allowed;
    reason := answer.reason;
    since := answer.since;
    event_id := answer.event_id;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.can_send(text, text) IS
    'May this contact be texted for this program? reason is opted_in, no_record, opted_out, opted_out_elsewhere (scope: sender), held, invalid_number, opt_in_required, not_a_number (nothing is known under it, and nothing can be) or contact_or_program_missing. since and event_id name the consent event behind it.';

-- +goose StatementBegin
CREATE FUNCTION heed.can_send_at(contact text, program text, at timestamptz, known_at timestamptz DEFAULT NULL,
    OUT allowed boolean, OUT reason text, OUT since timestamptz, OUT event_id bigint)
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
    -- By what the person had said by then; with known_at, by as much of it as heed had recorded by that time. The rules
    -- are those that were in force.
DECLARE
    who      text := heed.contact_of($1);
    forgot   text := heed.pseudonym(who);
    settings jsonb;
    states   text[];
    programs text[];
    sinces   timestamptz[];
    events   bigint[];
    halted   timestamptz;
    answer   record;
BEGIN
    SELECT r.settings INTO settings FROM heed.ruleset r WHERE r.applied_at <= $3 ORDER BY r.version DESC LIMIT 1;
    WITH event AS (
        SELECT e.id, e.program, e.state, e.said_at, e.of_event
        FROM heed.consent_event e
        WHERE e.contact IN (who, forgot) AND e.said_at <= $3 AND ($4 IS NULL OR e.recorded_at <= $4)
    ), decision AS (
        SELECT DISTINCT ON (d.of_event) d.of_event, d.state, d.id FROM event d WHERE d.of_event IS NOT NULL ORDER BY d.of_event, d.id DESC
    ), effective AS (
        SELECT e.program, coalesce(d.state, e.state) AS state, e.said_at, coalesce(d.id, e.id) AS id
        FROM event e LEFT JOIN decision d ON d.of_event = e.id WHERE e.of_event IS NULL
    )
    SELECT array_agg(f.state ORDER BY f.id), array_agg(f.program ORDER BY f.id), array_agg(f.said_at ORDER BY f.id), array_agg(f.id ORDER BY f.id)
    INTO states, programs, sinces, events FROM effective f WHERE f.state <> 'released';
    SELECT min(u.since) INTO halted FROM heed.suspension u
    WHERE u.contact = who AND u.since <= $3 AND (u.lifted_at IS NULL OR u.lifted_at > $3);
    answer := heed.sending($1, CASE WHEN $3 IS NOT NULL THEN $2 END, settings, states, programs, sinces, events, halted);
    allowed := answer.allowed;
    reason := answer.reason;
    since := answer.since;
    event_id := answer.event_id;
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.can_send_at(text, text, timestamptz, timestamptz) IS
    'What heed.can_send would have said at that moment, by what the person had said by then. With known_at: by what heed had recorded of it at that time.';
