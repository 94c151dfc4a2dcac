-- The writer's own file: append-only, no keys, sequences or indexes (DuckLake has none either).

CREATE TABLE captures (
    seen_id VARCHAR NOT NULL,
    capture_id VARCHAR NOT NULL,
    release_id VARCHAR NOT NULL,
    source VARCHAR,
    url VARCHAR,
    given_id VARCHAR,
    captured_at TIMESTAMPTZ,
    outcome VARCHAR NOT NULL,
    reason VARCHAR,
    content_type VARCHAR,
    raw_sha256 VARCHAR NOT NULL,
    raw_bytes BIGINT NOT NULL,
    listing_title VARCHAR,
    listing_published VARCHAR,
    input_sha256 VARCHAR NOT NULL,
    warc_file VARCHAR NOT NULL,
    warc_offset BIGINT NOT NULL,
    part_start BIGINT,
    part_bytes BIGINT,
    landed_at TIMESTAMPTZ NOT NULL,
    run_id VARCHAR NOT NULL
);
COMMENT ON TABLE captures IS 'One row for each look and what came with it; the archive holds the same rows';
COMMENT ON COLUMN captures.seen_id IS 'Key of the bytes and of all that came with them; the same again adds no row';
COMMENT ON COLUMN captures.capture_id IS 'Hash of URL (or given id), time of the look and raw bytes';
COMMENT ON COLUMN captures.release_id IS 'Hash of the canonical URL, else of the given id, else of the raw bytes';
COMMENT ON COLUMN captures.source IS 'Id of the source in sources.toml, NULL where none claims the URL';
COMMENT ON COLUMN captures.url IS 'URL exactly as given';
COMMENT ON COLUMN captures.given_id IS 'Id that stood beside the file';
COMMENT ON COLUMN captures.captured_at IS 'Time of the look, UTC; NULL where unknown';
COMMENT ON COLUMN captures.outcome IS 'ok, not_modified, gone, soft_404, challenge, blocked, robots_denied, timeout, too_large, malformed or error';
COMMENT ON COLUMN captures.reason IS 'What was wrong, where the outcome is not ok';
COMMENT ON COLUMN captures.content_type IS 'Content type as served or given';
COMMENT ON COLUMN captures.raw_sha256 IS 'SHA-256 of the body; of the item''s own element where it stands in a feed';
COMMENT ON COLUMN captures.raw_bytes IS 'Length of the body in bytes';
COMMENT ON COLUMN captures.listing_title IS 'Title as a list page or feed gave it';
COMMENT ON COLUMN captures.listing_published IS 'Day or time of publication as a list page or feed gave it, in its words';
COMMENT ON COLUMN captures.input_sha256 IS 'Key of all that a parse depends on';
COMMENT ON COLUMN captures.warc_file IS 'WARC file with the body: relative to archive/, absolute where it is the user''s own';
COMMENT ON COLUMN captures.warc_offset IS 'Byte offset of the record in that file';
COMMENT ON COLUMN captures.part_start IS 'First byte of the item within the feed''s body';
COMMENT ON COLUMN captures.part_bytes IS 'Length of the item in bytes';
COMMENT ON COLUMN captures.landed_at IS 'When the row landed here, UTC';
COMMENT ON COLUMN captures.run_id IS 'The run that landed it';

