-- +goose Up
-- What the database knows about itself, such as the check value of its key.
CREATE TABLE meta (
    key   text PRIMARY KEY,
    value text NOT NULL
);

-- +goose Down
DROP TABLE meta;
