-- +goose Up
-- Who handed a batch to the unit leader: not always who uploaded it. Batches of before learn it from their history; one that
-- was taken back or sent back has, like its time, nobody.
ALTER TABLE batches ADD COLUMN submitted_by bigint NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN submitted_name text NOT NULL DEFAULT '';
UPDATE batches SET
    submitted_by = coalesce((SELECT e.actor_id FROM flow_events e WHERE e.flow = 'filing' AND e.record_id = batches.id
        AND e.verb = 'submit' ORDER BY e.id DESC LIMIT 1), 0),
    submitted_name = coalesce((SELECT e.actor_name FROM flow_events e WHERE e.flow = 'filing' AND e.record_id = batches.id
        AND e.verb = 'submit' ORDER BY e.id DESC LIMIT 1), '')
    WHERE submitted_at <> 0;

-- +goose Down
ALTER TABLE batches DROP COLUMN submitted_name;
ALTER TABLE batches DROP COLUMN submitted_by;
