-- The calendar: of each day, how many releases came up (mirrors too); 0 if it was looked at and none did; else NULL.
WITH $asked,
$arrived,
sources_here AS (SELECT DISTINCT c.source FROM captures c, asked WHERE asked.source IS NULL OR c.source = asked.source),
days AS (SELECT CAST(unnest(generate_series(begin, until, INTERVAL 1 DAY)) AS DATE) AS day FROM asked),
released AS (SELECT source, arrived_on AS day, count(*) AS releases FROM arrived GROUP BY ALL),
looked AS (
    SELECT DISTINCT source, CAST(captured_at AT TIME ZONE 'UTC' AS DATE) AS day FROM captures
    WHERE outcome IN ('ok', 'not_modified') AND role != 'robots'
),
cells AS (
    SELECT s.source, d.day, coalesce(r.releases, CASE WHEN l.day IS NOT NULL THEN 0 END) AS releases
    FROM sources_here s CROSS JOIN days d
    LEFT JOIN released r ON r.source IS NOT DISTINCT FROM s.source AND r.day = d.day
    LEFT JOIN looked l ON l.source IS NOT DISTINCT FROM s.source AND l.day = d.day
)
SELECT source, CAST(coalesce(sum(releases), 0) AS BIGINT) AS releases, count(*) FILTER (releases > 0) AS days_with_releases,
    count(*) FILTER (releases = 0) AS quiet_days, count(*) FILTER (releases IS NULL) AS days_not_looked_at,
    list(releases ORDER BY day) AS cells
FROM cells GROUP BY source ORDER BY source NULLS LAST;
