-- What is new, by source; a mirror, or a second URL of one document, is not counted again.
WITH $asked,
$arrived
SELECT arrived.source, count(*) AS releases, count(*) FILTER (published_on IS NULL) AS without_day
FROM arrived, asked WHERE canonical_id = release_id AND arrived_on BETWEEN since AND until
GROUP BY arrived.source ORDER BY arrived.source NULLS LAST;
