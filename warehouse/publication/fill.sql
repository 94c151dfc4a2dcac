-- From history, and what was derived from texts, to what readers see.

INSERT INTO published.version_history
SELECT release_id, version, cause, text_sha256, first_captured_at, last_captured_at, captures
FROM version_runs ORDER BY release_id, version;

INSERT INTO published.earlier_texts
SELECT text_sha256, title, subtitle, body FROM texts
WHERE text_sha256 IN (
    SELECT r.text_sha256 FROM readings r
    JOIN shown s ON s.release_id = r.release_id AND s.recency = 1 AND s.text_sha256 != r.text_sha256
);

INSERT INTO published.date_evidence
SELECT d.release_id, 'published', d.method, d.text, d.day, d.day, d.precision, d.zone, NULL, NULL, NULL,
    bool_or(d.method = p.method AND d.text = p.text)
FROM said d JOIN chosen_dates p USING (release_id)
GROUP BY d.release_id, d.method, d.text, d.day, d.precision, d.zone
UNION ALL
SELECT release_id, about, method, text, earliest_on, latest_on, precision, NULL, field, span_start, span_stop,
    chosen AND (about != 'event' OR release_id NOT IN (SELECT release_id FROM inherited_days)) -- then its mirror's day is
FROM days_found
UNION ALL
SELECT release_id, 'published', 'neighbours', between_list, between_earliest, between_latest, NULL, NULL, NULL, NULL, NULL, false
FROM current WHERE between_list IS NOT NULL
UNION ALL
SELECT release_id, 'event', 'mirror', url, event_on, event_on, 'day', NULL, NULL, NULL, NULL, true FROM inherited_days
ORDER BY ALL;

INSERT INTO published.releases
SELECT s.release_id, l.source, o.issuer, o.issuer_iso3, l.url, s.claimed_url, t.title, t.subtitle, s.breadcrumb, t.body,
    s.language, s.kind, p.local_day, p.given_at, p.precision, p.local_zone, e.event_on,
    coalesce(e.event_on, p.local_day), CASE WHEN e.event_on IS NOT NULL THEN 'event' WHEN p.local_day IS NOT NULL THEN 'published' END,
    s.layout, h.versions, s.text_sha256, coalesce(g.canonical_id, s.release_id), h.first_captured_at, h.last_captured_at, l.landed_at
FROM shown s
JOIN texts t USING (text_sha256)
JOIN looks l USING (release_id)
JOIN (
    SELECT release_id, max(version) AS versions, min(first_captured_at) AS first_captured_at, max(last_captured_at) AS last_captured_at
    FROM published.version_history GROUP BY release_id
) h USING (release_id)
LEFT JOIN sources o ON o.source = l.source
LEFT JOIN chosen_dates p USING (release_id)
LEFT JOIN event_days e USING (release_id)
LEFT JOIN grouped g USING (release_id)
WHERE s.recency = 1;

INSERT INTO published.release_links
WITH representative AS (
    SELECT release_id, version, input_sha256, landing FROM shown
    QUALIFY row_number() OVER (PARTITION BY release_id, version ORDER BY captured_at DESC NULLS LAST, raw_sha256 DESC, capture_id DESC) = 1
)
SELECT r.release_id, r.version, k.position, k.role, k.url, k.text
FROM representative r JOIN links k ON k.input_sha256 = r.input_sha256 AND k.landing = r.landing
ORDER BY r.release_id, r.version, k.position;

CREATE OR REPLACE TEMP TABLE updated AS -- when each version says that it was updated, at its first look and last
WITH told AS (
    SELECT s.release_id, s.version, s.captured_at, s.raw_sha256, s.capture_id, max(d.day) AS day, max(d.given_at) AS given_at
    FROM shown s LEFT JOIN said d ON d.capture_id = s.capture_id AND d.method = 'updated' GROUP BY ALL
)
SELECT release_id, version,
    arg_min({'day': day, 'given_at': given_at}, (captured_at, raw_sha256, capture_id)) AS first,
    arg_max({'day': day, 'given_at': given_at}, (captured_at, raw_sha256, capture_id)) FILTER (day IS NOT NULL) AS last
FROM told GROUP BY release_id, version;

INSERT INTO published.edits
SELECT b.release_id, l.source, a.version, b.version, b.cause, a.last_captured_at, b.first_captured_at,
    a.text_sha256, b.text_sha256, ta.title != tb.title, length(ta.body), length(tb.body), d.edit_class,
    -- What it says only later, moved without the text; and only what moves forwards tells of an edit.
    d.declared OR coalesce(CASE
        WHEN ua.last IS NULL THEN ub.first.day IS NOT NULL
        ELSE coalesce(ub.first.given_at > ua.last.given_at, ub.first.day > ua.last.day)
    END, false)
FROM version_runs a
JOIN version_runs b ON b.release_id = a.release_id AND b.version = a.version + 1
JOIN texts ta ON ta.text_sha256 = a.text_sha256
JOIN texts tb ON tb.text_sha256 = b.text_sha256
JOIN looks l ON l.release_id = b.release_id
JOIN diffs d ON d.from_sha256 = a.text_sha256 AND d.to_sha256 = b.text_sha256
LEFT JOIN updated ua ON ua.release_id = a.release_id AND ua.version = a.version
LEFT JOIN updated ub ON ub.release_id = b.release_id AND ub.version = b.version
WHERE b.cause IS NOT NULL
UNION ALL
SELECT g.release_id, l.source, v.version, NULL, 'withdrawn', g.last_seen_at, g.gone_since_at, v.text_sha256, NULL,
    NULL, length(t.body), NULL, 'removed_page', false
