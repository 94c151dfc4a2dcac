-- 3. Which pages vanished, and which came back?
-- Counts pages that at least 3 looks over at least 2 days did not find, and that an earlier look had: by their own
-- URL (gone, soft_404) or by a list that names their neighbours (unlisted). Where `reappeared_at` is empty, no look
-- has found it again.
-- Not looked for: a page that vanished after our last look at it, or before our first; `last_look_at` is the last.
-- A site that refuses us or does not answer makes nothing vanish.
SELECT w.source, r.title, r.url, w.evidence, w.last_seen_at, w.gone_since_at, w.looks, w.reappeared_at,
    max(c.captured_at) AS last_look_at
FROM withdrawals w JOIN releases r USING (release_id) LEFT JOIN captures c USING (release_id)
GROUP BY ALL ORDER BY w.gone_since_at DESC, r.url;
