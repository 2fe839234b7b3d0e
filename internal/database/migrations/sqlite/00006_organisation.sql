-- +goose Up
-- The organisation of plan 二(一): areas with the time of their codes, units told apart, the leading group by posts, the
-- Office's staff, each unit's 对接人, how a county shares, and the history of all of it. Days are ISO dates; an empty
-- first day is 'as long as anybody remembers', an empty last day 'still in force'.
ALTER TABLE jurisdictions ADD COLUMN kind text NOT NULL DEFAULT 'county' CHECK (kind IN ('city', 'county', 'zone'));
ALTER TABLE jurisdictions ADD COLUMN valid_from text NOT NULL DEFAULT '';
ALTER TABLE jurisdictions ADD COLUMN valid_to text NOT NULL DEFAULT '';
UPDATE jurisdictions SET kind = 'city' WHERE parent_id IS NULL;
UPDATE jurisdictions SET kind = 'zone' WHERE length(code) > 6;

CREATE TABLE jurisdiction_codes (
    code            text PRIMARY KEY,
    jurisdiction_id integer NOT NULL REFERENCES jurisdictions (id),
    name            text NOT NULL,
    valid_from      text NOT NULL,
    valid_to        text NOT NULL
);
CREATE INDEX jurisdiction_codes_area ON jurisdiction_codes (jurisdiction_id);

ALTER TABLE units ADD COLUMN full_name text NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN affiliation text NOT NULL DEFAULT '' CHECK (affiliation IN ('', 'government', 'direct',
    'institution', 'vertical', 'judicial', 'mass', 'group', 'enterprise'));
ALTER TABLE units ADD COLUMN tax_authority boolean NOT NULL DEFAULT false;
ALTER TABLE units ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN phone text NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN valid_from text NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN valid_to text NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN merged_into_id integer;
ALTER TABLE units ADD COLUMN closed_why text NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN version integer NOT NULL DEFAULT 1;
UPDATE units SET tax_authority = true WHERE code = 'swj';

CREATE TABLE unit_contacts (
    id         integer PRIMARY KEY AUTOINCREMENT,
    unit_id    integer NOT NULL REFERENCES units (id),
    account_id integer NOT NULL REFERENCES accounts (id),
    from_day   text NOT NULL,
    to_day     text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX unit_contacts_one ON unit_contacts (unit_id) WHERE to_day = '';
INSERT INTO unit_contacts (unit_id, account_id, from_day) SELECT id, contact_id, '' FROM units WHERE contact_id IS NOT NULL;

CREATE TABLE leading_groups (
    id              integer PRIMARY KEY AUTOINCREMENT,
    jurisdiction_id integer NOT NULL UNIQUE REFERENCES jurisdictions (id),
    name            text NOT NULL,
    former_name     text NOT NULL,
    basis           text NOT NULL,
    from_day        text NOT NULL,
    host_id         integer REFERENCES units (id),
    version         integer NOT NULL DEFAULT 1
);

-- A post belongs to a unit of the directory, or to a body that is none (市政府).
CREATE TABLE posts (
    id      integer PRIMARY KEY AUTOINCREMENT,
    unit_id integer REFERENCES units (id),
    body    text NOT NULL,
    name    text NOT NULL
);
CREATE INDEX posts_unit ON posts (unit_id);

CREATE TABLE post_holders (
    id       integer PRIMARY KEY AUTOINCREMENT,
    post_id  integer NOT NULL REFERENCES posts (id),
    name     text NOT NULL,
    title    text NOT NULL,
    from_day text NOT NULL,
    to_day   text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX post_holders_one ON post_holders (post_id) WHERE to_day = '';

CREATE TABLE group_seats (
    id       integer PRIMARY KEY AUTOINCREMENT,
    group_id integer NOT NULL REFERENCES leading_groups (id),
    post_id  integer NOT NULL REFERENCES posts (id),
    rank     text NOT NULL CHECK (rank IN ('leader', 'deputy', 'member')),
    from_day text NOT NULL,
    to_day   text NOT NULL DEFAULT '',
    end_why  text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX group_seats_one_leader ON group_seats (group_id) WHERE rank = 'leader' AND to_day = '';
CREATE INDEX group_seats_post ON group_seats (post_id);

-- Who works in the Office. The home unit is noted and is never a right.
CREATE TABLE office_staff (
    id         integer PRIMARY KEY AUTOINCREMENT,
    group_id   integer NOT NULL REFERENCES leading_groups (id),
    name       text NOT NULL,
    account_id integer REFERENCES accounts (id),
    home_id    integer REFERENCES units (id),
    duty       text NOT NULL,
    from_day   text NOT NULL,
    to_day     text NOT NULL DEFAULT '',
    end_why    text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX office_staff_one ON office_staff (account_id) WHERE to_day = '';
CREATE INDEX office_staff_group ON office_staff (group_id);

-- How an area shares (plan 二(三), last sentence), by months. An area without a row files through the portal.
CREATE TABLE sharing_modes (
    id              integer PRIMARY KEY AUTOINCREMENT,
    jurisdiction_id integer NOT NULL REFERENCES jurisdictions (id),
    mode            text NOT NULL CHECK (mode IN ('portal', 'summary', 'own')),
    from_month      text NOT NULL,
    to_month        text NOT NULL DEFAULT '',
    why             text NOT NULL,
    set_name        text NOT NULL,
    set_at          integer NOT NULL
);
CREATE UNIQUE INDEX sharing_modes_one ON sharing_modes (jurisdiction_id) WHERE to_month = '';

CREATE TABLE organisation_changes (
    id         integer PRIMARY KEY AUTOINCREMENT,
    object     text NOT NULL CHECK (object IN ('unit', 'group')),
    object_id  integer NOT NULL,
    action     text NOT NULL,
    field      text NOT NULL,
    old        text NOT NULL,
    new        text NOT NULL,
    reason     text NOT NULL,
    actor_id   integer NOT NULL,
    actor_name text NOT NULL,
    actor_post text NOT NULL,
    version    integer NOT NULL,
    at         integer NOT NULL
);
CREATE INDEX organisation_changes_of ON organisation_changes (object, object_id, id);

-- +goose Down
DROP TABLE organisation_changes;
DROP TABLE sharing_modes;
DROP TABLE office_staff;
DROP TABLE group_seats;
DROP TABLE post_holders;
DROP TABLE posts;
DROP TABLE leading_groups;
DROP TABLE unit_contacts;
ALTER TABLE units DROP COLUMN version;
ALTER TABLE units DROP COLUMN closed_why;
ALTER TABLE units DROP COLUMN merged_into_id;
ALTER TABLE units DROP COLUMN valid_to;
ALTER TABLE units DROP COLUMN valid_from;
ALTER TABLE units DROP COLUMN phone;
ALTER TABLE units DROP COLUMN address;
ALTER TABLE units DROP COLUMN tax_authority;
ALTER TABLE units DROP COLUMN affiliation;
ALTER TABLE units DROP COLUMN full_name;
DROP TABLE jurisdiction_codes;
ALTER TABLE jurisdictions DROP COLUMN valid_to;
ALTER TABLE jurisdictions DROP COLUMN valid_from;
ALTER TABLE jurisdictions DROP COLUMN kind;
