-- +goose Up
-- The catalogue of plan 二(二): what each item is (core metadata of the national guide), the plan's clauses, changes with
-- the period from which they hold, proposals of units and the tax authority, and ad-hoc calls for information (item 36).
-- An empty shape is an item that has not been described yet; the portal describes it from the plan when it starts.
ALTER TABLE catalogue_items ADD COLUMN retired_why text NOT NULL DEFAULT '';
ALTER TABLE catalogue_items ADD COLUMN origin text NOT NULL DEFAULT 'plan' CHECK (origin IN ('plan', 'added', 'call'));
ALTER TABLE catalogue_items ADD COLUMN listed_on text NOT NULL DEFAULT '';
ALTER TABLE catalogue_items ADD COLUMN matter text NOT NULL DEFAULT '';
ALTER TABLE catalogue_items ADD COLUMN shape text NOT NULL DEFAULT '' CHECK (shape IN ('', 'records', 'totals', 'documents'));
ALTER TABLE catalogue_items ADD COLUMN subject_kind text NOT NULL DEFAULT '' CHECK (subject_kind IN ('', 'organisation', 'person',
    'property', 'project', 'vehicle', 'contract', 'case', 'none'));
ALTER TABLE catalogue_items ADD COLUMN taxes text NOT NULL DEFAULT '[]';
ALTER TABLE catalogue_items ADD COLUMN share text NOT NULL DEFAULT '' CHECK (share IN ('', 'free', 'conditional', 'none'));
ALTER TABLE catalogue_items ADD COLUMN share_terms text NOT NULL DEFAULT '';
ALTER TABLE catalogue_items ADD COLUMN basis text NOT NULL DEFAULT '';
ALTER TABLE catalogue_items ADD COLUMN sensitivity text NOT NULL DEFAULT '' CHECK (sensitivity IN ('', 'general', 'business', 'personal'));
ALTER TABLE catalogue_items ADD COLUMN section text NOT NULL DEFAULT '';
ALTER TABLE catalogue_items ADD COLUMN since text NOT NULL DEFAULT '';
ALTER TABLE catalogue_items ADD COLUMN every_county boolean NOT NULL DEFAULT false;
ALTER TABLE catalogue_items ADD COLUMN place boolean NOT NULL DEFAULT false;
ALTER TABLE catalogue_items ADD COLUMN resource_code text NOT NULL DEFAULT '';
CREATE INDEX catalogue_items_template ON catalogue_items (template_id);

CREATE TABLE catalogue_clauses (
    unit_id integer PRIMARY KEY REFERENCES units (id),
    text    text NOT NULL,
    open    boolean NOT NULL
);

CREATE TABLE catalogue_changes (
    id             integer PRIMARY KEY AUTOINCREMENT,
    item_id        integer NOT NULL REFERENCES catalogue_items (id),
    kind           text NOT NULL CHECK (kind IN ('add', 'edit', 'retire')),
    effective_from text NOT NULL,
    diffs          text NOT NULL DEFAULT '[]',
    reason         text NOT NULL CHECK (reason <> ''),
    basis          text NOT NULL DEFAULT '',
    proposal_code  text NOT NULL DEFAULT '',
    actor_id       integer NOT NULL,
    actor_name     text NOT NULL,
    actor_post     text NOT NULL,
    at             integer NOT NULL,
    applied_at     integer NOT NULL DEFAULT 0,
    withdrawn_at   integer NOT NULL DEFAULT 0,
    withdrawn_name text NOT NULL DEFAULT '',
    withdrawn_why  text NOT NULL DEFAULT ''
);
CREATE INDEX catalogue_changes_item ON catalogue_changes (item_id, id);
CREATE INDEX catalogue_changes_pending ON catalogue_changes (effective_from) WHERE applied_at = 0 AND withdrawn_at = 0;

