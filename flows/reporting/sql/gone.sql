-- Releases that were withdrawn, or that came back, in the days asked for.
WITH $asked,
listed AS (
    SELECT release_id, arg_max(title, (listed_at, list_url)) AS title, arg_max(url, (listed_at, list_url)) AS url
    FROM listings GROUP BY release_id
)
SELECT w.source, coalesce(r.title, l.title) AS title, coalesce(r.url, l.url) AS url, w.evidence, w.last_seen_at,
    w.gone_since_at, w.withdrawn_at, w.looks, w.reappeared_at, w.release_id
FROM withdrawals w CROSS JOIN asked
LEFT JOIN releases r ON r.release_id = w.release_id
LEFT JOIN listed l ON l.release_id = w.release_id
WHERE (asked.source IS NULL OR w.source = asked.source) AND (
    CAST(w.withdrawn_at AT TIME ZONE 'UTC' AS DATE) BETWEEN since AND until
    OR CAST(w.reappeared_at AT TIME ZONE 'UTC' AS DATE) BETWEEN since AND until
)
ORDER BY w.withdrawn_at DESC, w.release_id, w.evidence LIMIT 500;
