-- +goose NO TRANSACTION
-- +goose Up
-- Reports and upkeep read messages by when they were sent. New rows come at its end. The index is made a day at a time: who
-- writes messages waits for that of one day, not for that of all.
CREATE INDEX IF NOT EXISTS message_requested ON ONLY heed.message (requested_at);
-- +goose StatementBegin
DO $$
DECLARE
    part name;
BEGIN
    LOOP
        SELECT c.relname INTO part
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'heed.message'::regclass AND NOT EXISTS (
            SELECT FROM pg_index x JOIN pg_inherits a ON a.inhrelid = x.indexrelid
            WHERE x.indrelid = i.inhrelid AND a.inhparent = 'heed.message_requested'::regclass)
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        EXECUTE format('CREATE INDEX %I ON heed.%I (requested_at)', part || '_requested_at_idx', part);
        EXECUTE format('ALTER INDEX heed.message_requested ATTACH PARTITION heed.%I', part || '_requested_at_idx');
        COMMIT;
    END LOOP;
END
$$;
-- +goose StatementEnd
