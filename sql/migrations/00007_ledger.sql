-- +goose Up
-- The ledger that proves itself: each consent event carries the fingerprint of the one before it in its program, so an
-- edit or a gap shows (docs/consent.md, ADR 11). internal/ledger walks the chain with code of its own.

-- A decision of the review queue names the held event that it decides. released: the hold is taken back, as if the
-- person had not said it.
ALTER TABLE heed.consent_event
    DROP CONSTRAINT consent_event_state_check,
    ADD CONSTRAINT consent_event_state_check CHECK (state IN ('opted_in', 'opted_out', 'held') OR state = 'released' AND of_event IS NOT NULL),
    ADD COLUMN of_event     bigint,
    -- The place in the chain of its program, from 1 on.
    ADD COLUMN seq          bigint,
    -- What makes the fingerprint of the private part impossible to guess. It goes when the person is forgotten.
    ADD COLUMN salt         uuid DEFAULT gen_random_uuid(),
    -- The fingerprint of what is private, and of the whole with all that stands before it.
    ADD COLUMN sealed       bytea,
    ADD COLUMN hash         bytea,
    ADD COLUMN forgotten_at timestamptz;
COMMENT ON COLUMN heed.consent_event.of_event IS 'The held event that this one decides (source review, or silence); the last decision counts.';
COMMENT ON COLUMN heed.consent_event.hash IS 'sha256 of the hash before it in its program, the public part and sealed.';
COMMENT ON COLUMN heed.consent_event.sealed IS 'sha256 of salt, contact, inbound_message_id, actor and evidence: still there when these are forgotten.';
COMMENT ON COLUMN heed.consent_event.forgotten_at IS 'When the person was forgotten: contact is a keyed hash since, evidence is empty.';

-- The head of each program's chain. Its row is the lock that puts the events of a program in one order.
CREATE TABLE heed.consent_chain (
    program   text COLLATE "C" PRIMARY KEY,
    seq       bigint NOT NULL,
    hash      bytea  NOT NULL,
    -- Up to which event words to the application are planned; NULL before anything ever was.
    published bigint
) WITH (fillfactor = 10);
COMMENT ON TABLE heed.consent_chain IS 'The newest link of each program''s chain of consent events.';

-- +goose StatementBegin
CREATE FUNCTION heed.netstring(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A text that cannot run into its neighbours.
    SELECT CASE WHEN t IS NULL THEN '-' ELSE octet_length(t)::text || ':' || t END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.consent_sealed(salt uuid, contact text, inbound_message_id text, actor text, evidence jsonb) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to('heed1|' || salt::text || '|' || heed.netstring(contact) || '|' || heed.netstring(inbound_message_id)
        || '|' || heed.netstring(actor) || '|' || evidence::text, 'UTF8'))
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.consent_public(id bigint, seq bigint, program text, state text, said_at timestamptz, recorded_at timestamptz,
    source text, of_event bigint) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- Times in microseconds since 1970.
    SELECT convert_to('heed1|' || id::text || '|' || seq::text || '|' || heed.netstring(program) || '|' || state
        || '|' || ((extract(epoch FROM said_at) * 1000000)::bigint)::text || '|' || ((extract(epoch FROM recorded_at) * 1000000)::bigint)::text
        || '|' || source || '|' || coalesce(of_event::text, '-') || '|', 'UTF8')
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.link_consent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head heed.consent_chain;
BEGIN
    -- Who brings a million rows links them in one statement (internal/store/import.go).
    SELECT * INTO head FROM heed.consent_chain h WHERE h.program = NEW.program FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO heed.consent_chain (program, seq, hash) VALUES (NEW.program, 0, '') ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM heed.consent_chain h WHERE h.program = NEW.program FOR UPDATE;
    END IF;
    -- What is there already takes no place in the chain. ON CONFLICT would notice only after this trigger, and leave a
    -- gap; here nobody else can add to the chain meanwhile, and what was added while the lock was waited for is seen.
    IF NEW.of_event IS NULL AND EXISTS (
        SELECT FROM heed.consent_event e
        WHERE e.contact = NEW.contact AND e.program = NEW.program AND e.said_at = NEW.said_at AND e.state = NEW.state AND e.source = NEW.source
          AND coalesce(e.inbound_message_id, '') = coalesce(NEW.inbound_message_id, '') AND e.of_event IS NULL) THEN
        RETURN NULL;
    END IF;
    NEW.seq := head.seq + 1;
    NEW.salt := coalesce(NEW.salt, gen_random_uuid());
    NEW.sealed := heed.consent_sealed(NEW.salt, NEW.contact, NEW.inbound_message_id, NEW.actor, NEW.evidence);
    NEW.hash := sha256(head.hash || heed.consent_public(NEW.id, NEW.seq, NEW.program, NEW.state, NEW.said_at, NEW.recorded_at,
        NEW.source, NEW.of_event) || NEW.sealed);
    UPDATE heed.consent_chain h SET seq = NEW.seq, hash = NEW.hash WHERE h.program = NEW.program;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

