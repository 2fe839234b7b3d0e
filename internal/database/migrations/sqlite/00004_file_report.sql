-- +goose Up
-- What the check of a file did not read, so that the page of a batch can say it. Files checked before this migration
-- have named rows without their sum: it is at least as many as are named.
ALTER TABLE batch_files ADD COLUMN skipped integer NOT NULL DEFAULT 0;
ALTER TABLE batch_files ADD COLUMN hidden integer NOT NULL DEFAULT 0;
ALTER TABLE batch_files ADD COLUMN extra text NOT NULL DEFAULT '[]';
ALTER TABLE batch_files ADD COLUMN absent text NOT NULL DEFAULT '[]';
ALTER TABLE batch_files ADD COLUMN notes text NOT NULL DEFAULT '[]';

-- +goose Down
ALTER TABLE batch_files DROP COLUMN notes;
ALTER TABLE batch_files DROP COLUMN absent;
ALTER TABLE batch_files DROP COLUMN extra;
ALTER TABLE batch_files DROP COLUMN hidden;
ALTER TABLE batch_files DROP COLUMN skipped;
