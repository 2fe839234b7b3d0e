-- +goose Up
-- Who takes part: jurisdictions, units, accounts and their ways in (DESIGN §2, §4).
CREATE TABLE jurisdictions (
    id        integer PRIMARY KEY AUTOINCREMENT,
    code      text NOT NULL UNIQUE,
    name      text NOT NULL,
    parent_id integer REFERENCES jurisdictions (id),
    path      text NOT NULL
);

CREATE TABLE units (
    id                integer PRIMARY KEY AUTOINCREMENT,
    code              text NOT NULL UNIQUE,
    name              text NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('member', 'sub', 'office', 'leaders', 'outside', 'system')),
    plan_no           integer NOT NULL DEFAULT 0,
    parent_id         integer REFERENCES units (id),
    path              text NOT NULL,
    jurisdiction_id   integer NOT NULL REFERENCES jurisdictions (id),
    jurisdiction_path text NOT NULL,
    contact_id        integer,
    closed_at         integer NOT NULL DEFAULT 0
);
CREATE INDEX units_path ON units (path);
CREATE INDEX units_jurisdiction_path ON units (jurisdiction_path);

CREATE TABLE accounts (
    id            integer PRIMARY KEY AUTOINCREMENT,
    username      text NOT NULL UNIQUE,
    name          text NOT NULL,
    phone         text NOT NULL DEFAULT '',
    unit_id       integer NOT NULL REFERENCES units (id),
    password_hash text NOT NULL DEFAULT '',
    must_change   boolean NOT NULL DEFAULT false,
    disabled_at   integer NOT NULL DEFAULT 0,
    disabled_why  text NOT NULL DEFAULT '',
    last_login_at integer NOT NULL DEFAULT 0,
    created_at    integer NOT NULL,
    created_by    integer NOT NULL
);
CREATE INDEX accounts_unit ON accounts (unit_id);

