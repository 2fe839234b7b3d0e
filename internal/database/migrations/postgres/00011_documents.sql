-- +goose Up
-- Documents beside the tables of a batch (plan 二(二): what is shared may be a document with its metadata): which files of
-- a batch are documents, how many rows name each, and the first of them.
ALTER TABLE batch_files ADD COLUMN kind text NOT NULL DEFAULT 'table' CHECK (kind IN ('table', 'document'));
ALTER TABLE batch_files ADD COLUMN named_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE batch_files ADD COLUMN named_by text NOT NULL DEFAULT '[]';

-- +goose Down
ALTER TABLE batch_files DROP COLUMN named_by;
ALTER TABLE batch_files DROP COLUMN named_rows;
ALTER TABLE batch_files DROP COLUMN kind;
