-- +goose NO TRANSACTION
-- +goose Up
-- All texts in the order in which people spoke, for heed reclassify: without it each page of a replay sorts the whole
-- table. The key behind the time keeps a page cheap where many texts were said at one moment.
--
-- Concurrently: while an index is built the plain way nobody can text. One that was interrupted leaves an index that
-- is not used, which the next try removes.
DROP INDEX CONCURRENTLY IF EXISTS heed.inbound_said_at;
CREATE INDEX CONCURRENTLY inbound_said_at ON heed.inbound (said_at, identity, inbound_message_id, variant);