CREATE TABLE account_roles (
    id         integer PRIMARY KEY AUTOINCREMENT,
    account_id integer NOT NULL REFERENCES accounts (id),
    role       text NOT NULL CHECK (role IN ('office', 'leader', 'chief', 'liaison', 'handler', 'tax', 'review', 'bureau',
                                             'outside', 'sys', 'sec', 'aud')),
    given_by   integer NOT NULL,
    given_at   integer NOT NULL,
    taken_by   integer NOT NULL DEFAULT 0,
    taken_at   integer NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX account_roles_held ON account_roles (account_id, role) WHERE taken_at = 0;

CREATE TABLE account_links (
    id         integer PRIMARY KEY AUTOINCREMENT,
    account_id integer REFERENCES accounts (id),
    purpose    text NOT NULL CHECK (purpose IN ('setup', 'password')),
    token_hash text NOT NULL UNIQUE,
    created_at integer NOT NULL,
    created_by integer NOT NULL,
    expires_at integer NOT NULL,
    used_at    integer NOT NULL DEFAULT 0
);

CREATE TABLE login_throttles (
    key          text PRIMARY KEY,
    failures     integer NOT NULL,
    last_at      integer NOT NULL,
    locked_until integer NOT NULL
);

CREATE TABLE sessions (
    id         text PRIMARY KEY,
    account_id integer REFERENCES accounts (id),
    csrf       text NOT NULL,
    data       text NOT NULL DEFAULT '',
    created_at integer NOT NULL,
    last_seen  integer NOT NULL,
    expires_at integer NOT NULL,
    ended_at   integer NOT NULL DEFAULT 0,
    ended_why  text NOT NULL DEFAULT '',
    addr       text NOT NULL DEFAULT '',
    user_agent text NOT NULL DEFAULT ''
);
CREATE INDEX sessions_account ON sessions (account_id, ended_at);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE settings (
    key        text PRIMARY KEY,
    value      text NOT NULL,
    updated_at integer NOT NULL,
    updated_by integer NOT NULL
);

CREATE TABLE holidays (
    day         text PRIMARY KEY,
    workday     boolean NOT NULL,
    name        text NOT NULL,
    provisional boolean NOT NULL DEFAULT false
);

-- What is asked: templates and catalogue.
CREATE TABLE templates (
    id         integer PRIMARY KEY AUTOINCREMENT,
    code       text NOT NULL UNIQUE,
    name       text NOT NULL,
    coverage   text NOT NULL CHECK (coverage IN ('increment', 'snapshot')),
    created_at integer NOT NULL
);

CREATE TABLE template_versions (
    id             integer PRIMARY KEY AUTOINCREMENT,
    template_id    integer NOT NULL REFERENCES templates (id),
    no             integer NOT NULL,
    status         text NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
    effective_from text NOT NULL,
    definition     text NOT NULL,
    checksum       text NOT NULL,
    published_at   integer NOT NULL DEFAULT 0,
    published_by   integer NOT NULL DEFAULT 0,
    UNIQUE (template_id, no)
);

CREATE TABLE catalogue_items (
    id          integer PRIMARY KEY AUTOINCREMENT,
    code        text NOT NULL UNIQUE,
    unit_id     integer NOT NULL REFERENCES units (id),
    name        text NOT NULL,
    plan_words  text NOT NULL,
    cycle       text NOT NULL CHECK (cycle IN ('month', 'quarter', 'half', 'year', 'once', 'event')),
    due_days    integer NOT NULL,
    lock_days   integer NOT NULL,
    nil_normal  boolean NOT NULL DEFAULT false,
    template_id integer REFERENCES templates (id),
    starts_on   text NOT NULL DEFAULT '',
    retired_at  integer NOT NULL DEFAULT 0
);
CREATE INDEX catalogue_items_unit ON catalogue_items (unit_id);

-- What is owed and what has come in (DESIGN §5).
CREATE TABLE filing_tasks (
    id                  integer PRIMARY KEY AUTOINCREMENT,
    code                text NOT NULL UNIQUE,
    item_id             integer NOT NULL REFERENCES catalogue_items (id),
    unit_id             integer NOT NULL REFERENCES units (id),
    period              text NOT NULL,
    month               text NOT NULL,
    template_version_id integer NOT NULL REFERENCES template_versions (id),
    opens_at            integer NOT NULL,
    due_at              integer NOT NULL,
    lock_at             integer NOT NULL,
    unlocked_until      integer NOT NULL DEFAULT 0,
    exempted_at         integer NOT NULL DEFAULT 0,
    first_filed_at      integer NOT NULL DEFAULT 0,
    on_time             boolean,
    correction_open     boolean NOT NULL DEFAULT false,
    UNIQUE (item_id, period)
);
CREATE INDEX filing_tasks_unit_month ON filing_tasks (unit_id, month);
CREATE INDEX filing_tasks_month ON filing_tasks (month);
CREATE INDEX filing_tasks_due ON filing_tasks (due_at);

CREATE TABLE batches (
    id              integer PRIMARY KEY AUTOINCREMENT,
    code            text NOT NULL UNIQUE,
    task_id         integer NOT NULL REFERENCES filing_tasks (id),
    unit_id         integer NOT NULL REFERENCES units (id),
    no              integer NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('files', 'nil')),
    state           text NOT NULL CHECK (state IN ('uploaded', 'checking', 'malformed', 'failed', 'errors', 'warnings', 'clean',
                                                   'signing', 'filed', 'returned', 'effective', 'superseded', 'discarded')),
    correction      boolean NOT NULL DEFAULT false,
    nil_reason      text NOT NULL DEFAULT '',
    created_by      integer NOT NULL,
    created_name    text NOT NULL,
    created_at      integer NOT NULL,
    checked_at      integer NOT NULL DEFAULT 0,
    check_millis    integer NOT NULL DEFAULT 0,
    rows_read       integer NOT NULL DEFAULT 0,
    rows_valid      integer NOT NULL DEFAULT 0,
    rows_rejected   integer NOT NULL DEFAULT 0,
    error_rows      integer NOT NULL DEFAULT 0,
    warning_count   integer NOT NULL DEFAULT 0,
    open_warnings   integer NOT NULL DEFAULT 0,
    progress        integer NOT NULL DEFAULT 0,
    progress_total  integer NOT NULL DEFAULT 0,
    trouble         text NOT NULL DEFAULT '',
    checksum        text NOT NULL DEFAULT '',
    findings_blob   text NOT NULL DEFAULT '',
    stats           text NOT NULL DEFAULT '{}',
    submitted_at    integer NOT NULL DEFAULT 0,
    signed_at       integer NOT NULL DEFAULT 0,
    signed_by       integer NOT NULL DEFAULT 0,
    signed_name     text NOT NULL DEFAULT '',
    decided_at      integer NOT NULL DEFAULT 0,
    decided_name    text NOT NULL DEFAULT '',
    mend_due_at     integer NOT NULL DEFAULT 0,
    receipt_no      text NOT NULL DEFAULT '',
    rows_purged_at  integer NOT NULL DEFAULT 0,
    UNIQUE (task_id, no)
);
-- At most one batch of a task is effective, and at most one is on its way to the Office.
CREATE UNIQUE INDEX batches_one_effective ON batches (task_id) WHERE state = 'effective';
CREATE UNIQUE INDEX batches_one_on_its_way ON batches (task_id) WHERE state IN ('signing', 'filed');
CREATE INDEX batches_state ON batches (state, unit_id);

