-- +goose NO TRANSACTION
-- +goose Up
-- Words to the application: changes of consent and texts that are forwarded, as events on a bus (docs/events).

-- What changed before somebody wanted to hear of it is history, and is not published.
CREATE TABLE IF NOT EXISTS heed.publishing (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    since  timestamptz NOT NULL
);
COMMENT ON TABLE heed.publishing IS 'Since when changes of consent are published: when the first function started that knew a bus.';
COMMENT ON COLUMN heed.consent_chain.published IS 'Up to which event of the program the outbox has words to the application; NULL before anybody looked.';
COMMENT ON COLUMN heed.outbox.body IS 'What the action carries: a reply''s text, the id of the message that feedback is about, the detail of an event until it is published.';
COMMENT ON COLUMN heed.outbox.aws_message_id IS 'AWS''s id: of the message that a reply became, of the message that feedback was about, of the event on the bus.';

-- The words that wait. Their number bounds how many more the ledger gives out at a time.
DROP INDEX CONCURRENTLY IF EXISTS heed.outbox_words;
CREATE INDEX CONCURRENTLY outbox_words ON heed.outbox (not_before) WHERE kind = 'publish' AND state IN ('planned', 'claimed');

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION heed.consent_words(e heed.consent_event) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
    -- Only what the row says, so that whoever asks, and whenever, is told the same.
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'version', 1,
        'id', 'consent/' || e.program || '/' || e.seq,
        'program', e.program,
        'contact', e.contact,
        'state', e.state,
        'said_at', to_char(e.said_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'recorded_at', to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'source', e.source,
        'actor', nullif(e.actor, ''),
        'reason', nullif(e.evidence ->> 'reason', ''),
        'matched', nullif(e.evidence ->> 'matched', ''),
        'text', nullif(e.evidence ->> 'text', ''),
        'inbound_message_id', nullif(e.inbound_message_id, ''),
        'consent_event_id', e.id,
        'of_event', e.of_event,
        'seq', e.seq,
        'hash', encode(e.hash, 'hex')))
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION heed.consent_words(heed.consent_event) IS 'What the application is told of a change of consent: docs/events/consent-changed.schema.json.';

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'heed_worker') THEN
        GRANT SELECT, INSERT ON heed.publishing TO heed_worker;
    END IF;
END
$$;
-- +goose StatementEnd
