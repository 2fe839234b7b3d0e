-- +goose Up
-- The hand-over of each batch that is or was in force to the city's data platform (plan 二(三): 集中存储于聊城市大数据管理
-- 服务平台). What is in force already waits to be handed over like the rest.
CREATE TABLE handovers (
    id           integer PRIMARY KEY AUTOINCREMENT,
    batch_id     integer NOT NULL UNIQUE REFERENCES batches (id),
    unit_id      integer NOT NULL REFERENCES units (id),
    state        text NOT NULL CHECK (state IN ('pending', 'done', 'failed', 'withdrawn', 'skipped')),
    created_at   integer NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    tried_at     integer NOT NULL DEFAULT 0,
    trouble      text NOT NULL DEFAULT '',
    delivered_at integer NOT NULL DEFAULT 0,
    reference    text NOT NULL DEFAULT '',
    rows         integer NOT NULL DEFAULT 0,
    bytes        integer NOT NULL DEFAULT 0,
    sha256       text NOT NULL DEFAULT '',
    sm3          text NOT NULL DEFAULT '',
    sensitive    text NOT NULL DEFAULT ''
);
CREATE INDEX handovers_state ON handovers (state, unit_id);
INSERT INTO handovers (batch_id, unit_id, state, created_at)
    SELECT id, unit_id, 'pending', decided_at FROM batches WHERE state = 'effective' ORDER BY id;

-- +goose Down
DROP TABLE handovers;
