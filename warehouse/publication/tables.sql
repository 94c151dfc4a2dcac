-- The published file: what readers see. Every table and column says what it is.

CREATE TABLE releases (
    release_id VARCHAR, source VARCHAR, issuer VARCHAR, issuer_iso3 VARCHAR, url VARCHAR, claimed_url VARCHAR,
    title VARCHAR, subtitle VARCHAR, breadcrumb VARCHAR[], body VARCHAR, language VARCHAR, kind VARCHAR,
    published_on DATE, published_at TIMESTAMPTZ, published_precision VARCHAR, published_zone VARCHAR,
    event_on DATE, dated_on DATE, dated_by VARCHAR, layout VARCHAR, versions INTEGER, text_sha256 VARCHAR,
    canonical_id VARCHAR, first_captured_at TIMESTAMPTZ, last_captured_at TIMESTAMPTZ, landed_at TIMESTAMPTZ
);
COMMENT ON TABLE releases IS 'One row for each document, as its latest version stands';
COMMENT ON COLUMN releases.release_id IS 'Hash of the canonical URL, else of the given id, else of the raw bytes; never changes';
COMMENT ON COLUMN releases.source IS 'Id of the source, NULL where none claims the URL';
COMMENT ON COLUMN releases.issuer IS 'Who speaks: ministry, embassy, consulate';
COMMENT ON COLUMN releases.issuer_iso3 IS 'Country of the issuer, ISO 3166-1 alpha-3';
COMMENT ON COLUMN releases.url IS 'URL exactly as in the latest dated capture';
COMMENT ON COLUMN releases.claimed_url IS 'URL that the page claims for itself; real pages name a test host';
COMMENT ON COLUMN releases.title IS 'Title on one line';
COMMENT ON COLUMN releases.subtitle IS 'Subtitle on one line, NULL where there is none';
COMMENT ON COLUMN releases.breadcrumb IS 'Items of the breadcrumb';
COMMENT ON COLUMN releases.body IS 'Paragraphs joined by one blank line, without page chrome';
COMMENT ON COLUMN releases.language IS 'ISO 639-1 code, NULL where nothing settles it';
COMMENT ON COLUMN releases.kind IS 'readout, announcement, statement, joint_statement, spokesperson_qa, press_conference, speech, letter or other';
COMMENT ON COLUMN releases.published_on IS 'The issuer''s local day of publication, NULL where nothing gives it';
COMMENT ON COLUMN releases.published_at IS 'Instant of publication, only where a time and its zone are given';
COMMENT ON COLUMN releases.published_precision IS 'minute, day, month or year';
COMMENT ON COLUMN releases.published_zone IS 'IANA zone of published_on, NULL where unstated';
COMMENT ON COLUMN releases.event_on IS 'Day of the event, where evidence forces one day; table date_evidence says which';
COMMENT ON COLUMN releases.dated_on IS 'The day to count by: event, else published';
COMMENT ON COLUMN releases.dated_by IS 'Which of the two: event or published';
COMMENT ON COLUMN releases.layout IS 'Page template that the latest version was read with';
COMMENT ON COLUMN releases.versions IS 'Number of versions';
COMMENT ON COLUMN releases.text_sha256 IS 'Hash of title, subtitle and body of the latest version';
COMMENT ON COLUMN releases.canonical_id IS 'release_id of the canonical release of its mirrors; its own where none is known';
COMMENT ON COLUMN releases.first_captured_at IS 'First dated capture that was read, UTC';
COMMENT ON COLUMN releases.last_captured_at IS 'Last dated capture that was read, UTC';
COMMENT ON COLUMN releases.landed_at IS 'When its first capture landed here, UTC';

CREATE VIEW canonical_releases AS SELECT * FROM releases WHERE canonical_id = release_id;
COMMENT ON VIEW canonical_releases IS 'Releases without their mirrors and without second URLs of one document: what to count by';

CREATE TABLE version_history (
    release_id VARCHAR, version INTEGER, cause VARCHAR, text_sha256 VARCHAR,
    first_captured_at TIMESTAMPTZ, last_captured_at TIMESTAMPTZ, captures INTEGER
);
COMMENT ON TABLE version_history IS 'The versions without their texts';
COMMENT ON COLUMN version_history.release_id IS 'The release';
COMMENT ON COLUMN version_history.version IS 'Number from 1, in order of capture';
COMMENT ON COLUMN version_history.cause IS 'new, site_edit or reappeared; NULL where no capture is dated';
COMMENT ON COLUMN version_history.text_sha256 IS 'Hash of its text';
COMMENT ON COLUMN version_history.first_captured_at IS 'First capture of the run, UTC';
COMMENT ON COLUMN version_history.last_captured_at IS 'Last capture of the run, UTC';
COMMENT ON COLUMN version_history.captures IS 'How many captures show it';

