-- +goose Up
-- Columns that hold ids, words of a vocabulary and numbers are collated "C": they are compared byte by byte, in Go
-- and here alike, and no operating system's locale can change an index or a merge.

-- +goose StatementBegin
DO $$
BEGIN
    -- The one role that may remove what is otherwise append-only. It cannot log in: retention takes it on with
    -- SET ROLE. Roles belong to the server, not the database, so another migration may be making it just now.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_retention') THEN
        CREATE ROLE heed_retention NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'heed: role heed_retention was not made (no right to make roles): nothing can remove consent events';
END
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION heed.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- current_user, not pg_has_role: a superuser is a member of every role.
    IF current_user = 'heed_retention' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'heed.% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Record a new row instead. Only the role heed_retention may remove rows.';
END
$$;
-- +goose StatementEnd

CREATE TABLE heed.ruleset (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document   text        NOT NULL,
    sha256     text        NOT NULL,
    -- What SQL needs to know of the document: scope, and per program requireOptIn. Kept small, it is read on every
    -- heed.can_send.
    settings   jsonb       NOT NULL DEFAULT '{}',
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text        NOT NULL DEFAULT current_user
);
COMMENT ON TABLE heed.ruleset IS 'Every version of heed.yaml that was ever applied. The newest is in force. Append-only.';
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON heed.ruleset
    FOR EACH ROW EXECUTE FUNCTION heed.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON heed.ruleset
    FOR EACH STATEMENT EXECUTE FUNCTION heed.refuse_change();

CREATE TABLE heed.inbound (
    identity            text COLLATE "C" NOT NULL,
    inbound_message_id  text COLLATE "C" NOT NULL,
    variant             text COLLATE "C" NOT NULL,
    contact             text COLLATE "C" NOT NULL,
    program             text COLLATE "C" NOT NULL,
    body                text NOT NULL,
    verdict             text COLLATE "C" NOT NULL,
    reason              text COLLATE "C" NOT NULL,
    matched             text NOT NULL DEFAULT '',
    rule                text,
    args                jsonb,
    -- Operator's rules in observe mode that would have matched.
    observed            jsonb,
    ruleset_version     bigint NOT NULL,
    said_at             timestamptz NOT NULL,
    received_at         timestamptz NOT NULL,
    previous_message_id text COLLATE "C",
    aws_keyword         text,
    -- The payload as it came, as text: jsonb would refuse the lone surrogates that handsets send.
    raw                 text NOT NULL,
    PRIMARY KEY (identity, inbound_message_id, variant)
);
COMMENT ON TABLE heed.inbound IS 'Every text of a person, with what heed took it to mean, why, and by which ruleset.';
CREATE INDEX inbound_contact ON heed.inbound (contact, said_at);

