-- +goose Up
-- The way of a template version from its first draft to publication and out of use, what units say of it before its
-- release, and the reports of trial filings on it (DESIGN §5, practice.md §4.7).
CREATE TABLE template_designs (
    id             integer PRIMARY KEY AUTOINCREMENT,
    template_code  text NOT NULL,
    no             integer NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'comment', 'ready', 'published', 'retired', 'dropped')),
    definition     text NOT NULL,
    repeats        text NOT NULL DEFAULT '{}',
    effective_from text NOT NULL DEFAULT '',
    origin         text NOT NULL DEFAULT '',
    shown_at       integer NOT NULL DEFAULT 0,
    comment_due    integer NOT NULL DEFAULT 0,
    version_id     integer REFERENCES template_versions (id),
    revision       integer NOT NULL DEFAULT 1,
    created_by     integer NOT NULL,
    created_name   text NOT NULL,
    created_at     integer NOT NULL,
    edited_name    text NOT NULL DEFAULT '',
    edited_at      integer NOT NULL DEFAULT 0
);
-- Of one template only one version is under way.
CREATE UNIQUE INDEX template_designs_open ON template_designs (template_code) WHERE state IN ('draft', 'comment', 'ready');
CREATE UNIQUE INDEX template_designs_version ON template_designs (version_id);
CREATE INDEX template_designs_state ON template_designs (state);

CREATE TABLE template_design_items (
    design_id integer NOT NULL REFERENCES template_designs (id),
    item_id   integer NOT NULL REFERENCES catalogue_items (id),
    PRIMARY KEY (design_id, item_id)
);
CREATE INDEX template_design_items_item ON template_design_items (item_id);

CREATE TABLE template_comments (
    id            integer PRIMARY KEY AUTOINCREMENT,
    design_id     integer NOT NULL REFERENCES template_designs (id),
    unit_id       integer NOT NULL REFERENCES units (id),
    unit_name     text NOT NULL,
    author_id     integer NOT NULL,
    author        text NOT NULL,
    post          text NOT NULL,
    field         text NOT NULL DEFAULT '',
    agrees        boolean NOT NULL DEFAULT false,
    text          text NOT NULL,
    at            integer NOT NULL,
    answer        text NOT NULL DEFAULT '',
    answered_name text NOT NULL DEFAULT '',
    answered_at   integer NOT NULL DEFAULT 0
);
CREATE INDEX template_comments_design ON template_comments (design_id);

CREATE TABLE template_trials (
    id            integer PRIMARY KEY AUTOINCREMENT,
    design_id     integer NOT NULL REFERENCES template_designs (id),
    revision      integer NOT NULL,
    tried_by      integer NOT NULL,
    tried_name    text NOT NULL,
    unit_id       integer NOT NULL REFERENCES units (id),
    unit_name     text NOT NULL,
    at            integer NOT NULL,
    file_name     text NOT NULL,
    file_size     integer NOT NULL,
    verdict       text NOT NULL,
    rows_read     integer NOT NULL DEFAULT 0,
    rows_valid    integer NOT NULL DEFAULT 0,
    rows_rejected integer NOT NULL DEFAULT 0,
    warnings      integer NOT NULL DEFAULT 0,
    trouble       text NOT NULL DEFAULT '',
    report        blob
);
CREATE INDEX template_trials_design ON template_trials (design_id);

-- Versions that were published before there were designs have gone their way already.
INSERT INTO template_designs (template_code, no, state, definition, effective_from, origin, version_id, created_by, created_name, created_at)
SELECT t.code, v.no, CASE v.status WHEN 'retired' THEN 'retired' ELSE 'published' END, v.definition, v.effective_from, '初始模板', v.id,
    v.published_by, '系统', v.published_at
FROM template_versions v JOIN templates t ON t.id = v.template_id
WHERE v.status <> 'draft'
ORDER BY v.id;

-- +goose Down
DROP TABLE template_trials;
DROP TABLE template_comments;
DROP TABLE template_design_items;
DROP TABLE template_designs;