CREATE TABLE earlier_texts (text_sha256 VARCHAR, title VARCHAR, subtitle VARCHAR, body VARCHAR);
COMMENT ON TABLE earlier_texts IS 'Texts that were seen and are not the latest of their release; the latest stand in releases, so that bodies lie once';
COMMENT ON COLUMN earlier_texts.text_sha256 IS 'SHA-256 of title, subtitle and body, a line each';
COMMENT ON COLUMN earlier_texts.title IS 'Title on one line';
COMMENT ON COLUMN earlier_texts.subtitle IS 'Subtitle on one line';
COMMENT ON COLUMN earlier_texts.body IS 'Paragraphs joined by one blank line';

CREATE VIEW texts AS
SELECT text_sha256, any_value(title) AS title, any_value(subtitle) AS subtitle, any_value(body) AS body
FROM (
    SELECT text_sha256, title, subtitle, body FROM releases
    UNION ALL SELECT text_sha256, title, subtitle, body FROM earlier_texts
) GROUP BY text_sha256;
COMMENT ON VIEW texts IS 'Each text that was read once, the latest ones and the earlier ones';
COMMENT ON COLUMN texts.text_sha256 IS 'SHA-256 of title, subtitle and body, a line each';
COMMENT ON COLUMN texts.title IS 'Title on one line';
COMMENT ON COLUMN texts.subtitle IS 'Subtitle on one line';
COMMENT ON COLUMN texts.body IS 'Paragraphs joined by one blank line';

CREATE VIEW versions AS
SELECT h.release_id, h.version, h.cause, r.title, r.subtitle, r.body, h.text_sha256, h.first_captured_at, h.last_captured_at
FROM version_history h JOIN releases r ON r.release_id = h.release_id AND r.text_sha256 = h.text_sha256
UNION ALL
SELECT h.release_id, h.version, h.cause, t.title, t.subtitle, t.body, h.text_sha256, h.first_captured_at, h.last_captured_at
FROM version_history h
JOIN releases r ON r.release_id = h.release_id AND r.text_sha256 != h.text_sha256
JOIN earlier_texts t ON t.text_sha256 = h.text_sha256;
COMMENT ON VIEW versions IS 'Every version of every release: a maximal run of consecutive captures with one text';
COMMENT ON COLUMN versions.release_id IS 'The release';
COMMENT ON COLUMN versions.version IS 'Number from 1, in order of capture';
COMMENT ON COLUMN versions.cause IS 'new, site_edit or reappeared; NULL where no capture is dated';
COMMENT ON COLUMN versions.title IS 'Title on one line';
COMMENT ON COLUMN versions.subtitle IS 'Subtitle on one line';
COMMENT ON COLUMN versions.body IS 'Paragraphs joined by one blank line';
COMMENT ON COLUMN versions.text_sha256 IS 'Hash of its text';
COMMENT ON COLUMN versions.first_captured_at IS 'First capture that shows it, UTC';
COMMENT ON COLUMN versions.last_captured_at IS 'Last capture that shows it, UTC';

CREATE TABLE release_links (release_id VARCHAR, version INTEGER, position INTEGER, role VARCHAR, url VARCHAR, text VARCHAR);
COMMENT ON TABLE release_links IS 'Links, images, translations and attachments of each version';
COMMENT ON COLUMN release_links.release_id IS 'The release';
COMMENT ON COLUMN release_links.version IS 'The version';
COMMENT ON COLUMN release_links.position IS 'Order on the page, from 0';
COMMENT ON COLUMN release_links.role IS 'link, image, translation or attachment';
COMMENT ON COLUMN release_links.url IS 'Absolute where the page''s URL is known';
COMMENT ON COLUMN release_links.text IS 'Anchor text or alternative text';