CREATE TABLE heed.consent_event (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    program            text COLLATE "C" NOT NULL,
    contact            text COLLATE "C" NOT NULL,
    state              text COLLATE "C" NOT NULL CHECK (state IN ('opted_in', 'opted_out', 'held')),
    said_at            timestamptz NOT NULL,
    source             text COLLATE "C" NOT NULL CHECK (source IN
        ('keyword', 'natural_language', 'operator', 'import', 'aws', 'send_refused', 'api', 'review')),
    inbound_message_id text COLLATE "C",
    evidence           jsonb NOT NULL DEFAULT '{}',
    actor              text,
    recorded_at        timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE heed.consent_event IS 'Every change of consent with its evidence. Append-only: the database refuses update and delete.';
CREATE INDEX consent_event_contact ON heed.consent_event (contact, program, said_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON heed.consent_event
    FOR EACH ROW EXECUTE FUNCTION heed.refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON heed.consent_event
    FOR EACH STATEMENT EXECUTE FUNCTION heed.refuse_change();

CREATE TABLE heed.consent (
    program          text COLLATE "C" NOT NULL,
    contact          text COLLATE "C" NOT NULL,
    state            text COLLATE "C" NOT NULL CHECK (state IN ('opted_in', 'opted_out', 'held')),
    since            timestamptz NOT NULL,
    event_id         bigint,
    -- The register itself: the latest time at which the person said each. state and since follow from these three,
    -- and each only ever grows, so texts may come in any order (docs/adr/0004).
    opted_in_at      timestamptz,
    opted_out_at     timestamptz,
    held_at          timestamptz,
    aws_state        text COLLATE "C" NOT NULL DEFAULT 'in_sync' CHECK (aws_state IN ('in_sync', 'pending', 'locked')),
    aws_locked_until timestamptz,
    PRIMARY KEY (program, contact)
);
COMMENT ON TABLE heed.consent IS 'The register: what each person last said, per program. No row: nothing is known.';
CREATE INDEX consent_by_contact ON heed.consent (contact) INCLUDE (program, state);

CREATE TABLE heed.outbox (
    id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    chain          text COLLATE "C" NOT NULL,
    seq            integer NOT NULL,
    kind           text COLLATE "C" NOT NULL CHECK (kind IN ('reply', 'sync_optout', 'publish', 'feedback')),
    program        text COLLATE "C" NOT NULL,
    contact        text COLLATE "C" NOT NULL,
    identity       text COLLATE "C" NOT NULL,
    -- sync_optout: the AWS opt-out list that has to agree.
    opt_out_list   text COLLATE "C",
    -- reply: what it answers (opt_out, opt_in, help, keyword, unmatched) and the text that goes out.
    purpose        text COLLATE "C",
    rule           text,
    body           text,
    state          text COLLATE "C" NOT NULL DEFAULT 'planned' CHECK (state IN
        ('planned', 'claimed', 'done', 'failed', 'expired', 'unknown', 'lost')),
    attempts       integer NOT NULL DEFAULT 0,
    not_before     timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz,
    claimed_until  timestamptz,
    -- One claim at a time may speak to AWS for a number on a list: the first row of the claim carries the flag, the
    -- unique index below is what refuses a second worker.
    lead           boolean NOT NULL DEFAULT false,
    aws_message_id text COLLATE "C",
    error          text,
    -- When the person said what this answers: their texts are answered in that order.
    said_at        timestamptz NOT NULL DEFAULT now(),
    created_at     timestamptz NOT NULL DEFAULT now(),
    settled_at     timestamptz,
    UNIQUE (chain, seq)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
COMMENT ON TABLE heed.outbox IS 'What heed promised to the outside world: replies, opt-out list changes. Kept with its outcome.';
CREATE INDEX outbox_open ON heed.outbox (not_before) WHERE state IN ('planned', 'claimed');
CREATE INDEX outbox_unknown ON heed.outbox (created_at) WHERE state = 'unknown';
CREATE INDEX outbox_contact ON heed.outbox (contact, created_at);
CREATE UNIQUE INDEX outbox_one_sync ON heed.outbox (opt_out_list, contact)
    WHERE state = 'claimed' AND lead AND kind = 'sync_optout';

CREATE TABLE heed.delivery_event (
    message_id       text COLLATE "C" NOT NULL,
    event_type       text COLLATE "C" NOT NULL,
    occurred_at      timestamptz NOT NULL,
    requested_at     timestamptz NOT NULL,
    aws_status       text COLLATE "C" NOT NULL,
    status           text COLLATE "C" NOT NULL,
    is_final         boolean NOT NULL,
    contact          text COLLATE "C",
    identity         text COLLATE "C",
    country          text COLLATE "C",
    mcc              text COLLATE "C",
    mnc              text COLLATE "C",
    carrier          text COLLATE "C",
    encoding         text COLLATE "C",
    message_type     text COLLATE "C",
    description      text COLLATE "C",
    parts            integer,
    price            numeric,
    carrier_fee      numeric,
    is_international boolean,
    context          jsonb,
    extra            jsonb,
    received_at      timestamptz NOT NULL,
    PRIMARY KEY (message_id, event_type, occurred_at)
) PARTITION BY RANGE (occurred_at);
COMMENT ON TABLE heed.delivery_event IS 'Every delivery event of AWS, once. What has no column is in extra.';
COMMENT ON COLUMN heed.delivery_event.price IS 'totalMessagePrice as AWS wrote it. US dollars are assumed: AWS''s prose and samples disagree.';

CREATE TABLE heed.message (
    message_id     text COLLATE "C" NOT NULL,
    requested_at   timestamptz NOT NULL,
    contact        text COLLATE "C",
    identity       text COLLATE "C",
    program        text COLLATE "C",
    status         text COLLATE "C" NOT NULL,
    status_rank    smallint NOT NULL,
    status_at      timestamptz NOT NULL,
    aws_status     text COLLATE "C" NOT NULL,
    event_type     text COLLATE "C" NOT NULL,
    is_final       boolean NOT NULL,
    accepted_at    timestamptz,
    delivered_at   timestamptz,
    read_at        timestamptz,
    failed_at      timestamptz,
    failure_status text COLLATE "C",
    failure_reason text COLLATE "C",
    parts          integer,
    price          numeric,
    carrier_fee    numeric,
    country        text COLLATE "C",
    mcc            text COLLATE "C",
    mnc            text COLLATE "C",
    carrier        text COLLATE "C",
    encoding       text COLLATE "C",
    message_type   text COLLATE "C",
    context        jsonb,
    updated_at     timestamptz NOT NULL,
    PRIMARY KEY (message_id, requested_at)
) PARTITION BY RANGE (requested_at);
COMMENT ON TABLE heed.message IS 'One row an outbound message: the join of all its delivery events, whatever their order.';
COMMENT ON COLUMN heed.message.accepted_at IS 'When a carrier took it. Says nothing of the handset.';
COMMENT ON COLUMN heed.message.delivered_at IS 'When the handset had it.';
COMMENT ON COLUMN heed.message.failure_reason IS 'Of the first failure. Later events never erase it.';
CREATE INDEX message_contact ON heed.message (contact, requested_at);

CREATE TABLE heed.parked (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      text COLLATE "C" NOT NULL,
    source_id   text COLLATE "C" NOT NULL,
    reason      text COLLATE "C" NOT NULL,
    error       text NOT NULL DEFAULT '',
    body        text NOT NULL,
    -- utf8: body is the input itself. base64: the input was not text.
    encoding    text COLLATE "C" NOT NULL DEFAULT 'utf8' CHECK (encoding IN ('utf8', 'base64')),
    parked_at   timestamptz NOT NULL,
    replayed_at timestamptz,
    UNIQUE (source, source_id)
);
COMMENT ON TABLE heed.parked IS 'Inputs that can never succeed as they are, kept whole with the reason.';
