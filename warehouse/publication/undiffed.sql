-- Texts that follow each other, or mirror each other, and were not compared word by word; with the bytes of
-- both pages, and the row of the second.
-- Input: temp tables version_runs, grouped, current.

WITH wanted AS (
    SELECT a.text_sha256 AS before, b.text_sha256 AS after, a.raw_bytes + b.raw_bytes AS weight
    FROM version_runs a JOIN version_runs b ON b.release_id = a.release_id AND b.version = a.version + 1
    WHERE b.cause IS NOT NULL
    UNION ALL
    SELECT c.text_sha256, m.text_sha256, c.raw_bytes + m.raw_bytes
    FROM grouped g JOIN current m USING (release_id) JOIN current c ON c.release_id = g.canonical_id WHERE g.role = 'mirror'
)
SELECT w.before || w.after, max(w.weight), any_value(t.rowid) AS place
FROM wanted w JOIN texts t ON t.text_sha256 = w.after
WHERE w.before != w.after AND NOT EXISTS (
    SELECT 1 FROM text_diffs d WHERE d.from_sha256 = w.before AND d.to_sha256 = w.after AND d.rules = $rules
)
GROUP BY w.before, w.after ORDER BY place, w.before;
