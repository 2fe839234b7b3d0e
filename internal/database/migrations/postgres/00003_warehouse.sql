-- +goose Up
-- What the warehouse knows about its own tables, one per template, which internal/warehouse builds (DESIGN §4). view_form
-- tells by which form of the statement the view of a table's effective rows was made.
CREATE TABLE warehouse_tables (
    table_name text PRIMARY KEY,
    template   text NOT NULL UNIQUE,
    coverage   text NOT NULL CHECK (coverage IN ('increment', 'snapshot')),
    view_form  bigint NOT NULL
);

CREATE TABLE warehouse_columns (
    table_name  text NOT NULL REFERENCES warehouse_tables (table_name),
    column_name text NOT NULL,
    position    bigint NOT NULL,
    type        text NOT NULL,
    scale       bigint NOT NULL,
    sensitive   boolean NOT NULL,
    hashed      boolean NOT NULL,
    subject     boolean NOT NULL,
    PRIMARY KEY (table_name, column_name)
);

-- One row per batch whose rows have ever been loaded. epoch goes up with every load and purge, so that one that was
-- overtaken notices and stops.
CREATE TABLE warehouse_loads (
    batch_id   bigint PRIMARY KEY REFERENCES batches (id),
    table_name text NOT NULL REFERENCES warehouse_tables (table_name),
    unit_id    bigint NOT NULL,
    period     text NOT NULL,
    epoch      bigint NOT NULL,
    state      text NOT NULL CHECK (state IN ('loading', 'loaded', 'purged')),
    row_count  bigint NOT NULL
);
CREATE INDEX warehouse_loads_table ON warehouse_loads (table_name);

-- +goose Down
DROP TABLE warehouse_loads;
DROP TABLE warehouse_columns;
DROP TABLE warehouse_tables;
