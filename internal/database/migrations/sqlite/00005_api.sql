-- +goose Up
-- Tokens by which a unit's own systems file, and the uploads that came with an Idempotency-Key (DESIGN §6).
CREATE TABLE api_tokens (
    id           integer PRIMARY KEY AUTOINCREMENT,
    unit_id      integer NOT NULL REFERENCES units (id),
    name         text NOT NULL,
    person_id    integer NOT NULL REFERENCES accounts (id),
    hash         text NOT NULL UNIQUE,
    prefix       text NOT NULL,
    created_at   integer NOT NULL,
    created_by   integer NOT NULL,
    created_name text NOT NULL,
    expires_at   integer NOT NULL,
    last_used_at integer NOT NULL DEFAULT 0,
    last_addr    text NOT NULL DEFAULT '',
    revoked_at   integer NOT NULL DEFAULT 0,
    revoked_by   integer NOT NULL DEFAULT 0,
    revoked_name text NOT NULL DEFAULT '',
    revoked_why  text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX api_tokens_name ON api_tokens (unit_id, name) WHERE revoked_at = 0;
CREATE INDEX api_tokens_person ON api_tokens (person_id);

CREATE TABLE api_uploads (
    token_id   integer NOT NULL REFERENCES api_tokens (id),
    key        text NOT NULL,
    task_id    integer NOT NULL REFERENCES filing_tasks (id),
    blob       text NOT NULL,
    batch_id   integer NOT NULL REFERENCES batches (id),
    created_at integer NOT NULL,
    PRIMARY KEY (token_id, key)
);
CREATE INDEX api_uploads_batch ON api_uploads (batch_id);

-- +goose Down
DROP TABLE api_uploads;
DROP TABLE api_tokens;
