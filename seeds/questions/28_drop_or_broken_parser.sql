-- 28. Is a drop real, or a broken parser?
-- One row for each source: releases read that arrived in the 28 days up to its last look, beside the median of such
-- periods before. A drop is less than half of that. `broken parser`: it is held, a field is missing, or a fifth of the
-- pages were quarantined. `no answer`: half of the looks, at pages and lists, brought nothing. `real`: pages were read as before, fewer came.
-- Not looked for: what came after `looked_on`. Not found: `no past` where there was no period to compare with.
WITH looks AS (
    SELECT h.source, h.usual_28_days, h.last_captured_at::DATE AS looked_on, count(*) AS looks,
        count(*) FILTER (c.role = 'page') AS pages,
        count(*) FILTER (c.outcome = 'ok' AND c.capture_id IN (SELECT capture_id FROM quarantine)) AS quarantined,
        count(*) FILTER (c.outcome NOT IN ('ok', 'not_modified')) AS missed
    FROM source_health h JOIN captures c ON c.source = h.source AND c.captured_at > h.last_captured_at - INTERVAL 28 DAY
    WHERE c.role != 'robots' GROUP BY ALL
),
arrived AS (
    SELECT l.source, count(*) AS read_28_days FROM looks l JOIN releases r USING (source)
    WHERE least(r.published_on, r.first_captured_at::DATE) BETWEEN l.looked_on - 27 AND l.looked_on GROUP BY ALL
),
wrong AS (SELECT source, string_agg(reason, '; ' ORDER BY opened_at) AS reason FROM incidents WHERE closed_at IS NULL AND kind IN ('hold', 'fill') GROUP BY ALL)
SELECT l.source, l.looked_on, coalesce(a.read_28_days, 0) AS read_28_days, l.usual_28_days, l.looks, l.pages, l.quarantined, l.missed,
    CASE WHEN w.reason IS NOT NULL OR l.quarantined * 5 >= greatest(l.pages, 1) THEN 'broken parser'
        WHEN l.usual_28_days IS NULL THEN 'no past' WHEN coalesce(a.read_28_days, 0) * 2 >= l.usual_28_days THEN 'no drop'
        WHEN l.missed * 2 >= l.looks THEN 'no answer' ELSE 'real' END AS verdict,
    w.reason
FROM looks l LEFT JOIN arrived a USING (source) LEFT JOIN wrong w USING (source)
ORDER BY verdict IN ('no drop', 'no past'), verdict, l.source;
