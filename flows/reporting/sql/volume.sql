-- Releases over time by source, and in all of it; a mirror, or a second URL of one document, is not counted again.
WITH $asked,
$arrived
SELECT arrived.source, CAST(date_trunc($step, arrived_on) AS DATE) AS begins_on, count(*) AS releases,
    CAST(sum(count(*)) OVER (PARTITION BY arrived.source) AS BIGINT) AS in_all
FROM arrived, asked WHERE canonical_id = release_id AND arrived_on BETWEEN begin AND until
GROUP BY arrived.source, begins_on ORDER BY arrived.source NULLS LAST, begins_on;
