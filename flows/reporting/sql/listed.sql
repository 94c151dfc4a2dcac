-- The same releases, the latest first.
WITH $asked,
$arrived
SELECT arrived.source, arrived_on, published_on IS NOT NULL AS published, kind, title, url, release_id
FROM arrived, asked WHERE canonical_id = release_id AND arrived_on BETWEEN since AND until
ORDER BY arrived_on DESC, arrived.source NULLS LAST, release_id LIMIT 1000;
