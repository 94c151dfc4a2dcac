-- From readings to what readers see. History is computed here and nowhere else: it follows from the
-- captures ordered by time, then by raw hash, so that any order of arrival gives the same answer.

CREATE OR REPLACE TEMP TABLE shown AS
WITH good AS (
    SELECT *, bool_or(captured_at IS NOT NULL) OVER (PARTITION BY release_id) AS any_dated
    FROM readings WHERE text_sha256 IS NOT NULL
),
dated AS (
    SELECT *, coalesce(text_sha256 != lag(text_sha256) OVER looks, true) AS starts_version
    FROM good WHERE captured_at IS NOT NULL
    WINDOW looks AS (PARTITION BY release_id ORDER BY captured_at, raw_sha256, capture_id)
)
SELECT *, CAST(sum(starts_version::INTEGER) OVER looks AS INTEGER) AS version,
    row_number() OVER (PARTITION BY release_id ORDER BY captured_at DESC, raw_sha256 DESC, capture_id DESC) AS recency
FROM dated
WINDOW looks AS (PARTITION BY release_id ORDER BY captured_at, raw_sha256, capture_id)
UNION ALL BY NAME
-- Where no capture is dated, each distinct text is a version, and no edit is claimed.
SELECT *, NULL::BOOLEAN AS starts_version,
    CAST(dense_rank() OVER (PARTITION BY release_id ORDER BY text_sha256) AS INTEGER) AS version,
    row_number() OVER (PARTITION BY release_id ORDER BY text_sha256 DESC, raw_sha256 DESC, capture_id DESC) AS recency
FROM good WHERE NOT any_dated;

INSERT INTO published.version_history
SELECT release_id, version,
    CASE WHEN min(captured_at) IS NULL THEN NULL WHEN version = 1 THEN 'new' ELSE 'site_edit' END,
    any_value(text_sha256), min(captured_at), max(captured_at), count(*)
FROM shown GROUP BY release_id, version ORDER BY release_id, version;

INSERT INTO published.earlier_texts
SELECT text_sha256, title, subtitle, body FROM texts
WHERE text_sha256 IN (
    SELECT r.text_sha256 FROM readings r
    JOIN shown s ON s.release_id = r.release_id AND s.recency = 1 AND s.text_sha256 != r.text_sha256
);

CREATE OR REPLACE TEMP TABLE said AS
SELECT s.release_id, g.*, s.captured_at, s.raw_sha256,
    list_position(['date_line', 'pub_date', 'listing', 'updated'], g.method) AS trust
FROM readings s
JOIN dates_given g ON g.input_sha256 = s.input_sha256 AND g.landing = s.landing
WHERE s.text_sha256 IS NOT NULL;

CREATE OR REPLACE TEMP TABLE chosen_dates AS
SELECT * FROM said
QUALIFY row_number() OVER (
    PARTITION BY release_id
    ORDER BY trust, captured_at DESC NULLS LAST, raw_sha256 DESC, given_at NULLS LAST, day, text
) = 1;

INSERT INTO published.date_evidence
SELECT d.release_id, 'published', d.method, d.text, d.day, d.day, d.precision, d.zone, NULL, NULL,
    bool_or(d.method = p.method AND d.text = p.text)
FROM said d JOIN chosen_dates p USING (release_id)
GROUP BY d.release_id, d.method, d.text, d.day, d.precision, d.zone
ORDER BY ALL;

CREATE OR REPLACE TEMP TABLE looks AS
SELECT release_id, min(landed_at) AS landed_at,
    arg_max(source, (captured_at IS NOT NULL, captured_at, raw_sha256)) FILTER (source IS NOT NULL) AS source,
    arg_max(url, (captured_at IS NOT NULL, captured_at, raw_sha256, url)) FILTER (url IS NOT NULL) AS url
FROM readings GROUP BY release_id;

INSERT INTO published.releases
SELECT s.release_id, l.source, o.issuer, o.issuer_iso3, l.url, s.claimed_url, t.title, t.subtitle, s.breadcrumb, t.body,
    s.language, s.kind, p.local_day, p.given_at, p.precision, p.local_zone, NULL, p.local_day,
    CASE WHEN p.local_day IS NOT NULL THEN 'published' END,
    s.layout, h.versions, s.text_sha256, s.release_id, h.first_captured_at, h.last_captured_at, l.landed_at
FROM shown s
JOIN texts t USING (text_sha256)
JOIN looks l USING (release_id)
JOIN (
    SELECT release_id, max(version) AS versions, min(first_captured_at) AS first_captured_at, max(last_captured_at) AS last_captured_at
    FROM published.version_history GROUP BY release_id
) h USING (release_id)
LEFT JOIN sources o ON o.source = l.source
LEFT JOIN (
    -- An instant whose layout settles no zone: the issuer's day is the one in its source's.
    SELECT c.*, c.zone = 'UTC' AND z.zone IS NOT NULL AS elsewhere,
        CASE WHEN elsewhere THEN CAST(c.given_at AT TIME ZONE z.zone AS DATE) ELSE c.day END AS local_day,
        CASE WHEN elsewhere THEN z.zone ELSE c.zone END AS local_zone
    FROM chosen_dates c JOIN looks k USING (release_id) LEFT JOIN sources z ON z.source = k.source
) p ON p.release_id = s.release_id
WHERE s.recency = 1;