CREATE TABLE edits (
    release_id VARCHAR, source VARCHAR, from_version INTEGER, to_version INTEGER, cause VARCHAR,
    edited_after_at TIMESTAMPTZ, edited_before_at TIMESTAMPTZ, from_text_sha256 VARCHAR, to_text_sha256 VARCHAR,
    title_changed BOOLEAN, from_characters BIGINT, to_characters BIGINT, edit_class VARCHAR, declared BOOLEAN
);
COMMENT ON TABLE edits IS 'Each change of a published text, between which two looks it happened; a page that was withdrawn, too';
COMMENT ON COLUMN edits.release_id IS 'The release';
COMMENT ON COLUMN edits.source IS 'Its source';
COMMENT ON COLUMN edits.from_version IS 'Version before';
COMMENT ON COLUMN edits.to_version IS 'Version after, NULL where the page was removed';
COMMENT ON COLUMN edits.cause IS 'site_edit; reappeared: it came back with another text; withdrawn: the page was removed';
COMMENT ON COLUMN edits.edited_after_at IS 'Last look that shows the text before, UTC';
COMMENT ON COLUMN edits.edited_before_at IS 'First look that does not show it any more, UTC';
COMMENT ON COLUMN edits.from_text_sha256 IS 'Hash of the text before';
COMMENT ON COLUMN edits.to_text_sha256 IS 'Hash of the text after';
COMMENT ON COLUMN edits.title_changed IS 'Whether the title changed';
COMMENT ON COLUMN edits.from_characters IS 'Length of the body before';
COMMENT ON COLUMN edits.to_characters IS 'Length of the body after';
COMMENT ON COLUMN edits.edit_class IS 'removed_page, removed_paragraph, changed_fact (a number, a name, the title), wording or punctuation: the gravest that is true';
COMMENT ON COLUMN edits.declared IS 'Whether the page says that it was edited: its "Updated" moved, or a note of correction came';

CREATE TABLE edit_spans (
    release_id VARCHAR, from_version INTEGER, to_version INTEGER, position INTEGER, change VARCHAR, field VARCHAR,
    span_start BIGINT, span_stop BIGINT, words VARCHAR
);
COMMENT ON TABLE edit_spans IS 'The words that went and came with an edit';
COMMENT ON COLUMN edit_spans.release_id IS 'The release';
COMMENT ON COLUMN edit_spans.from_version IS 'Version before';
COMMENT ON COLUMN edit_spans.to_version IS 'Version after';
COMMENT ON COLUMN edit_spans.position IS 'Order within the edit, from 0';
COMMENT ON COLUMN edit_spans.change IS 'went or came';
COMMENT ON COLUMN edit_spans.field IS 'title, subtitle or body';
COMMENT ON COLUMN edit_spans.span_start IS 'First code point, in the version where the words stand';
COMMENT ON COLUMN edit_spans.span_stop IS 'Code point after the last';
COMMENT ON COLUMN edit_spans.words IS 'The words';

CREATE TABLE parser_changes (
    release_id VARCHAR, capture_id VARCHAR, from_layout VARCHAR, from_revision VARCHAR, to_layout VARCHAR,
    to_revision VARCHAR, from_text_sha256 VARCHAR, to_text_sha256 VARCHAR, from_error VARCHAR, to_error VARCHAR, parsed_at TIMESTAMPTZ
);
COMMENT ON TABLE parser_changes IS 'Where a better parser reads the same bytes otherwise: never an edit of the issuer';
COMMENT ON COLUMN parser_changes.release_id IS 'The release';
COMMENT ON COLUMN parser_changes.capture_id IS 'The capture that was read again';
COMMENT ON COLUMN parser_changes.from_layout IS 'Layout before';
COMMENT ON COLUMN parser_changes.from_revision IS 'Its revision';
COMMENT ON COLUMN parser_changes.to_layout IS 'Layout after';
COMMENT ON COLUMN parser_changes.to_revision IS 'Its revision';
COMMENT ON COLUMN parser_changes.from_text_sha256 IS 'Hash of the text before, NULL where nothing was read';
COMMENT ON COLUMN parser_changes.to_text_sha256 IS 'Hash of the text after, NULL where nothing is read';
COMMENT ON COLUMN parser_changes.from_error IS 'Error before';
COMMENT ON COLUMN parser_changes.to_error IS 'Error after';
COMMENT ON COLUMN parser_changes.parsed_at IS 'When it was read again, UTC';

CREATE TABLE withdrawals (
    release_id VARCHAR, source VARCHAR, evidence VARCHAR, last_seen_at TIMESTAMPTZ, gone_since_at TIMESTAMPTZ,
    withdrawn_at TIMESTAMPTZ, looks INTEGER, reappeared_at TIMESTAMPTZ
);
COMMENT ON TABLE withdrawals IS 'Releases that vanished: after at least 3 looks, over at least 2 days; from their URL and from their list is told apart';
COMMENT ON COLUMN withdrawals.release_id IS 'The release';
COMMENT ON COLUMN withdrawals.source IS 'Its source';
COMMENT ON COLUMN withdrawals.evidence IS 'gone (404, 410), soft_404 or both of the page itself; unlisted: dropped from a list that still names what stood around it';
COMMENT ON COLUMN withdrawals.last_seen_at IS 'Last look at the page that showed it, UTC';
COMMENT ON COLUMN withdrawals.gone_since_at IS 'First look that did not, UTC';
COMMENT ON COLUMN withdrawals.withdrawn_at IS 'The look that made it certain enough, UTC';
COMMENT ON COLUMN withdrawals.looks IS 'How many looks did not show it';
COMMENT ON COLUMN withdrawals.reappeared_at IS 'First look that showed it again, UTC; NULL where none did';

