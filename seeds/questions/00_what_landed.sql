-- 0. What has landed?
-- Counts releases and versions by source and layout, and their first and last day of publication.
-- A source that is not here was not looked for; where no day is given, the pages publish none.
SELECT coalesce(source, '(no source)') AS source, layout, count(*) AS releases, sum(versions)::INTEGER AS versions,
    min(published_on) AS first_day, max(published_on) AS last_day
FROM releases GROUP BY ALL ORDER BY ALL;
