-- Releases whose text another has, or one that is alike, and what groups are made by.
-- The head of a text tells how near in time others are that have it: asked only where no day of an event is known.
-- Input: temp tables current, alike, own_days, version_runs.

WITH shared AS (
    SELECT text_sha256 FROM current GROUP BY ALL HAVING count(*) > 1
    UNION SELECT unnest([first_sha256, second_sha256]) FROM alike
),
seen AS (SELECT release_id, min(first_captured_at) AS first_captured_at FROM version_runs GROUP BY release_id)
SELECT c.release_id, c.text_sha256, c.url, coalesce(s.mission, true), d.earliest_on, d.latest_on, c.published_on, f.first_captured_at,
    CASE WHEN d.earliest_on IS NULL OR d.earliest_on IS DISTINCT FROM d.latest_on THEN left(t.body, $head) END
FROM current c JOIN seen f USING (release_id) JOIN texts t USING (text_sha256)
LEFT JOIN sources s ON s.source = c.source LEFT JOIN own_days d ON d.release_id = c.release_id
WHERE c.text_sha256 IN (FROM shared) ORDER BY c.release_id;
