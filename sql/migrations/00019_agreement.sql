-- +goose Up
-- The relay tries what AWS refused again for 30 days. A removal that AWS held back for its own 30 days has them before it
-- still.
ALTER TABLE heed.outbox ADD COLUMN tried_since timestamptz;
COMMENT ON COLUMN heed.outbox.tried_since IS 'sync_optout that AWS held back for its 30 days: when it was taken up again. NULL: it has been tried since it was planned.';

-- Who agrees is said a slice at a time, behind the comparison and before the end of the pass. after counts anew there. The
-- column names the pass, as functions that do not know it would not clear it for the next one.
ALTER TABLE heed.reconcile ADD COLUMN compared timestamptz;
COMMENT ON COLUMN heed.reconcile.compared IS 'started_at of the pass that has compared everybody: what is left of it is to say who agrees.';