INSERT INTO published.release_links
WITH representative AS (
    SELECT release_id, version, input_sha256, landing FROM shown
    QUALIFY row_number() OVER (PARTITION BY release_id, version ORDER BY captured_at DESC NULLS LAST, raw_sha256 DESC, capture_id DESC) = 1
)
SELECT r.release_id, r.version, k.position, k.role, k.url, k.text
FROM representative r JOIN links k ON k.input_sha256 = r.input_sha256 AND k.landing = r.landing
ORDER BY r.release_id, r.version, k.position;

INSERT INTO published.edits
SELECT b.release_id, l.source, a.version, b.version, b.cause, a.last_captured_at, b.first_captured_at,
    a.text_sha256, b.text_sha256, ta.title != tb.title, length(ta.body), length(tb.body), NULL, NULL
FROM published.version_history a
JOIN published.version_history b ON b.release_id = a.release_id AND b.version = a.version + 1
JOIN texts ta ON ta.text_sha256 = a.text_sha256
JOIN texts tb ON tb.text_sha256 = b.text_sha256
JOIN looks l ON l.release_id = b.release_id
WHERE b.cause IS NOT NULL
ORDER BY b.release_id, b.version;

INSERT INTO published.captures
SELECT capture_id, release_id, source, url, given_id, captured_at, outcome, capture_reason, content_type, raw_sha256, raw_bytes,
    listing_title, listing_published, layout, text_sha256, warc_file, warc_offset, part_start, part_bytes, landed_at
FROM readings ORDER BY release_id, captured_at, capture_id;

INSERT INTO published.quarantine
SELECT capture_id, release_id, source, url, given_id, captured_at, outcome, layout, error, reason, todo, raw_sha256,
    warc_file, warc_offset, landed_at
FROM readings WHERE error IS NOT NULL ORDER BY capture_id;

INSERT INTO published.url_aliases
SELECT release_id, url, min(captured_at), max(captured_at), count(*)
FROM readings WHERE url IS NOT NULL GROUP BY release_id, url ORDER BY release_id, url;

INSERT INTO published.parser_changes
WITH read_again AS (
    SELECT *, lag(landing) OVER again AS from_landing, lag(layout) OVER again AS from_layout, lag(revision) OVER again AS from_revision,
        lag(text_sha256) OVER again AS from_text_sha256, lag(error) OVER again AS from_error
    FROM parses WINDOW again AS (PARTITION BY input_sha256 ORDER BY landing)
)
SELECT DISTINCT r.release_id, r.capture_id, c.from_layout, c.from_revision, c.layout, c.revision, c.from_text_sha256,
    c.text_sha256, c.from_error, c.error, c.parsed_at
FROM read_again c JOIN readings r USING (input_sha256)
WHERE c.from_landing IS NOT NULL
    AND (c.from_text_sha256 IS DISTINCT FROM c.text_sha256 OR c.from_error IS DISTINCT FROM c.error)
ORDER BY ALL;

INSERT INTO published.sources SELECT source, issuer, issuer_iso3, zone, languages, layouts, state, schedule, note FROM sources ORDER BY source;

INSERT INTO published.source_runs
SELECT run_id, verb, source, layout, started_at, ended_at, read_count, new_count, changed_count, unchanged_count, quarantined_count
FROM runs ORDER BY started_at, run_id, source, layout;

INSERT INTO published.incidents
SELECT source, 'hold', happened_at,
    CASE WHEN lead(opened) OVER turns IS FALSE THEN lead(happened_at) OVER turns END, reason
FROM holds
WINDOW turns AS (PARTITION BY source ORDER BY happened_at, opened)
QUALIFY opened
ORDER BY happened_at, source;

INSERT INTO published.source_health
WITH kept AS (
    SELECT source, count(*) AS captures, count(*) FILTER (error IS NOT NULL) AS quarantined,
        count(*) FILTER (error IN ('LayoutUnknown', 'LayoutNotAllowed')) AS unknown_layout, max(captured_at) AS last_captured_at
    FROM readings GROUP BY source
),
read AS (
    SELECT source, count(*) AS releases, avg((published_on IS NOT NULL)::INTEGER) AS published_share, median(length(body)) AS body_median
    FROM published.releases GROUP BY source
)
SELECT k.source, k.captures, coalesce(r.releases, 0), k.quarantined, k.unknown_layout, r.published_share, r.body_median,
    k.last_captured_at,
    EXISTS (SELECT 1 FROM published.incidents i WHERE i.source = k.source AND i.closed_at IS NULL)
FROM kept k LEFT JOIN read r ON r.source IS NOT DISTINCT FROM k.source
ORDER BY k.source;