CREATE TABLE batch_files (
    id         integer PRIMARY KEY AUTOINCREMENT,
    batch_id   integer NOT NULL REFERENCES batches (id),
    seq        integer NOT NULL,
    name       text NOT NULL,
    size       integer NOT NULL,
    blob       text NOT NULL,
    format     text NOT NULL DEFAULT '',
    encoding   text NOT NULL DEFAULT '',
    delimiter  text NOT NULL DEFAULT '',
    sheet      text NOT NULL DEFAULT '',
    header_row integer NOT NULL DEFAULT 0,
    columns    integer NOT NULL DEFAULT 0,
    rows_read  integer NOT NULL DEFAULT 0,
    rows_valid integer NOT NULL DEFAULT 0,
    ignored    text NOT NULL DEFAULT '[]',
    duplicate  text NOT NULL DEFAULT '',
    UNIQUE (batch_id, seq)
);
CREATE INDEX batch_files_blob ON batch_files (blob);

CREATE TABLE finding_rules (
    id       integer PRIMARY KEY AUTOINCREMENT,
    batch_id integer NOT NULL REFERENCES batches (id),
    seq      integer NOT NULL,
    rule     text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('error', 'warning')),
    field    text NOT NULL,
    title    text NOT NULL,
    advice   text NOT NULL,
    count    integer NOT NULL
);
CREATE INDEX finding_rules_batch ON finding_rules (batch_id);

CREATE TABLE findings (
    id       integer PRIMARY KEY AUTOINCREMENT,
    rule_id  integer NOT NULL REFERENCES finding_rules (id),
    batch_id integer NOT NULL,
    file     integer NOT NULL,
    sheet    text NOT NULL,
    row      integer NOT NULL,
    "column" text NOT NULL,
    field    text NOT NULL,
    name     text NOT NULL,
    value    blob,
    marks    text NOT NULL,
    message  text NOT NULL,
    advice   text NOT NULL,
    suggest  blob,
    row_key  text NOT NULL,
    row_hash text NOT NULL
);
CREATE INDEX findings_rule ON findings (rule_id);

