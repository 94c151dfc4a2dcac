-- What has landed, by source and layout.
SELECT coalesce(source, '(no source)') AS source, layout, count(*) AS releases, sum(versions)::INTEGER AS versions,
    min(published_on) AS first_day, max(published_on) AS last_day
FROM releases GROUP BY ALL ORDER BY ALL;
