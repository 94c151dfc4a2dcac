-- 26. Which missions stopped posting, or moved to another host?
-- One row for each site whose name says embassy, consulate or mission. `state` is `moved` where one of its
-- pages led us to another site; `silent` where at our last look the last release was older than the longest
-- gap before, and than 90 days; else `posting`. A release is of its day of publication, else of our first look.
-- Not looked for: what it posted after `looked_on`; `state` is `not looked for` where that is 90 days before the
-- publication of this file. A site of which no page was ever kept is not here.
WITH posted AS (
    SELECT DISTINCT site_of(url) AS site, coalesce(published_on, first_captured_at::DATE) AS day FROM releases WHERE is_mission(url)
),
gaps AS (SELECT *, day - lag(day) OVER (PARTITION BY site ORDER BY day) AS gap FROM posted),
looks AS (SELECT site_of(url) AS site, max(captured_at)::DATE AS looked_on FROM captures GROUP BY ALL),
moved AS (
    SELECT site_of(url) AS site, arg_max(site_of(final_url), captured_at) AS moved_to FROM captures
    WHERE outcome = 'ok' AND site_of(final_url) != site_of(url) GROUP BY ALL
)
SELECT g.site, min(g.day) AS first_on, max(g.day) AS last_on, max(g.gap) AS longest_gap_days, l.looked_on,
    l.looked_on - max(g.day) AS silent_days,
    CASE WHEN m.moved_to IS NOT NULL THEN 'moved' WHEN l.looked_on - max(g.day) > greatest(coalesce(max(g.gap), 0), 90) THEN 'silent'
        WHEN l.looked_on < any_value(p.published_at)::DATE - 90 THEN 'not looked for' ELSE 'posting' END AS state,
    m.moved_to
FROM gaps g LEFT JOIN looks l USING (site) LEFT JOIN moved m USING (site) CROSS JOIN publication p
GROUP BY g.site, l.looked_on, m.moved_to ORDER BY state, last_on DESC, g.site;
