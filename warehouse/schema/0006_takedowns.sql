-- What the operator took down. The archive holds the same events: the table follows from them.

CREATE TABLE takedowns (
    release_id VARCHAR NOT NULL, url VARCHAR, taken_down_at TIMESTAMPTZ NOT NULL, reason VARCHAR NOT NULL, lifted_at TIMESTAMPTZ
);
COMMENT ON TABLE takedowns IS 'Releases whose texts were taken down: the body of a look at one is neither kept nor read';
COMMENT ON COLUMN takedowns.release_id IS 'The release';
COMMENT ON COLUMN takedowns.url IS 'Its URL';
COMMENT ON COLUMN takedowns.taken_down_at IS 'When, UTC';
COMMENT ON COLUMN takedowns.reason IS 'Why, in the words of the operator';
COMMENT ON COLUMN takedowns.lifted_at IS 'From when on looks at it land again, UTC; NULL while it is taken down';
COMMENT ON COLUMN captures.warc_file IS 'WARC file with the body: relative to archive/, absolute where it is the user''s own; - where it was taken down';