CREATE TABLE mirrors (release_id VARCHAR, canonical_id VARCHAR, method VARCHAR, similarity DOUBLE, lag_days INTEGER);
COMMENT ON TABLE mirrors IS 'The same release on other sites';
COMMENT ON COLUMN mirrors.release_id IS 'The mirror';
COMMENT ON COLUMN mirrors.canonical_id IS 'The canonical release of its group: the ministry''s own, else the earliest';
COMMENT ON COLUMN mirrors.method IS 'exact: the same text; near: it differs as table mirror_differences says';
COMMENT ON COLUMN mirrors.similarity IS 'How alike the texts are, 0 to 1';
COMMENT ON COLUMN mirrors.lag_days IS 'Days from the publication of the canonical release to that of the mirror; NULL where one is not known';

CREATE TABLE mirror_differences (
    release_id VARCHAR, canonical_id VARCHAR, position INTEGER, change VARCHAR, field VARCHAR, span_start BIGINT, span_stop BIGINT,
    words VARCHAR
);
COMMENT ON TABLE mirror_differences IS 'Passages in which a mirror differs from its canonical release';
COMMENT ON COLUMN mirror_differences.release_id IS 'The mirror';
COMMENT ON COLUMN mirror_differences.canonical_id IS 'The canonical release';
COMMENT ON COLUMN mirror_differences.position IS 'Order, from 0';
COMMENT ON COLUMN mirror_differences.change IS 'went: only in the canonical release; came: only in the mirror';
COMMENT ON COLUMN mirror_differences.field IS 'title, subtitle or body';
COMMENT ON COLUMN mirror_differences.span_start IS 'First code point, in the text where the words stand';
COMMENT ON COLUMN mirror_differences.span_stop IS 'Code point after the last';
COMMENT ON COLUMN mirror_differences.words IS 'The words';

