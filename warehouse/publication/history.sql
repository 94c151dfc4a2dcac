-- From readings to versions, absences and days of publication. History is computed here and nowhere else: it
-- follows from the captures ordered by time, then by raw hash, so that any order of arrival gives the same answer.
-- Input: temp table readings. Output: temp tables absences, contents, unlisted, shown, version_runs,
-- looks, said, chosen_dates, current.

-- Nobody takes one failed look for a withdrawal: a page is gone after several looks over days.
CREATE OR REPLACE TEMP TABLE patience AS SELECT 3 AS looks, INTERVAL 2 DAY AS lasting;

-- Where a look that said so ended: a challenge or a timeout says neither that a page is there nor that it is not.
CREATE OR REPLACE TEMP TABLE absences AS
WITH told AS (
    SELECT release_id, captured_at, capture_id, said, CASE WHEN said IN ('there', 'unread') THEN said ELSE 'missing' END AS state
    FROM (
        SELECT *, CASE
            WHEN outcome IN ('gone', 'soft_404') THEN outcome
            WHEN error = 'NothingHere' THEN 'soft_404' -- loaded, so that nobody looked at where a redirect led
            WHEN text_sha256 IS NOT NULL THEN 'there'
            WHEN outcome IN ('ok', 'not_modified') THEN 'unread' -- something stands there: whether the release, nobody knows
        END AS said
        FROM readings WHERE role = 'page' AND captured_at IS NOT NULL AND release_id IN (
            SELECT release_id FROM readings WHERE role = 'page' AND (outcome IN ('gone', 'soft_404') OR error = 'NothingHere')
        )
    )
    WHERE said IS NOT NULL
),
turns AS (
    SELECT *, state IS DISTINCT FROM lag(state) OVER looks AS turned FROM told
    WINDOW looks AS (PARTITION BY release_id ORDER BY captured_at, capture_id)
),
numbered AS (
    SELECT *, sum(turned::INTEGER) OVER (PARTITION BY release_id ORDER BY captured_at, capture_id) AS turn FROM turns
),
counted AS (
    SELECT *, row_number() OVER (PARTITION BY release_id, turn ORDER BY captured_at, capture_id) AS look,
        min(captured_at) OVER (PARTITION BY release_id, turn) AS since_at
    FROM numbered
),
spells AS (
    SELECT release_id, turn, any_value(state) AS state, min(captured_at) AS first_at, max(captured_at) AS last_at,
        count(*) AS looks, string_agg(DISTINCT said, ', ' ORDER BY said) AS evidence,
        min(captured_at) FILTER (look >= p.looks AND captured_at >= since_at + p.lasting) AS withdrawn_at
    FROM counted, patience p GROUP BY release_id, turn
),
sided AS (
    SELECT *, max(last_at) FILTER (state = 'there') OVER (earlier ROWS UNBOUNDED PRECEDING) AS last_seen_at,
        min(first_at) FILTER (state = 'there') OVER (earlier ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS reappeared_at,
        count(*) FILTER (state = 'there') OVER (earlier ROWS UNBOUNDED PRECEDING) AS stay
    FROM spells WINDOW earlier AS (PARTITION BY release_id ORDER BY turn)
)
SELECT release_id, last_seen_at, first_at AS gone_since_at, withdrawn_at, looks, evidence, reappeared_at
FROM sided WHERE state = 'missing' AND last_seen_at IS NOT NULL AND withdrawn_at IS NOT NULL
-- What was not there again cannot be withdrawn again.
QUALIFY row_number() OVER (PARTITION BY release_id, stay ORDER BY turn) = 1;

-- What a list held, as it was read last. One that cannot be read any more holds nothing that we know of.
CREATE OR REPLACE TEMP TABLE contents AS
SELECT source, input_sha256, reader, release_ids, md5(release_ids::VARCHAR) AS held
FROM list_contents
WHERE input_sha256 NOT IN (
    SELECT input_sha256 FROM parses WHERE input_sha256 IN (SELECT input_sha256 FROM list_contents)
    GROUP BY input_sha256 HAVING arg_max(error IS NOT NULL, landing)
)
QUALIFY row_number() OVER (PARTITION BY source, input_sha256 ORDER BY landing DESC) = 1;

-- What stood on a list, and does not while what stood around it still does, was dropped: it was not pushed off an end.
-- Only what one reader read is compared: a list that is read otherwise is as it was.
CREATE OR REPLACE TEMP TABLE unlisted AS
WITH seen AS (
    SELECT r.source, r.url, r.captured_at, r.capture_id, c.reader, c.input_sha256, row_number() OVER likewise AS look,
        lag(c.input_sha256) OVER likewise AS before_sha256, lag(r.captured_at) OVER likewise AS before_at,
        c.held IS DISTINCT FROM lag(c.held) OVER likewise AS turned, c.held IS DISTINCT FROM lag(c.held) OVER anyhow AS changed
    FROM readings r JOIN contents c ON c.source = r.source AND c.input_sha256 = r.input_sha256
    WHERE r.role IN ('list', 'feed') AND r.captured_at IS NOT NULL AND r.outcome IN ('ok', 'not_modified')
    WINDOW likewise AS (PARTITION BY r.source, r.url, c.reader ORDER BY r.captured_at, r.capture_id),
        anyhow AS (PARTITION BY r.source, r.url ORDER BY r.captured_at, r.capture_id)
),
stood AS ( -- as long as a list says the same, one row an entry
    SELECT source, url, from_at, until_at, unnest(release_ids) AS release_id
    FROM (
        SELECT source, url, input_sha256, captured_at AS from_at,
            lead(captured_at) OVER (PARTITION BY source, url ORDER BY captured_at, capture_id) AS until_at
        FROM seen WHERE changed
    )
    JOIN contents USING (source, input_sha256)
),
turns AS (
    SELECT s.source, s.url, s.reader, s.look, b.release_ids AS before_ids, n.release_ids AS after_ids
    FROM seen s
    JOIN contents b ON b.source = s.source AND b.input_sha256 = s.before_sha256
    JOIN contents n ON n.source = s.source AND n.input_sha256 = s.input_sha256
    WHERE s.turned
),
places AS (
    SELECT source, url, reader, look, release_id, b.place AS before, n.place AS after
    FROM (SELECT * EXCLUDE (before_ids, after_ids), unnest(before_ids) AS release_id, generate_subscripts(before_ids, 1) AS place FROM turns) b
    FULL JOIN (SELECT * EXCLUDE (before_ids, after_ids), unnest(after_ids) AS release_id, generate_subscripts(after_ids, 1) AS place FROM turns) n
    USING (source, url, reader, look, release_id)
),
kept AS (
    SELECT source, url, reader, look, min(before) AS first_kept, max(before) AS last_kept, max(after) AS last_after
    FROM places WHERE before IS NOT NULL AND after IS NOT NULL GROUP BY source, url, reader, look
),
filled AS ( -- from the other end: a list whose oldest entry comes first pushes entries off its top
    SELECT DISTINCT source, url, reader, look
    FROM places
    JOIN kept USING (source, url, reader, look)
    JOIN seen USING (source, url, reader, look)
    JOIN (SELECT source, url, release_id, min(from_at) AS first_at FROM stood GROUP BY source, url, release_id) USING (source, url, release_id)
    -- What stood there before comes back from below, into the place of what was dropped.
    WHERE before IS NULL AND after > last_after AND first_at >= captured_at
),
dropped AS (
    SELECT p.source, p.url, p.reader, p.look, p.release_id, s.captured_at AS dropped_at, s.before_at
    FROM places p
    JOIN kept k USING (source, url, reader, look)
    JOIN seen s USING (source, url, reader, look)
    LEFT JOIN filled f USING (source, url, reader, look)
    WHERE p.after IS NULL AND p.before < k.last_kept AND (p.before > k.first_kept OR f.look IS NULL)
),
spells AS (
    SELECT d.source, d.url, d.reader, d.look, d.release_id, d.dropped_at, d.before_at,
        min(s.from_at) FILTER (s.from_at > d.dropped_at) AS relisted_at
    FROM dropped d JOIN stood s USING (source, release_id)
    GROUP BY d.source, d.url, d.reader, d.look, d.release_id, d.dropped_at, d.before_at
    -- Another list names it still.
    HAVING NOT bool_or(s.url != d.url AND s.from_at <= d.dropped_at AND coalesce(s.until_at > d.dropped_at, true))
),
looked AS (
    SELECT s.* EXCLUDE (look), n.captured_at, n.look - s.look + 1 AS look
    FROM spells s
    JOIN seen n ON n.source = s.source AND n.url = s.url AND n.reader = s.reader AND n.look >= s.look
        AND n.captured_at < coalesce(s.relisted_at, TIMESTAMPTZ '9999-01-01')
)
SELECT release_id, source, max(before_at) AS last_seen_at, dropped_at AS gone_since_at, min(relisted_at) AS reappeared_at, max(look) AS looks,
    min(captured_at) FILTER (look >= p.looks AND captured_at >= dropped_at + p.lasting) AS withdrawn_at
FROM looked, patience p GROUP BY release_id, source, dropped_at HAVING withdrawn_at IS NOT NULL;

CREATE OR REPLACE TEMP TABLE shown AS
WITH good AS (
    SELECT *, bool_or(captured_at IS NOT NULL) OVER (PARTITION BY release_id) AS any_dated,
        (SELECT count(*) FROM absences a WHERE a.release_id = readings.release_id AND a.reappeared_at <= readings.captured_at) AS returns
    FROM readings WHERE text_sha256 IS NOT NULL
),
dated AS (
    SELECT *, coalesce(text_sha256 != lag(text_sha256) OVER looks OR returns != lag(returns) OVER looks, true) AS starts_version
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

CREATE OR REPLACE TEMP TABLE version_runs AS
WITH versions AS (
    SELECT release_id, version, any_value(text_sha256) AS text_sha256, min(captured_at) AS first_captured_at,
        max(captured_at) AS last_captured_at, count(*) AS captures, max(raw_bytes) AS raw_bytes, any_value(returns) AS returns
    FROM shown GROUP BY release_id, version
)
SELECT release_id, version,
    CASE
        WHEN first_captured_at IS NULL THEN NULL
        WHEN version = 1 THEN 'new'
        WHEN returns != lag(returns) OVER (PARTITION BY release_id ORDER BY version) THEN 'reappeared'
        ELSE 'site_edit'
    END AS cause,
    text_sha256, first_captured_at, last_captured_at, captures, raw_bytes
FROM versions;

CREATE OR REPLACE TEMP TABLE looks AS
SELECT release_id, min(landed_at) AS landed_at,
    arg_max(source, (captured_at IS NOT NULL, captured_at, raw_sha256)) FILTER (source IS NOT NULL) AS source,
    arg_max(url, (captured_at IS NOT NULL, captured_at, raw_sha256, url)) FILTER (url IS NOT NULL) AS url
FROM readings WHERE role = 'page' GROUP BY release_id;

CREATE OR REPLACE TEMP TABLE said AS
SELECT s.release_id, s.capture_id, g.*, s.captured_at, s.raw_sha256,
    list_position(['date_line', 'pub_date', 'listing', 'updated'], g.method) AS trust
FROM readings s
JOIN dates_given g ON g.input_sha256 = s.input_sha256 AND g.landing = s.landing
WHERE s.text_sha256 IS NOT NULL;

CREATE OR REPLACE TEMP TABLE chosen_dates AS
WITH first AS (
    SELECT * FROM said
    QUALIFY row_number() OVER (
        PARTITION BY release_id
        ORDER BY trust, captured_at DESC NULLS LAST, raw_sha256 DESC, given_at NULLS LAST, day, text
    ) = 1
)
-- An instant whose layout settles no zone: the issuer's day is the one in its source's.
SELECT f.*, f.zone = 'UTC' AND z.zone IS NOT NULL AS elsewhere,
    CASE WHEN elsewhere THEN CAST(f.given_at AT TIME ZONE z.zone AS DATE) ELSE f.day END AS local_day,
    CASE WHEN elsewhere THEN z.zone ELSE f.zone END AS local_zone
FROM first f JOIN looks k USING (release_id) LEFT JOIN sources z ON z.source = k.source;

-- Each release as it stands, and all that its days follow from.
CREATE OR REPLACE TEMP TABLE current AS
SELECT s.release_id, s.text_sha256, s.raw_bytes, s.language, s.kind, l.source, l.url, p.local_day AS published_on,
    p.method AS published_by, p.precision AS published_precision, coalesce(o.mission, false) AS copied,
    NULL::DATE AS between_earliest, NULL::DATE AS between_latest, NULL::VARCHAR AS between_list, NULL::VARCHAR AS days_key
FROM shown s JOIN looks l USING (release_id) LEFT JOIN chosen_dates p USING (release_id)
LEFT JOIN sources o ON o.source = l.source
WHERE s.recency = 1;
