-- +goose NO TRANSACTION
-- +goose Up
-- A reply is found by the id that AWS gave it, also while no event of it has come. The index is made beside the writers.
DROP INDEX CONCURRENTLY IF EXISTS heed.outbox_message;
CREATE INDEX CONCURRENTLY outbox_message ON heed.outbox (aws_message_id) WHERE kind = 'reply';
