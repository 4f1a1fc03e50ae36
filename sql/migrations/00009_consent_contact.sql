-- +goose NO TRANSACTION
-- +goose Up
-- All that heed.can_send asks of the register stands in the index: no row is read.
DROP INDEX CONCURRENTLY IF EXISTS heed.consent_contact;
CREATE INDEX CONCURRENTLY consent_contact ON heed.consent (contact) INCLUDE (program, state, since, event_id);
DROP INDEX CONCURRENTLY IF EXISTS heed.consent_by_contact;
