-- +goose Up
-- What reports ask of a message and its events do not say in so many words.
ALTER TABLE heed.message
    -- Keys of the sender's Context, by the names that heed.yaml gives them (reports.context).
    ADD COLUMN campaign      text COLLATE "C",
    ADD COLUMN tenant        text COLLATE "C",
    ADD COLUMN template      text COLLATE "C",
    ADD COLUMN outbox_id     uuid,
    ADD COLUMN no_receipt_at timestamptz;
COMMENT ON COLUMN heed.message.is_final IS 'No further word is expected: AWS said so of an event, or AWS said nothing for 72 hours and a margin.';
COMMENT ON COLUMN heed.message.campaign IS 'From the sender''s Context, under the key that heed.yaml names (reports.context). So are tenant and template.';
COMMENT ON COLUMN heed.message.outbox_id IS 'The reply of heed that this is (heed.outbox.id). NULL: somebody else sent it.';
COMMENT ON COLUMN heed.message.no_receipt_at IS 'When heed gave up waiting for a last word. It stays where one came late after all.';

CREATE TYPE heed.message_row_2 AS (
    message_id     text,
    requested_at   timestamptz,
    status_rank    smallint,
    status         text,
    status_at      timestamptz,
    aws_status     text,
    event_type     text,
    contact        text,
    identity       text,
    program        text,
    is_final       boolean,
    accepted_at    timestamptz,
    delivered_at   timestamptz,
    read_at        timestamptz,
    failed_at      timestamptz,
    failure_status text,
    failure_reason text,
    parts          integer,
    price          text,
    carrier_fee    text,
    country        text,
    mcc            text,
    mnc            text,
    carrier        text,
    encoding       text,
    message_type   text,
    context        jsonb,
    campaign       text,
    tenant         text,
    template       text,
    outbox_id      text
);

-- What the words of a message's state come to. internal/sms owns the words; a test holds the two together.
CREATE TABLE heed.delivery_status (
    status      text COLLATE "C" PRIMARY KEY,
    outcome     text COLLATE "C" NOT NULL CHECK (outcome IN ('open', 'succeeded', 'failed', 'unknown')),
    description text NOT NULL
);
COMMENT ON TABLE heed.delivery_status IS 'The words of heed.message.status, and what each comes to.';
INSERT INTO heed.delivery_status (status, outcome, description) VALUES
    ('queued',        'open',      'AWS has it.'),
    ('sent',          'open',      'AWS sent it on.'),
    ('accepted',      'succeeded', 'A carrier took it. On short codes no further word comes; of the handset it says nothing.'),
    ('delivered',     'succeeded', 'The handset has it.'),
    ('read',          'succeeded', 'The person opened it (RCS).'),
    ('expired',       'failed',    'Its time to live ran out first.'),
    ('undeliverable', 'failed',    'The handset or the carrier could not be reached, or refused it.'),
    ('blocked',       'failed',    'A carrier, the handset, a spam filter or a protect configuration blocked it.'),
    ('invalid',       'failed',    'The number or the message is not valid.'),
    ('refused',       'failed',    'AWS refused the send. Nothing went out, nothing was charged, no event ever comes.'),
    ('unknown',       'unknown',   'AWS never learned what became of it, or used a word that heed does not know.'),
    ('no_receipt',    'unknown',   'AWS said nothing for 72 hours and a margin. A late word still upgrades it.');