-- What was recorded before there was a chain is linked as it stands, in the order in which it was recorded.
ALTER TABLE heed.consent_event DISABLE TRIGGER append_only;
-- Two rows of one cause were possible; the key below tells them apart from now on.
UPDATE heed.consent_event e SET inbound_message_id = coalesce(e.inbound_message_id, '') || '~' || e.id
WHERE EXISTS (SELECT FROM heed.consent_event twin
              WHERE (twin.contact, twin.program, twin.said_at, twin.state, twin.source) = (e.contact, e.program, e.said_at, e.state, e.source)
                AND twin.inbound_message_id IS NOT DISTINCT FROM e.inbound_message_id AND twin.id < e.id);
-- +goose StatementBegin
DO $$
DECLARE
    e    heed.consent_event;
    head heed.consent_chain;
BEGIN
    FOR e IN SELECT * FROM heed.consent_event ORDER BY program, id LOOP
        IF head.program IS DISTINCT FROM e.program THEN
            head := ROW(e.program, 0, ''::bytea, NULL);
        END IF;
        head.seq := head.seq + 1;
        e.sealed := heed.consent_sealed(e.salt, e.contact, e.inbound_message_id, e.actor, e.evidence);
        head.hash := sha256(head.hash || heed.consent_public(e.id, head.seq, e.program, e.state, e.said_at, e.recorded_at, e.source, e.of_event) || e.sealed);
        UPDATE heed.consent_event SET seq = head.seq, sealed = e.sealed, hash = head.hash WHERE id = e.id;
        INSERT INTO heed.consent_chain (program, seq, hash) VALUES (head.program, head.seq, head.hash)
        ON CONFLICT (program) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;
    END LOOP;
END
$$;
-- +goose StatementEnd
ALTER TABLE heed.consent_event ENABLE TRIGGER append_only;
ALTER TABLE heed.consent_event
    ALTER COLUMN seq SET NOT NULL,
    ALTER COLUMN sealed SET NOT NULL,
    ALTER COLUMN hash SET NOT NULL,
    -- No two events have the same one before them.
    ADD CONSTRAINT consent_event_chain UNIQUE (program, seq);
CREATE TRIGGER link BEFORE INSERT ON heed.consent_event FOR EACH ROW WHEN (NEW.hash IS NULL) EXECUTE FUNCTION heed.link_consent();

-- The same change from the same cause is one event: an import, a list of AWS and a delivery event may be read twice. A
-- decision (of_event) may be taken, taken back and taken again. It is also how a contact's events are found.
DROP INDEX heed.consent_event_contact;
CREATE UNIQUE INDEX consent_event_cause ON heed.consent_event
    (contact, program, said_at, state, source, coalesce(inbound_message_id, ''), (CASE WHEN of_event IS NULL THEN 0 ELSE id END));
CREATE INDEX consent_event_decision ON heed.consent_event (of_event, id) WHERE of_event IS NOT NULL;

-- What the ledger comes to: the register as it has to be. heed consent rebuild compares it with heed.consent.
CREATE VIEW heed.consent_derived AS
WITH decision AS (
    SELECT DISTINCT ON (program, contact, of_event) program, contact, of_event, state
    FROM heed.consent_event WHERE of_event IS NOT NULL
    ORDER BY program, contact, of_event, id DESC
), effective AS (
    SELECT e.program, e.contact, coalesce(d.state, e.state) AS state, e.said_at
    FROM heed.consent_event e LEFT JOIN decision d ON d.of_event = e.id AND d.program = e.program AND d.contact = e.contact
    WHERE e.of_event IS NULL
), times AS (
    SELECT program, contact,
           max(said_at) FILTER (WHERE state = 'opted_in') AS opted_in_at,
           max(said_at) FILTER (WHERE state = 'opted_out') AS opted_out_at,
           max(said_at) FILTER (WHERE state = 'held') AS held_at
    FROM effective GROUP BY program, contact
)
SELECT t.program, t.contact, d.state,
       CASE d.state WHEN 'opted_out' THEN opted_out_at WHEN 'held' THEN held_at ELSE opted_in_at END AS since,
       opted_in_at, opted_out_at, held_at
FROM times t CROSS JOIN LATERAL (SELECT CASE
    WHEN opted_out_at >= coalesce(opted_in_at, '-infinity') THEN 'opted_out'
    WHEN held_at >= coalesce(opted_in_at, '-infinity') THEN 'held'
    WHEN opted_in_at IS NOT NULL THEN 'opted_in' END AS state) d;
COMMENT ON VIEW heed.consent_derived IS 'The register as the ledger says it has to be. state is NULL where every word of the person was taken back.';

