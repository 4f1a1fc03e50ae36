-- +goose NO TRANSACTION
-- +goose Up
-- Who was asked whether they meant to stop, and has not answered: the relay looks each minute.
DROP INDEX CONCURRENTLY IF EXISTS heed.consent_held;
CREATE INDEX CONCURRENTLY consent_held ON heed.consent (program, held_at) WHERE state = 'held';
