-- +goose Up

-- The rows that the events worker hands over, as one parameter a table (internal/store/rows.go). A change of columns
-- makes new types beside these: the release before still writes them while the schema is brought up to date.
CREATE TYPE heed.event_row_1 AS (
    message_id       text,
    event_type       text,
    occurred_at      timestamptz,
    requested_at     timestamptz,
    aws_status       text,
    status           text,
    is_final         boolean,
    contact          text,
    identity         text,
    country          text,
    mcc              text,
    mnc              text,
    carrier          text,
    encoding         text,
    message_type     text,
    description      text,
    parts            integer,
    price            text,
    carrier_fee      text,
    is_international text,
    context          jsonb,
    extra            jsonb
);

CREATE TYPE heed.message_row_1 AS (
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
    context        jsonb
);