-- Numbers that AWS says do not exist: not an opt-out, and not for one program. Nothing is sent to them until it is
-- lifted, by hand or by a sign of life.
CREATE TABLE heed.suspension (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact    text COLLATE "C" NOT NULL,
    reason     text COLLATE "C" NOT NULL,
    since      timestamptz NOT NULL,
    -- The message whose event told it.
    message_id text COLLATE "C" NOT NULL,
    evidence   jsonb NOT NULL DEFAULT '{}',
    lifted_at  timestamptz,
    lifted_by  text,
    checked_at timestamptz,
    UNIQUE (contact, message_id)
);
COMMENT ON TABLE heed.suspension IS 'Contacts whose number is invalid: nothing is sent until lifted_at is set.';
CREATE INDEX suspension_open ON heed.suspension (contact) WHERE lifted_at IS NULL;

-- Whose bodies and messages no retention may remove: a complaint or a suit is pending.
CREATE TABLE heed.legal_hold (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contact   text COLLATE "C" NOT NULL,
    reason    text NOT NULL,
    placed_at timestamptz NOT NULL,
    placed_by text NOT NULL,
    lifted_at timestamptz,
    lifted_by text
);
COMMENT ON TABLE heed.legal_hold IS 'Contacts whose data no retention removes, and why.';
CREATE INDEX legal_hold_open ON heed.legal_hold (contact) WHERE lifted_at IS NULL;

-- How far a pass over an opt-out list of AWS has come, and what the last whole one found.
CREATE TABLE heed.reconcile (
    list        text COLLATE "C" PRIMARY KEY,
    started_at  timestamptz NOT NULL,
    next_token  text,
    pages       integer NOT NULL DEFAULT 0,
    numbers     bigint  NOT NULL DEFAULT 0,
    finished_at timestamptz,
    -- What the pass did and found so far, as JSON.
    counts      jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE heed.reconcile IS 'The pass over each AWS opt-out list that runs, or the last that ended.';
-- The numbers that the pass which runs has seen at AWS.
CREATE UNLOGGED TABLE heed.reconcile_seen (
    list              text COLLATE "C" NOT NULL,
    contact           text COLLATE "C" NOT NULL,
    opted_out_at      timestamptz NOT NULL,
    end_user_opted_out boolean NOT NULL,
    PRIMARY KEY (list, contact)
);

-- The key of the keyed hashes that stand for people who were forgotten, as HMAC's two pads. No role but the owner of
-- the schema reads it.
CREATE TABLE heed.pseudonym_key (
    single    boolean PRIMARY KEY DEFAULT true CHECK (single),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);
-- +goose StatementBegin
CREATE FUNCTION heed.pseudonym(contact text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- HMAC-SHA256 (RFC 2104).
    RETURN (SELECT '#' || encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to($1, 'UTF8'))), 'hex') FROM heed.pseudonym_key k);
END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.pseudonym(text) IS 'What stands for a contact that was forgotten; NULL while nobody ever was.';

-- What the Lambdas need, and no more: GRANT heed_worker TO the role that they log in as.
-- +goose StatementBegin
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_worker') THEN
        CREATE ROLE heed_worker NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'heed: role heed_worker was not made (no right to make roles)';
END
$$;
-- +goose StatementEnd
ALTER FUNCTION heed.make_partitions(date, date) SECURITY DEFINER;
ALTER FUNCTION heed.make_partitions(date, date) SET search_path = pg_catalog, pg_temp;
ALTER FUNCTION heed.drop_partitions(text, date) SECURITY DEFINER;
ALTER FUNCTION heed.drop_partitions(text, date) SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION heed.drop_partitions(text, date) FROM PUBLIC;
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_worker') THEN
        GRANT USAGE ON SCHEMA heed TO heed_worker;
        GRANT SELECT, INSERT ON heed.inbound, heed.consent_event, heed.consent, heed.outbox, heed.delivery_event, heed.message,
            heed.parked, heed.suspension, heed.reconcile, heed.reconcile_seen, heed.consent_chain TO heed_worker;
        GRANT SELECT ON heed.ruleset, heed.legal_hold, heed.consent_derived TO heed_worker;
        GRANT UPDATE ON heed.inbound, heed.consent, heed.outbox, heed.delivery_event, heed.message, heed.parked, heed.suspension,
            heed.reconcile, heed.reconcile_seen, heed.consent_chain TO heed_worker;
        GRANT DELETE ON heed.consent, heed.outbox, heed.parked, heed.reconcile, heed.reconcile_seen TO heed_worker;
        GRANT EXECUTE ON FUNCTION heed.drop_partitions(text, date) TO heed_worker;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA heed TO heed_worker;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_retention') THEN
        GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA heed TO heed_retention;
        REVOKE ALL ON heed.pseudonym_key FROM heed_retention;
        GRANT INSERT ON heed.consent TO heed_retention;
    END IF;
END
$$;
-- +goose StatementEnd
