-- Days of events: what each release says itself, then what it has from its mirrors. One pass, no circle: a day that
-- was inherited is nobody's evidence.
-- Input: temp tables current, days_found, grouped. Output: temp tables inherited_days, event_days.

CREATE OR REPLACE TEMP TABLE inherited_days AS
WITH members AS (
    SELECT coalesce(g.canonical_id, c.release_id) AS canonical_id, c.release_id, c.url, d.earliest_on, d.latest_on
    FROM current c LEFT JOIN grouped g USING (release_id) LEFT JOIN own_days d ON d.release_id = c.release_id
),
agreed AS (
    SELECT canonical_id, min(earliest_on) AS event_on, min(coalesce(url, release_id)) AS url FROM members
    WHERE earliest_on = latest_on GROUP BY canonical_id HAVING count(DISTINCT earliest_on) = 1
)
SELECT m.release_id, a.event_on, a.url
FROM members m JOIN agreed a USING (canonical_id)
WHERE (m.earliest_on IS NULL AND m.latest_on IS NULL)
    -- A day whose year is a range: the mirror's must be one of its years.
    OR (m.earliest_on IS DISTINCT FROM m.latest_on AND a.event_on BETWEEN coalesce(m.earliest_on, a.event_on) AND coalesce(m.latest_on, a.event_on)
        AND strftime(coalesce(m.earliest_on, m.latest_on), '%m-%d') = strftime(a.event_on, '%m-%d'));

CREATE OR REPLACE TEMP TABLE event_days AS
SELECT release_id, earliest_on AS event_on FROM own_days WHERE earliest_on = latest_on
UNION ALL SELECT release_id, event_on FROM inherited_days;
