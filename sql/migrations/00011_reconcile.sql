-- +goose Up
-- What a sync_optout made of AWS's list. Who finds a number on a list later can tell whether heed put it there, or
-- somebody else did (internal/reconcile).
ALTER TABLE heed.outbox ADD COLUMN did text COLLATE "C" CHECK (did IN ('listed', 'not_listed', 'left_alone'));
COMMENT ON COLUMN heed.outbox.did IS 'sync_optout that is done: what heed told AWS''s list. NULL before there was the column, and where another action of the moment did it.';

-- A dry run keeps its place beside the pass that counts.
ALTER TABLE heed.reconcile
    ADD COLUMN dry_run boolean NOT NULL DEFAULT false,
    -- NULL while AWS's pages are read; then the last contact of the register that was looked at.
    ADD COLUMN after text COLLATE "C",
    DROP CONSTRAINT reconcile_pkey,
    ADD PRIMARY KEY (list, dry_run);
COMMENT ON COLUMN heed.reconcile.counts IS 'How many numbers met each decision (docs/reconcile.md).';

-- A pass lives through a crash of the database: what it saw is as durable as how far it came.
ALTER TABLE heed.reconcile_seen
    SET LOGGED,
    ADD COLUMN dry_run boolean NOT NULL DEFAULT false,
    DROP COLUMN opted_out_at,
    DROP COLUMN end_user_opted_out;
ALTER TABLE heed.reconcile_seen
    DROP CONSTRAINT IF EXISTS reconcile_seen_pkey,
    ADD PRIMARY KEY (list, dry_run, contact);
COMMENT ON TABLE heed.reconcile_seen IS 'The numbers that the pass which runs has seen at AWS. Emptied when it ends.';
