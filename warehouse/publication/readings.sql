-- What each capture of `scope` was read as. Input: temp table scope (rows of captures).
-- Output: temp table readings, one row a capture.
--
-- Currency is per release: when all its captures are read under today's layouts and revisions, those
-- readings are current and nothing else is compared with them; until then the older ones stand. A
-- reading that no raised revision concerns is both: today's, and the one that stood before.

CREATE OR REPLACE TEMP TABLE readings AS
WITH ranked AS (
    SELECT p.input_sha256,
        max(p.landing) FILTER (l.revision IS NOT NULL) AS today,
        arg_max(p.layout, p.landing) FILTER (l.revision IS NOT NULL) AS layout,
        max(p.landing) FILTER (l.revision IS NULL) AS older,
        arg_max(p.layout, p.landing) FILTER (l.revision IS NULL) AS older_layout
    FROM parses p
    LEFT JOIN layouts l ON l.layout IS NOT DISTINCT FROM p.layout AND l.revision = p.revision
    WHERE p.input_sha256 IN (SELECT input_sha256 FROM scope)
    GROUP BY p.input_sha256
),
currency AS (
    SELECT s.release_id, bool_and(r.today IS NOT NULL) AS complete, list(DISTINCT r.older_layout) AS outgrown
    FROM scope s JOIN ranked r USING (input_sha256)
    WHERE s.outcome = 'ok' AND s.role = 'page' -- what was never read yet (its source is held) holds nothing else back
    GROUP BY s.release_id
),
chosen AS (
    -- What today's parser of a layout read first waits for what an older one of that layout read: they are not compared.
    SELECT s.*, CASE
        WHEN c.complete THEN r.today
        WHEN r.older IS NOT NULL OR list_contains(c.outgrown, r.layout) THEN r.older
        ELSE r.today
    END AS landing
    FROM scope s
    LEFT JOIN currency c USING (release_id)
    -- What is not modified is what it was: it has the body, and the reading, of the look before.
    LEFT JOIN ranked r ON r.input_sha256 = s.input_sha256 AND s.outcome IN ('ok', 'not_modified')
)
SELECT s.capture_id, s.release_id, s.source, s.url, s.given_id, s.captured_at, s.outcome, s.content_type,
    s.raw_sha256, s.raw_bytes, s.listing_title, s.listing_published, s.input_sha256, s.landing,
    s.warc_file, s.warc_offset, s.part_start, s.part_bytes, s.role, s.status, s.final_url, s.robots_rule, s.attempts,
    min(s.landed_at) OVER (PARTITION BY s.capture_id) AS landed_at, s.reason AS capture_reason,
    p.layout, p.language, p.kind, p.claimed_url, p.breadcrumb,
    p.text_sha256 IS NOT NULL AND NOT allowed AS disallowed,
    CASE WHEN allowed THEN p.text_sha256 END AS text_sha256,
    CASE
        WHEN s.warc_file = '-' AND s.landing IS NULL THEN NULL -- taken down: there is nothing to read, and nothing to mend
        WHEN s.outcome = 'error' AND s.attempts IS NOT NULL THEN NULL -- nobody answered: there is nothing to mend
        WHEN s.outcome IN ('malformed', 'too_large', 'error') THEN 'Input' || upper(s.outcome[1]) || replace(s.outcome[2:], '_l', 'L')
        WHEN s.outcome NOT IN ('ok', 'not_modified') THEN NULL
        WHEN s.landing IS NULL THEN CASE WHEN s.role = 'page' THEN 'NotYetRead' END
        WHEN NOT allowed AND p.text_sha256 IS NOT NULL THEN 'LayoutNotAllowed'
        ELSE p.error
    END AS error,
    CASE
        WHEN s.outcome NOT IN ('ok', 'not_modified') THEN s.reason
        WHEN s.landing IS NULL THEN 'the source is held: its pages are kept, and read by `communique reparse`'
        WHEN NOT allowed AND p.text_sha256 IS NOT NULL
            THEN 'the page is in layout `' || p.layout || '`, which source `' || s.source || '` does not name'
        ELSE p.reason
    END AS reason,
    CASE
        WHEN s.outcome NOT IN ('ok', 'not_modified') THEN 'The bytes are kept as they stand; repair the input and ingest it again'
        WHEN s.landing IS NULL THEN 'Mend the layout, then run `communique reparse`'
        WHEN NOT allowed AND p.text_sha256 IS NOT NULL
            THEN 'If the site was redesigned, name the layout in sources.toml and run `communique reparse`'
        ELSE p.todo
    END AS todo
FROM chosen s
LEFT JOIN parses p ON p.input_sha256 = s.input_sha256 AND p.landing = s.landing
LEFT JOIN sources o ON o.source = s.source,
LATERAL (SELECT o.layouts IS NULL OR p.layout IS NULL OR list_contains(o.layouts, p.layout) AS allowed)
-- One capture may have come with several listings: the one that was read and says most speaks for it.
QUALIFY row_number() OVER (
    PARTITION BY s.capture_id
    ORDER BY p.text_sha256 IS NULL, s.listing_title NULLS LAST, s.listing_published NULLS LAST, s.given_id NULLS LAST, s.seen_id
) = 1;