FROM absences g
JOIN looks l USING (release_id)
JOIN ( -- of two looks at one time the later run speaks
    SELECT release_id, last_captured_at, max(version) AS version, arg_max(text_sha256, version) AS text_sha256
    FROM version_runs GROUP BY release_id, last_captured_at
) v ON v.release_id = g.release_id AND v.last_captured_at = g.last_seen_at
JOIN texts t ON t.text_sha256 = v.text_sha256
ORDER BY ALL;

INSERT INTO published.edit_spans
SELECT e.release_id, e.from_version, e.to_version, d.position, d.change, d.field, d.span_start, d.span_stop, d.words
FROM published.edits e JOIN spans d ON d.from_sha256 = e.from_text_sha256 AND d.to_sha256 = e.to_text_sha256
ORDER BY e.release_id, e.from_version, d.position;

INSERT INTO published.withdrawals
SELECT g.release_id, l.source, g.evidence, g.last_seen_at, g.gone_since_at, g.withdrawn_at, g.looks, g.reappeared_at
FROM absences g JOIN looks l USING (release_id)
UNION ALL
SELECT release_id, source, 'unlisted', last_seen_at, gone_since_at, withdrawn_at, looks, reappeared_at FROM unlisted
ORDER BY ALL;

INSERT INTO published.mirrors
SELECT g.release_id, g.canonical_id, g.method, g.similarity, m.published_on - c.published_on
FROM grouped g JOIN current m USING (release_id) JOIN current c ON c.release_id = g.canonical_id
WHERE g.role = 'mirror' ORDER BY ALL;

INSERT INTO published.mirror_differences
SELECT g.release_id, g.canonical_id, d.position, d.change, d.field, d.span_start, d.span_stop, d.words
FROM grouped g JOIN current m USING (release_id) JOIN current c ON c.release_id = g.canonical_id
JOIN spans d ON d.from_sha256 = c.text_sha256 AND d.to_sha256 = m.text_sha256
WHERE g.role = 'mirror' ORDER BY ALL;

INSERT INTO published.captures
SELECT capture_id, release_id, source, url, given_id, captured_at, outcome, capture_reason, content_type, raw_sha256, raw_bytes,
    listing_title, listing_published, layout, text_sha256, nullif(warc_file, '-'), CASE WHEN warc_file != '-' THEN warc_offset END,
    part_start, part_bytes, landed_at,
    role, status, final_url, robots_rule, attempts
FROM readings ORDER BY release_id, captured_at, capture_id;

INSERT INTO published.quarantine
SELECT capture_id, release_id, source, url, given_id, captured_at, outcome, layout, error, reason, todo, raw_sha256,
    nullif(warc_file, '-'), CASE WHEN warc_file != '-' THEN warc_offset END, landed_at
FROM (
    -- Of the looks at a list the last one counts: it is looked at again and again, and what was wrong may be over.
    FROM readings QUALIFY role = 'page' OR row_number() OVER (
        PARTITION BY release_id, role ORDER BY captured_at DESC NULLS LAST, raw_sha256 DESC
    ) = 1
)
WHERE error IS NOT NULL ORDER BY capture_id;

INSERT INTO published.url_aliases
SELECT release_id, url, min(captured_at), max(captured_at), count(*)
FROM (
    SELECT release_id, url, captured_at FROM readings WHERE url IS NOT NULL AND role = 'page'
    UNION ALL -- where a redirect led to the page, the page moved
    SELECT release_id, final_url, captured_at FROM readings
    WHERE role = 'page' AND outcome = 'ok' AND final_url != url
    UNION ALL -- and one document may stand under two URLs of its site
    SELECT g.alias_of, r.url, r.captured_at FROM readings r JOIN grouped g USING (release_id)
    WHERE g.alias_of IS NOT NULL AND r.url IS NOT NULL AND r.role = 'page'
)
GROUP BY release_id, url ORDER BY release_id, url;

INSERT INTO published.listings
SELECT source, release_id, url, list_url, title, published, position, followed, listed_at
FROM listings
QUALIFY row_number() OVER (
    PARTITION BY source, release_id, title, published ORDER BY listed_at, list_url, position
) = 1
ORDER BY source, listed_at, list_url, position, release_id, title, published;

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

INSERT INTO published.takedowns
SELECT release_id, url, taken_down_at, reason, lifted_at FROM takedowns ORDER BY taken_down_at, release_id;

INSERT INTO published.sources SELECT source, issuer, issuer_iso3, zone, languages, layouts, state, schedule, note FROM sources ORDER BY source;

INSERT INTO published.source_runs
SELECT run_id, verb, source, layout, started_at, ended_at, read_count, new_count, changed_count, unchanged_count, quarantined_count,
    missed_count
FROM runs ORDER BY started_at, run_id, source, layout;

INSERT INTO published.incidents
SELECT source, kind, happened_at,
    CASE WHEN lead(opened) OVER turns IS FALSE THEN lead(happened_at) OVER turns END, reason, run_id
FROM holds
WINDOW turns AS (PARTITION BY source, kind ORDER BY happened_at, opened)
QUALIFY opened
ORDER BY happened_at, source, kind;