CREATE TABLE listings (
    source VARCHAR, release_id VARCHAR, url VARCHAR, list_url VARCHAR, title VARCHAR, published VARCHAR, position INTEGER,
    followed BOOLEAN, listed_at TIMESTAMPTZ
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

CREATE TABLE url_aliases (release_id VARCHAR, url VARCHAR, first_captured_at TIMESTAMPTZ, last_captured_at TIMESTAMPTZ, captures INTEGER);
COMMENT ON TABLE url_aliases IS 'Every URL under which a release was seen, as it was written, those that redirects led to, and second URLs of one document on one site';
COMMENT ON COLUMN url_aliases.release_id IS 'The release';
COMMENT ON COLUMN url_aliases.url IS 'A URL of it';
COMMENT ON COLUMN url_aliases.first_captured_at IS 'First dated capture under it, UTC';
COMMENT ON COLUMN url_aliases.last_captured_at IS 'Last dated capture under it, UTC';
COMMENT ON COLUMN url_aliases.captures IS 'How many captures';

CREATE TABLE captures (
    capture_id VARCHAR, release_id VARCHAR, source VARCHAR, url VARCHAR, given_id VARCHAR, captured_at TIMESTAMPTZ,
    outcome VARCHAR, reason VARCHAR, content_type VARCHAR, raw_sha256 VARCHAR, raw_bytes BIGINT, listing_title VARCHAR,
    listing_published VARCHAR, layout VARCHAR, text_sha256 VARCHAR, warc_file VARCHAR, warc_offset BIGINT,
    part_start BIGINT, part_bytes BIGINT, landed_at TIMESTAMPTZ, role VARCHAR, status INTEGER, final_url VARCHAR,
    robots_rule VARCHAR, attempts INTEGER
);
COMMENT ON TABLE captures IS 'One row for each look at one URL or file at one time, with its outcome';
COMMENT ON COLUMN captures.capture_id IS 'Hash of URL (or given id), time of the look and raw bytes';
COMMENT ON COLUMN captures.release_id IS 'The release that it looked at';
COMMENT ON COLUMN captures.source IS 'Id of the source, NULL where none claims the URL';
COMMENT ON COLUMN captures.url IS 'URL exactly as given';
COMMENT ON COLUMN captures.given_id IS 'Id that stood beside the file; beside a URL it names nothing';
COMMENT ON COLUMN captures.captured_at IS 'Time of the look, UTC; NULL where unknown';
COMMENT ON COLUMN captures.outcome IS 'ok, not_modified, gone, soft_404, challenge, blocked, robots_denied, timeout, too_large, malformed or error';
COMMENT ON COLUMN captures.reason IS 'What was wrong, where the outcome is not ok';
COMMENT ON COLUMN captures.content_type IS 'Content type as served or given';
COMMENT ON COLUMN captures.raw_sha256 IS 'SHA-256 of the body; of the item''s own element where it stands in a feed';
COMMENT ON COLUMN captures.raw_bytes IS 'Length of the body in bytes';
COMMENT ON COLUMN captures.listing_title IS 'Title as a list page or feed gave it';
COMMENT ON COLUMN captures.listing_published IS 'Time of publication as a list page or feed gave it, in its words';
COMMENT ON COLUMN captures.layout IS 'Layout that read it, NULL where none did';
COMMENT ON COLUMN captures.text_sha256 IS 'Hash of the text that was read, NULL where none was';
COMMENT ON COLUMN captures.warc_file IS 'WARC file with the body: relative to archive/, absolute where it is the user''s own; NULL where it was taken down';
COMMENT ON COLUMN captures.warc_offset IS 'Byte offset of the record in that file';
COMMENT ON COLUMN captures.part_start IS 'First byte of the item within the feed''s body';
COMMENT ON COLUMN captures.part_bytes IS 'Length of the item in bytes';
COMMENT ON COLUMN captures.landed_at IS 'When it landed here, UTC';
COMMENT ON COLUMN captures.role IS 'page, list, feed, sitemap or robots; only pages become releases';
COMMENT ON COLUMN captures.status IS 'HTTP status of the answer; NULL where none came or it was loaded';
COMMENT ON COLUMN captures.final_url IS 'URL that answered, after redirects';
COMMENT ON COLUMN captures.robots_rule IS 'What in robots.txt decided that it was asked for, or not';
COMMENT ON COLUMN captures.attempts IS 'How many times it was asked for in a row; NULL where it was loaded';

CREATE TABLE takedowns (release_id VARCHAR, url VARCHAR, taken_down_at TIMESTAMPTZ, reason VARCHAR, lifted_at TIMESTAMPTZ);
COMMENT ON TABLE takedowns IS 'Releases that the operator took down: their texts are not kept, and they stand in captures alone; docs/runbook.md says what goes';
COMMENT ON COLUMN takedowns.release_id IS 'The release';
COMMENT ON COLUMN takedowns.url IS 'Its URL';
COMMENT ON COLUMN takedowns.taken_down_at IS 'When, UTC';
COMMENT ON COLUMN takedowns.reason IS 'Why, in the words of the operator';
COMMENT ON COLUMN takedowns.lifted_at IS 'From when on looks at it land again, UTC; NULL while it is taken down';

CREATE TABLE quarantine (
    capture_id VARCHAR, release_id VARCHAR, source VARCHAR, url VARCHAR, given_id VARCHAR, captured_at TIMESTAMPTZ,
    outcome VARCHAR, layout VARCHAR, error VARCHAR, reason VARCHAR, todo VARCHAR, raw_sha256 VARCHAR,
    warc_file VARCHAR, warc_offset BIGINT, landed_at TIMESTAMPTZ
);
COMMENT ON TABLE quarantine IS 'What could not be read, kept with the reason; `communique reparse` replays it after a fix';
COMMENT ON COLUMN quarantine.capture_id IS 'The capture';
COMMENT ON COLUMN quarantine.release_id IS 'The release that it looked at';
COMMENT ON COLUMN quarantine.source IS 'Its source';
COMMENT ON COLUMN quarantine.url IS 'URL exactly as given';
COMMENT ON COLUMN quarantine.given_id IS 'Id that stood beside the file';
COMMENT ON COLUMN quarantine.captured_at IS 'Time of the look, UTC';
COMMENT ON COLUMN quarantine.outcome IS 'Outcome of the capture';
COMMENT ON COLUMN quarantine.layout IS 'Layout that fitted but could not read it';
COMMENT ON COLUMN quarantine.error IS 'Class of the error';
COMMENT ON COLUMN quarantine.reason IS 'What was wrong';
COMMENT ON COLUMN quarantine.todo IS 'What to do about it';
COMMENT ON COLUMN quarantine.raw_sha256 IS 'SHA-256 of the body';
COMMENT ON COLUMN quarantine.warc_file IS 'WARC file with the body';
COMMENT ON COLUMN quarantine.warc_offset IS 'Byte offset of the record in that file';
COMMENT ON COLUMN quarantine.landed_at IS 'When it landed here, UTC';

CREATE TABLE date_evidence (
    release_id VARCHAR, about VARCHAR, method VARCHAR, text VARCHAR, earliest_on DATE, latest_on DATE, precision VARCHAR,
    zone VARCHAR, field VARCHAR, span_start BIGINT, span_stop BIGINT, chosen BOOLEAN
);
COMMENT ON TABLE date_evidence IS 'Every piece of evidence for the days of a release, contradictions included';
COMMENT ON COLUMN date_evidence.release_id IS 'The release';
COMMENT ON COLUMN date_evidence.about IS 'published or event';
COMMENT ON COLUMN date_evidence.method IS 'Of publication, most trusted first: date_line, pub_date, listing, updated, neighbours (in a list), page_id, url (a bound). Of the event: title, text, mirror, tenure (of an office named), first_known (a term)';
COMMENT ON COLUMN date_evidence.text IS 'The words that say it; the URL where that does';
COMMENT ON COLUMN date_evidence.earliest_on IS 'First day that it allows, NULL where it bounds the other end alone';
COMMENT ON COLUMN date_evidence.latest_on IS 'Last day that it allows';
COMMENT ON COLUMN date_evidence.precision IS 'minute, day, month or year as stated; NULL for a range';
COMMENT ON COLUMN date_evidence.zone IS 'IANA zone that it was read in';
COMMENT ON COLUMN date_evidence.field IS 'title, subtitle or body, where it stands in the text';
COMMENT ON COLUMN date_evidence.span_start IS 'First code point in that field, NULL where it stands elsewhere';
COMMENT ON COLUMN date_evidence.span_stop IS 'Code point after the last';
COMMENT ON COLUMN date_evidence.chosen IS 'Whether the day follows from it; where it is a range, no day does';

CREATE TABLE sources (
    source VARCHAR, issuer VARCHAR, issuer_iso3 VARCHAR, zone VARCHAR, languages VARCHAR[], layouts VARCHAR[],
    state VARCHAR, schedule VARCHAR, note VARCHAR
);
COMMENT ON TABLE sources IS 'The registry: one stream of one issuer on one site a row';
COMMENT ON COLUMN sources.source IS 'Id of the source';
COMMENT ON COLUMN sources.issuer IS 'Who speaks';
COMMENT ON COLUMN sources.issuer_iso3 IS 'Country of the issuer, ISO 3166-1 alpha-3';
COMMENT ON COLUMN sources.zone IS 'IANA zone of the issuer';
COMMENT ON COLUMN sources.languages IS 'ISO 639-1 codes';
COMMENT ON COLUMN sources.layouts IS 'Layouts that its pages may be in; NULL allows any';
COMMENT ON COLUMN sources.state IS 'verified, reported or off';
COMMENT ON COLUMN sources.schedule IS 'Cron line of its ingest';
COMMENT ON COLUMN sources.note IS 'What a person should know';

CREATE TABLE source_runs (
    run_id VARCHAR, verb VARCHAR, source VARCHAR, layout VARCHAR, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, read_count BIGINT,
    new_count BIGINT, changed_count BIGINT, unchanged_count BIGINT, quarantined_count BIGINT, missed_count BIGINT
);
COMMENT ON TABLE source_runs IS 'What each run did, by source and layout';
COMMENT ON COLUMN source_runs.run_id IS 'Id of the run';
COMMENT ON COLUMN source_runs.verb IS 'ingest or reparse';
COMMENT ON COLUMN source_runs.source IS 'Source, NULL where none claims the URL';
COMMENT ON COLUMN source_runs.layout IS 'Layout, NULL where none fitted';
COMMENT ON COLUMN source_runs.started_at IS 'Start, UTC';
COMMENT ON COLUMN source_runs.ended_at IS 'End, UTC';
COMMENT ON COLUMN source_runs.read_count IS 'Looks read';
COMMENT ON COLUMN source_runs.new_count IS 'Releases seen for the first time';
COMMENT ON COLUMN source_runs.changed_count IS 'Looks that brought another text';
COMMENT ON COLUMN source_runs.unchanged_count IS 'Looks that brought nothing new';
COMMENT ON COLUMN source_runs.quarantined_count IS 'Looks from which no release was read';
COMMENT ON COLUMN source_runs.missed_count IS 'Looks that brought no page: gone, refused, no answer';

CREATE TABLE source_health (
    source VARCHAR, captures BIGINT, releases BIGINT, quarantined BIGINT, unknown_layout BIGINT, published_share DOUBLE,
    body_characters_p05 DOUBLE, body_characters_median DOUBLE, body_characters_p95 DOUBLE, last_captured_at TIMESTAMPTZ,
    last_new_on DATE, silent_days INTEGER, usual_gap_days DOUBLE, longest_gap_days INTEGER, new_28_days BIGINT, usual_28_days DOUBLE,
    held BOOLEAN, open_incidents BIGINT, suspected_chrome BIGINT, suspected_loss BIGINT
);
COMMENT ON TABLE source_health IS 'How each source does, beside its own past: cadence over the two years before its last look';
COMMENT ON COLUMN source_health.source IS 'The source, NULL for input that none claims';
COMMENT ON COLUMN source_health.captures IS 'Captures in all';
COMMENT ON COLUMN source_health.releases IS 'Releases read from them';
COMMENT ON COLUMN source_health.quarantined IS 'Captures in quarantine';
COMMENT ON COLUMN source_health.unknown_layout IS 'Of these, pages in no layout or in one that the source does not name';
COMMENT ON COLUMN source_health.published_share IS 'Share of releases with a day of publication, 0 to 1; table layout_health has further fields';
COMMENT ON COLUMN source_health.body_characters_p05 IS 'Length of a body that 5 % fall below';
COMMENT ON COLUMN source_health.body_characters_median IS 'Median length of a body';
COMMENT ON COLUMN source_health.body_characters_p95 IS 'Length of a body that 5 % exceed';
COMMENT ON COLUMN source_health.last_captured_at IS 'Latest dated capture, UTC';
COMMENT ON COLUMN source_health.last_new_on IS 'Day on which the last release arrived: published, where that is given, else first seen';
COMMENT ON COLUMN source_health.silent_days IS 'Days from then to the last look';
COMMENT ON COLUMN source_health.usual_gap_days IS 'Median of the days between two days with something new';
COMMENT ON COLUMN source_health.longest_gap_days IS 'Longest of them';
COMMENT ON COLUMN source_health.new_28_days IS 'Releases that arrived in the 28 days up to the last look';
COMMENT ON COLUMN source_health.usual_28_days IS 'Median of the periods of 28 days before; NULL where there was none';
COMMENT ON COLUMN source_health.held IS 'Whether the source is held';
COMMENT ON COLUMN source_health.open_incidents IS 'Incidents of it that are open, a hold included';
COMMENT ON COLUMN source_health.suspected_chrome IS 'Lines that stand in many of its bodies and read like chrome';
COMMENT ON COLUMN source_health.suspected_loss IS 'Releases with a sentence on their page that is not in them, and on no other page';

CREATE TABLE layout_health (
    source VARCHAR, layout VARCHAR, pages BIGINT, read_share DOUBLE, releases BIGINT, published_share DOUBLE, breadcrumb_share DOUBLE,
    subtitle_share DOUBLE, second_paragraph_share DOUBLE, body_characters_p05 DOUBLE, body_characters_median DOUBLE, body_characters_p95 DOUBLE
);
COMMENT ON TABLE layout_health IS 'How often each layout gives each field, source by source: a share that falls is a page that changed';
COMMENT ON COLUMN layout_health.source IS 'The source, NULL for input that none claims';
COMMENT ON COLUMN layout_health.layout IS 'The layout';
COMMENT ON COLUMN layout_health.pages IS 'Captures whose page is in it';
COMMENT ON COLUMN layout_health.read_share IS 'Share of these from which a release was read, 0 to 1';
COMMENT ON COLUMN layout_health.releases IS 'Releases whose latest version it reads; the following are over these';
COMMENT ON COLUMN layout_health.published_share IS 'Share with a day of publication, 0 to 1';
COMMENT ON COLUMN layout_health.breadcrumb_share IS 'Share with a breadcrumb, 0 to 1';
COMMENT ON COLUMN layout_health.subtitle_share IS 'Share with a subtitle, 0 to 1';
COMMENT ON COLUMN layout_health.second_paragraph_share IS 'Share with more than one paragraph, 0 to 1';
COMMENT ON COLUMN layout_health.body_characters_p05 IS 'Length of a body that 5 % fall below';
COMMENT ON COLUMN layout_health.body_characters_median IS 'Median length of a body';
COMMENT ON COLUMN layout_health.body_characters_p95 IS 'Length of a body that 5 % exceed';

CREATE TABLE suspects (
    source VARCHAR, suspicion VARCHAR, layout VARCHAR, line VARCHAR, bodies BIGINT, of_bodies BIGINT, release_id VARCHAR, url VARCHAR
);
COMMENT ON TABLE suspects IS 'The worst cases of the audit for leaks and losses, at most 20 of a source and suspicion; docs/evidence.md says what it sees';
COMMENT ON COLUMN suspects.source IS 'The source, NULL for input that none claims';
COMMENT ON COLUMN suspects.suspicion IS 'chrome: the line stands in bodies; loss: it stands on a page and not in its release';
COMMENT ON COLUMN suspects.layout IS 'Layout of the pages that were compared';
COMMENT ON COLUMN suspects.line IS 'The line, cut at 300 characters; where only its beginning or end repeats, that and an ellipsis';
COMMENT ON COLUMN suspects.bodies IS 'In how many bodies it stands; 1 where it is missing from one';
COMMENT ON COLUMN suspects.of_bodies IS 'How many different bodies of the source and layout were compared';
COMMENT ON COLUMN suspects.release_id IS 'A release that has it, or that lacks it';
COMMENT ON COLUMN suspects.url IS 'Its URL';

CREATE TABLE incidents (source VARCHAR, kind VARCHAR, opened_at TIMESTAMPTZ, closed_at TIMESTAMPTZ, reason VARCHAR, run_id VARCHAR);
COMMENT ON TABLE incidents IS 'What needs a person: one row from its opening to its closing; docs/operate.md says when each kind opens';
COMMENT ON COLUMN incidents.source IS 'The source';
COMMENT ON COLUMN incidents.kind IS 'hold: the source lands nothing until `communique reparse`; fill (a field is missing), yield (few new releases) and silence (none, or no look) hold nothing and close by themselves';
COMMENT ON COLUMN incidents.opened_at IS 'When it opened, UTC';
COMMENT ON COLUMN incidents.closed_at IS 'When it closed, UTC; NULL while it is open';
COMMENT ON COLUMN incidents.reason IS 'Why';
COMMENT ON COLUMN incidents.run_id IS 'The run that found it';

CREATE TABLE publication (published_at TIMESTAMPTZ, schema_version INTEGER, communique_version VARCHAR, landing BIGINT, releases BIGINT, versions BIGINT, captures BIGINT, quarantined BIGINT);
COMMENT ON TABLE publication IS 'Which publication this file is: one row';
COMMENT ON COLUMN publication.published_at IS 'When it was built, UTC';
COMMENT ON COLUMN publication.schema_version IS 'Number of the last migration';
COMMENT ON COLUMN publication.communique_version IS 'Version that built it';
COMMENT ON COLUMN publication.landing IS 'Last landing in it';
COMMENT ON COLUMN publication.releases IS 'Releases in it';
COMMENT ON COLUMN publication.versions IS 'Versions in it';
COMMENT ON COLUMN publication.captures IS 'Captures in it';
COMMENT ON COLUMN publication.quarantined IS 'Captures in quarantine';

-- A past day: captures by the end of that day (UTC), their latest text for each release.
CREATE MACRO as_observed(day) AS TABLE
SELECT c.release_id, r.source, c.url, t.title, t.subtitle, t.body, t.text_sha256, c.captured_at, c.landed_at
FROM (
    SELECT * FROM captures WHERE text_sha256 IS NOT NULL AND captured_at < ((CAST(day AS DATE) + INTERVAL 1 DAY) AT TIME ZONE 'UTC')
    QUALIFY row_number() OVER (PARTITION BY release_id ORDER BY captured_at DESC, raw_sha256 DESC) = 1
) c JOIN texts t USING (text_sha256) LEFT JOIN releases r USING (release_id);

CREATE MACRO as_known(day) AS TABLE
SELECT c.release_id, r.source, c.url, t.title, t.subtitle, t.body, t.text_sha256, c.captured_at, c.landed_at
FROM (
    SELECT * FROM captures WHERE text_sha256 IS NOT NULL AND landed_at < ((CAST(day AS DATE) + INTERVAL 1 DAY) AT TIME ZONE 'UTC')
    QUALIFY row_number() OVER (PARTITION BY release_id ORDER BY captured_at DESC NULLS LAST,
        CASE WHEN captured_at IS NULL THEN text_sha256 END DESC, raw_sha256 DESC) = 1
) c JOIN texts t USING (text_sha256) LEFT JOIN releases r USING (release_id);
COMMENT ON MACRO TABLE as_observed IS 'as_observed(day): each release as captured by the end of a day (UTC)';
COMMENT ON MACRO TABLE as_known IS 'as_known(day): each release as landed here by the end of a day (UTC)';