CREATE TABLE explanations (
    id         integer PRIMARY KEY AUTOINCREMENT,
    task_id    integer NOT NULL REFERENCES filing_tasks (id),
    batch_id   integer NOT NULL,
    rule       text NOT NULL,
    row_key    text NOT NULL,
    row_hash   text NOT NULL,
    text       blob NOT NULL,
    "by"       integer NOT NULL,
    by_name    text NOT NULL,
    at         integer NOT NULL,
    carried_of integer NOT NULL DEFAULT 0
);
CREATE INDEX explanations_task ON explanations (task_id, rule);
CREATE INDEX explanations_batch ON explanations (batch_id);

CREATE TABLE waivers (
    id         integer PRIMARY KEY AUTOINCREMENT,
    code       text NOT NULL UNIQUE,
    task_id    integer NOT NULL REFERENCES filing_tasks (id),
    unit_id    integer NOT NULL REFERENCES units (id),
    kind       text NOT NULL CHECK (kind IN ('exempt', 'unlock', 'correction')),
    state      text NOT NULL CHECK (state IN ('asked', 'proposed', 'granted', 'refused', 'withdrawn')),
    reason     text NOT NULL,
    until      integer NOT NULL DEFAULT 0,
    created_by integer NOT NULL,
    created_at integer NOT NULL
);
CREATE UNIQUE INDEX waivers_one_open ON waivers (task_id, kind) WHERE state IN ('asked', 'proposed');
CREATE INDEX waivers_state ON waivers (state);

CREATE TABLE task_messages (
    id        integer PRIMARY KEY AUTOINCREMENT,
    task_id   integer NOT NULL REFERENCES filing_tasks (id),
    author_id integer NOT NULL,
    author    text NOT NULL,
    post      text NOT NULL,
    office    boolean NOT NULL,
    text      text NOT NULL,
    at        integer NOT NULL
);
CREATE INDEX task_messages_task ON task_messages (task_id);

-- The history of every workflow's records, append-only (DESIGN §5).
CREATE TABLE flow_events (
    id         integer PRIMARY KEY AUTOINCREMENT,
    flow       text NOT NULL,
    record_id  integer NOT NULL,
    verb       text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    actor_id   integer NOT NULL,
    actor_name text NOT NULL,
    actor_post text NOT NULL,
    unit_id    integer NOT NULL,
    reason     text NOT NULL,
    due_at     integer NOT NULL,
    clock      text NOT NULL,
    detail     text NOT NULL,
    at         integer NOT NULL
);
CREATE INDEX flow_events_record ON flow_events (flow, record_id, id);

-- The audit chain (DESIGN §5): one head row is locked by each link.
CREATE TABLE audit_entries (
    seq        integer PRIMARY KEY,
    at         integer NOT NULL,
    actor_id   integer NOT NULL,
    actor_name text NOT NULL,
    unit_id    integer NOT NULL,
    unit_name  text NOT NULL,
    addr       text NOT NULL,
    object     text NOT NULL,
    object_id  text NOT NULL,
    action     text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    reason     text NOT NULL,
    detail     text NOT NULL,
    hash       blob NOT NULL
);
CREATE INDEX audit_entries_at ON audit_entries (at);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id);
CREATE INDEX audit_entries_object ON audit_entries (object, object_id);

CREATE TABLE audit_head (
    id   integer PRIMARY KEY,
    seq  integer NOT NULL,
    hash blob NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, x'');

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit_entries;
DROP TABLE flow_events;
DROP TABLE task_messages;
DROP TABLE waivers;
DROP TABLE explanations;
DROP TABLE findings;
DROP TABLE finding_rules;
DROP TABLE batch_files;
DROP TABLE batches;
DROP TABLE filing_tasks;
DROP TABLE catalogue_items;
DROP TABLE template_versions;
DROP TABLE templates;
DROP TABLE holidays;
DROP TABLE settings;
DROP TABLE sessions;
DROP TABLE login_throttles;
DROP TABLE account_links;
DROP TABLE account_roles;
DROP TABLE accounts;
DROP TABLE units;
DROP TABLE jurisdictions;
