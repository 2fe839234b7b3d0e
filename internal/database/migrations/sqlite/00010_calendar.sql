-- +goose Up
-- The working calendar as the Office keeps it: the notice of each year, what was changed and why, and which due dates
-- followed. A day says by which year's notice it stands, or by which source of its own.
CREATE TABLE calendar_years (
    year         integer PRIMARY KEY,
    known        boolean NOT NULL,
    source       text NOT NULL DEFAULT '',
    changed_at   integer NOT NULL DEFAULT 0,
    changed_name text NOT NULL DEFAULT ''
);
INSERT INTO calendar_years (year, known)
    SELECT CAST(substr(day, 1, 4) AS integer), NOT max(provisional) FROM holidays GROUP BY substr(day, 1, 4);

ALTER TABLE holidays ADD COLUMN notice integer NOT NULL DEFAULT 0;
ALTER TABLE holidays ADD COLUMN source text NOT NULL DEFAULT '';
-- The last days of December that are named 元旦 belong to the notice of the year that they greet.
UPDATE holidays SET notice = CAST(substr(day, 1, 4) AS integer)
    + (CASE WHEN substr(day, 6, 2) = '12' AND name LIKE '元旦%' THEN 1 ELSE 0 END);
ALTER TABLE holidays DROP COLUMN provisional;

-- One row, locked by whoever changes the calendar and by whoever writes due dates after it.
CREATE TABLE calendar_head (
    id       integer PRIMARY KEY,
    revision integer NOT NULL
);
INSERT INTO calendar_head (id, revision) VALUES (1, 0);

CREATE TABLE calendar_changes (
    id         integer PRIMARY KEY AUTOINCREMENT,
    revision   integer NOT NULL UNIQUE,
    year       integer NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('day', 'notice')),
    what       text NOT NULL,
    reason     text NOT NULL,
    source     text NOT NULL,
    days       text NOT NULL,
    state      text NOT NULL CHECK (state IN ('following', 'done')),
    moved      integer NOT NULL DEFAULT 0,
    actor_id   integer NOT NULL,
    actor_name text NOT NULL,
    actor_post text NOT NULL,
    at         integer NOT NULL
);
CREATE INDEX calendar_changes_year ON calendar_changes (year);
CREATE INDEX calendar_changes_state ON calendar_changes (state);

-- The day that a due date is reckoned from, before it rolls on to a working day. Empty: somebody chose the due date, and
-- the calendar does not move it.
ALTER TABLE filing_tasks ADD COLUMN due_on text NOT NULL DEFAULT '';
UPDATE filing_tasks SET due_on = date(opens_at / 1000 + 28800, 'unixepoch',
    (SELECT (i.due_days - 1) || ' days' FROM catalogue_items i WHERE i.id = filing_tasks.item_id));
CREATE INDEX filing_tasks_due_on ON filing_tasks (due_on);

CREATE TABLE due_changes (
    id        integer PRIMARY KEY AUTOINCREMENT,
    change_id integer NOT NULL REFERENCES calendar_changes (id),
    task_id   integer NOT NULL REFERENCES filing_tasks (id),
    from_due  integer NOT NULL,
    to_due    integer NOT NULL,
    from_lock integer NOT NULL,
    to_lock   integer NOT NULL,
    at        integer NOT NULL,
    UNIQUE (change_id, task_id)
);
CREATE INDEX due_changes_task ON due_changes (task_id);

-- +goose Down
DROP TABLE due_changes;
DROP INDEX filing_tasks_due_on;
ALTER TABLE filing_tasks DROP COLUMN due_on;
DROP TABLE calendar_changes;
DROP TABLE calendar_head;
ALTER TABLE holidays ADD COLUMN provisional boolean NOT NULL DEFAULT false;
UPDATE holidays SET provisional = true WHERE CAST(substr(day, 1, 4) AS integer) IN (SELECT year FROM calendar_years WHERE NOT known);
ALTER TABLE holidays DROP COLUMN source;
ALTER TABLE holidays DROP COLUMN notice;
DROP TABLE calendar_years;
