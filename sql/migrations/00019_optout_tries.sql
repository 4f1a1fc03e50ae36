-- +goose Up
-- The relay tries what AWS refused again for 30 days. A removal that AWS held back for its own 30 days has them before it
-- still.
ALTER TABLE heed.outbox ADD COLUMN tried_since timestamptz;
COMMENT ON COLUMN heed.outbox.tried_since IS 'sync_optout that AWS held back for its 30 days: when it was taken up again. NULL: it has been tried since it was planned.';