CREATE TABLE catalogue_proposals (
    id           integer PRIMARY KEY AUTOINCREMENT,
    code         text NOT NULL UNIQUE,
    kind         text NOT NULL CHECK (kind IN ('add', 'edit', 'retire')),
    unit_id      integer NOT NULL REFERENCES units (id),
    about_id     integer NOT NULL REFERENCES units (id),
    item_id      integer REFERENCES catalogue_items (id),
    text         text NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL CHECK (state IN ('tabled', 'adopted', 'declined', 'taken_back')),
    created_by   integer NOT NULL,
    created_name text NOT NULL,
    created_at   integer NOT NULL
);
CREATE INDEX catalogue_proposals_state ON catalogue_proposals (state);
CREATE INDEX catalogue_proposals_item ON catalogue_proposals (item_id);

-- A call states law and article: there is none without.
CREATE TABLE info_calls (
    id           integer PRIMARY KEY AUTOINCREMENT,
    code         text NOT NULL UNIQUE,
    unit_id      integer NOT NULL REFERENCES units (id),
    title        text NOT NULL,
    what         text NOT NULL,
    why          text NOT NULL,
    law          text NOT NULL CHECK (law <> ''),
    article      text NOT NULL CHECK (article <> ''),
    template_id  integer REFERENCES templates (id),
    task_id      integer REFERENCES filing_tasks (id),
    due_at       integer NOT NULL,
    state        text NOT NULL CHECK (state IN ('called', 'replying', 'refusing', 'replied', 'refused_by_law', 'settled', 'called_off')),
    created_by   integer NOT NULL,
    created_name text NOT NULL,
    created_at   integer NOT NULL,
    settled_at   integer NOT NULL DEFAULT 0
);
CREATE INDEX info_calls_state ON info_calls (state, unit_id);
CREATE UNIQUE INDEX info_calls_task ON info_calls (task_id);

CREATE TABLE call_replies (
    id         integer PRIMARY KEY AUTOINCREMENT,
    call_id    integer NOT NULL REFERENCES info_calls (id),
    no         integer NOT NULL,
    refusal    boolean NOT NULL,
    law        text NOT NULL DEFAULT '',
    text       text NOT NULL,
    by_id      integer NOT NULL,
    by_name    text NOT NULL,
    at         integer NOT NULL,
    signed_name text NOT NULL DEFAULT '',
    signed_at  integer NOT NULL DEFAULT 0,
    UNIQUE (call_id, no),
    CHECK (NOT refusal OR law <> '')
);

CREATE TABLE call_files (
    id       integer PRIMARY KEY AUTOINCREMENT,
    reply_id integer NOT NULL REFERENCES call_replies (id),
    seq      integer NOT NULL,
    name     text NOT NULL,
    size     integer NOT NULL,
    blob     text NOT NULL,
    UNIQUE (reply_id, seq)
);
CREATE INDEX call_files_blob ON call_files (blob);

-- +goose Down
DROP TABLE call_files;
DROP TABLE call_replies;
DROP TABLE info_calls;
DROP TABLE catalogue_proposals;
DROP TABLE catalogue_changes;
DROP TABLE catalogue_clauses;
DROP INDEX catalogue_items_template;
ALTER TABLE catalogue_items DROP COLUMN resource_code;
ALTER TABLE catalogue_items DROP COLUMN place;
ALTER TABLE catalogue_items DROP COLUMN every_county;
ALTER TABLE catalogue_items DROP COLUMN since;
ALTER TABLE catalogue_items DROP COLUMN section;
ALTER TABLE catalogue_items DROP COLUMN sensitivity;
ALTER TABLE catalogue_items DROP COLUMN basis;
ALTER TABLE catalogue_items DROP COLUMN share_terms;
ALTER TABLE catalogue_items DROP COLUMN share;
ALTER TABLE catalogue_items DROP COLUMN taxes;
ALTER TABLE catalogue_items DROP COLUMN subject_kind;
ALTER TABLE catalogue_items DROP COLUMN shape;
ALTER TABLE catalogue_items DROP COLUMN matter;
ALTER TABLE catalogue_items DROP COLUMN listed_on;
ALTER TABLE catalogue_items DROP COLUMN origin;
ALTER TABLE catalogue_items DROP COLUMN retired_why;