CREATE TABLE parses (
    input_sha256 VARCHAR NOT NULL,
    landing BIGINT NOT NULL,
    layout VARCHAR,
    revision VARCHAR NOT NULL,
    text_sha256 VARCHAR,
    language VARCHAR,
    kind VARCHAR,
    claimed_url VARCHAR,
    breadcrumb VARCHAR[],
    error VARCHAR,
    reason VARCHAR,
    todo VARCHAR,
    parsed_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE parses IS 'What a layout read from an input, or why none did; a later reading is a further row';
COMMENT ON COLUMN parses.input_sha256 IS 'Key of the input, as in captures';
COMMENT ON COLUMN parses.landing IS 'Number of the commit that brought it: the highest is the latest';
COMMENT ON COLUMN parses.layout IS 'Layout that fitted, NULL where none did';
COMMENT ON COLUMN parses.revision IS 'Revision of shared code and layout; of the whole registry where no layout fitted';
COMMENT ON COLUMN parses.text_sha256 IS 'Hash of title, subtitle and paragraphs; NULL where nothing was read';
COMMENT ON COLUMN parses.language IS 'ISO 639-1 code';
COMMENT ON COLUMN parses.kind IS 'Kind of document';
COMMENT ON COLUMN parses.claimed_url IS 'URL that the page claims for itself';
COMMENT ON COLUMN parses.breadcrumb IS 'Items of the breadcrumb';
COMMENT ON COLUMN parses.error IS 'Class of the error by which nothing was read';
COMMENT ON COLUMN parses.reason IS 'What was wrong';
COMMENT ON COLUMN parses.todo IS 'What to do about it';
COMMENT ON COLUMN parses.parsed_at IS 'When it was read, UTC';

CREATE TABLE texts (text_sha256 VARCHAR NOT NULL, title VARCHAR NOT NULL, subtitle VARCHAR, body VARCHAR NOT NULL);
COMMENT ON TABLE texts IS 'Each text once, by its hash';
COMMENT ON COLUMN texts.text_sha256 IS 'SHA-256 of title, subtitle and body, a line each';
COMMENT ON COLUMN texts.title IS 'Title on one line';
COMMENT ON COLUMN texts.subtitle IS 'Subtitle on one line';
COMMENT ON COLUMN texts.body IS 'Paragraphs joined by one blank line';

CREATE TABLE dates_given (
    input_sha256 VARCHAR NOT NULL,
    landing BIGINT NOT NULL,
    method VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    day DATE NOT NULL,
    given_at TIMESTAMPTZ,
    precision VARCHAR NOT NULL,
    zone VARCHAR
);
COMMENT ON TABLE dates_given IS 'What pages and listings say of the day of publication';
COMMENT ON COLUMN dates_given.input_sha256 IS 'Key of the input';
COMMENT ON COLUMN dates_given.landing IS 'Landing of the parse that read it';
COMMENT ON COLUMN dates_given.method IS 'date_line, pub_date, listing or updated, most trusted first';
COMMENT ON COLUMN dates_given.text IS 'The words';
COMMENT ON COLUMN dates_given.day IS 'The issuer''s local day';
COMMENT ON COLUMN dates_given.given_at IS 'The instant, where time and zone are known';
COMMENT ON COLUMN dates_given.precision IS 'minute, day, month or year';
COMMENT ON COLUMN dates_given.zone IS 'IANA zone that it was read in';

CREATE TABLE links (
    input_sha256 VARCHAR NOT NULL,
    landing BIGINT NOT NULL,
    position INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    text VARCHAR NOT NULL
);
COMMENT ON TABLE links IS 'Links, images, translations and attachments of a parse';
COMMENT ON COLUMN links.input_sha256 IS 'Key of the input';
COMMENT ON COLUMN links.landing IS 'Landing of the parse that read it';
COMMENT ON COLUMN links.position IS 'Order on the page, from 0';
COMMENT ON COLUMN links.role IS 'link, image, translation or attachment';
COMMENT ON COLUMN links.url IS 'Absolute where the page''s URL is known';
COMMENT ON COLUMN links.text IS 'Anchor text or alternative text';

CREATE TABLE files_read (file_key VARCHAR NOT NULL, items BIGINT NOT NULL, run_id VARCHAR NOT NULL, read_at TIMESTAMPTZ NOT NULL);
COMMENT ON TABLE files_read IS 'Input files that were read to their end: the same bytes are not read again';
COMMENT ON COLUMN files_read.file_key IS 'Hash of the file and of what stood beside it';
COMMENT ON COLUMN files_read.items IS 'How many looks it held';
COMMENT ON COLUMN files_read.run_id IS 'The run that read it';
COMMENT ON COLUMN files_read.read_at IS 'When, UTC';

CREATE TABLE runs (
    run_id VARCHAR NOT NULL,
    verb VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    source VARCHAR,
    layout VARCHAR,
    read_count BIGINT NOT NULL,
    new_count BIGINT NOT NULL,
    changed_count BIGINT NOT NULL,
    unchanged_count BIGINT NOT NULL,
    quarantined_count BIGINT NOT NULL
);
COMMENT ON TABLE runs IS 'What each run did, by source and layout';
COMMENT ON COLUMN runs.run_id IS 'Id of the run';
COMMENT ON COLUMN runs.verb IS 'ingest or reparse';
COMMENT ON COLUMN runs.started_at IS 'Start, UTC';
COMMENT ON COLUMN runs.ended_at IS 'End, UTC';
COMMENT ON COLUMN runs.source IS 'Source, NULL where none claims the URL';
COMMENT ON COLUMN runs.layout IS 'Layout, NULL where none fitted';
COMMENT ON COLUMN runs.read_count IS 'Looks read';
COMMENT ON COLUMN runs.new_count IS 'Releases seen for the first time';
COMMENT ON COLUMN runs.changed_count IS 'Looks that brought another text';
COMMENT ON COLUMN runs.unchanged_count IS 'Looks that brought nothing new';
COMMENT ON COLUMN runs.quarantined_count IS 'Looks from which no release was read';

CREATE TABLE holds (source VARCHAR NOT NULL, happened_at TIMESTAMPTZ NOT NULL, opened BOOLEAN NOT NULL, reason VARCHAR NOT NULL, run_id VARCHAR NOT NULL);
COMMENT ON TABLE holds IS 'When a source stopped landing, and when it went on; the latest row speaks';
COMMENT ON COLUMN holds.source IS 'The source';
COMMENT ON COLUMN holds.happened_at IS 'When, UTC';
COMMENT ON COLUMN holds.opened IS 'true: held from here on; false: released';
COMMENT ON COLUMN holds.reason IS 'Why';
COMMENT ON COLUMN holds.run_id IS 'The run that did it';

CREATE TABLE publications (published_at TIMESTAMPTZ NOT NULL, landing BIGINT NOT NULL, seconds DOUBLE NOT NULL, bytes BIGINT NOT NULL, state_sha256 VARCHAR NOT NULL);
COMMENT ON TABLE publications IS 'What each publication took, and what it was built of';
COMMENT ON COLUMN publications.published_at IS 'When, UTC';
COMMENT ON COLUMN publications.landing IS 'Last landing in it';
COMMENT ON COLUMN publications.seconds IS 'How long building took';
COMMENT ON COLUMN publications.bytes IS 'Size of the published file';
COMMENT ON COLUMN publications.state_sha256 IS 'Hash of all that it was built of: layouts, sources, and how much had landed';

CREATE TABLE layouts (layout VARCHAR, revision VARCHAR NOT NULL);
COMMENT ON TABLE layouts IS 'Today''s layouts and revisions, written anew by each run; NULL is the registry as a whole';
COMMENT ON COLUMN layouts.layout IS 'Layout, NULL for pages that none knew';
COMMENT ON COLUMN layouts.revision IS 'Its revision today';

CREATE TABLE sources (
    source VARCHAR NOT NULL, issuer VARCHAR NOT NULL, issuer_iso3 VARCHAR, zone VARCHAR, languages VARCHAR[],
    layouts VARCHAR[], state VARCHAR NOT NULL, schedule VARCHAR, note VARCHAR
);
COMMENT ON TABLE sources IS 'The registry of sources.toml, written anew by each run';
COMMENT ON COLUMN sources.source IS 'Id of the source';
COMMENT ON COLUMN sources.issuer IS 'Who speaks';
COMMENT ON COLUMN sources.issuer_iso3 IS 'Country of the issuer, ISO 3166-1 alpha-3';
COMMENT ON COLUMN sources.zone IS 'IANA zone of the issuer';
COMMENT ON COLUMN sources.languages IS 'ISO 639-1 codes';
COMMENT ON COLUMN sources.layouts IS 'Layouts that its pages may be in; NULL allows any';
COMMENT ON COLUMN sources.state IS 'verified, reported or off';
COMMENT ON COLUMN sources.schedule IS 'Cron line of its ingest';
COMMENT ON COLUMN sources.note IS 'What a person should know';
