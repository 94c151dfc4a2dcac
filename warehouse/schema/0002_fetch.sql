-- What fetching knows of a look beside its body, what lists said, and how far walks along them came.

ALTER TABLE captures ADD COLUMN role VARCHAR DEFAULT 'page';
ALTER TABLE captures ADD COLUMN status INTEGER;
ALTER TABLE captures ADD COLUMN final_url VARCHAR;
ALTER TABLE captures ADD COLUMN etag VARCHAR;
ALTER TABLE captures ADD COLUMN last_modified VARCHAR;
ALTER TABLE captures ADD COLUMN robots_rule VARCHAR;
ALTER TABLE captures ADD COLUMN attempts INTEGER;
COMMENT ON COLUMN captures.role IS 'page, list, feed, sitemap or robots; only pages become releases';
COMMENT ON COLUMN captures.status IS 'HTTP status of the answer; NULL where none came or it was loaded';
COMMENT ON COLUMN captures.final_url IS 'URL that answered, after redirects';
COMMENT ON COLUMN captures.etag IS 'Validator of the answer: a later look may ask whether it still holds';
COMMENT ON COLUMN captures.last_modified IS 'Validator of the answer, in its words';
COMMENT ON COLUMN captures.robots_rule IS 'What in robots.txt decided that it was asked for, or not';
COMMENT ON COLUMN captures.attempts IS 'How many times it was asked for in a row; NULL where it was loaded';

ALTER TABLE runs ADD COLUMN missed_count BIGINT DEFAULT 0;
COMMENT ON COLUMN runs.missed_count IS 'Looks that brought no page: gone, refused, no answer';

CREATE TABLE listings (
    source VARCHAR NOT NULL,
    release_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    list_url VARCHAR NOT NULL,
    title VARCHAR,
    published VARCHAR,
    position INTEGER NOT NULL,
    followed BOOLEAN NOT NULL,
    listed_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE listings IS 'What list pages, feeds and sitemaps said of a release; said otherwise later, it is a further row';
COMMENT ON COLUMN listings.source IS 'The source whose list it is';
COMMENT ON COLUMN listings.release_id IS 'The release';
COMMENT ON COLUMN listings.url IS 'URL as the list has it, absolute';
COMMENT ON COLUMN listings.list_url IS 'The list page, feed or sitemap where it was seen first';
COMMENT ON COLUMN listings.title IS 'Title as the list gave it';
COMMENT ON COLUMN listings.published IS 'Day or time of publication in the list''s words';
COMMENT ON COLUMN listings.position IS 'Place on that page when it was seen first, from 0';
COMMENT ON COLUMN listings.followed IS 'Whether the source claims its URL; what it does not claim is not fetched';
COMMENT ON COLUMN listings.listed_at IS 'When it was seen first, UTC';

CREATE TABLE walks (source VARCHAR NOT NULL, list_url VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, backfill BOOLEAN NOT NULL);
COMMENT ON TABLE walks IS 'Walks along the pages of a list that have not come to their end: a later run goes on';
COMMENT ON COLUMN walks.source IS 'The source';
COMMENT ON COLUMN walks.list_url IS 'First page of the list';
COMMENT ON COLUMN walks.started_at IS 'When the walk began, UTC; the pages looked at since then are done';
COMMENT ON COLUMN walks.backfill IS 'Whether it goes to the last page, or to the first that brings nothing new';
