-- Mirrors that came up in the days asked for, beside what they repeat.
WITH $asked,
$arrived
SELECT a.source, a.arrived_on, a.title, a.url, c.source AS canonical_source, c.url AS canonical_url, m.method,
    m.similarity, m.lag_days, m.release_id
FROM mirrors m JOIN arrived a USING (release_id) JOIN releases c ON c.release_id = m.canonical_id, asked
WHERE a.arrived_on BETWEEN since AND until
ORDER BY a.arrived_on DESC, a.source NULLS LAST, m.release_id LIMIT 500;
