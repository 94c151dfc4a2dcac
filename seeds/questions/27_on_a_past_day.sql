-- 27. What did the data say about a release on a past day?
-- One row for each release, or for that of `--release` (how its id begins, or its URL), as it stood at the end of the
-- day of `--day` (UTC; without it, the day of this publication), beside today. `page_said` goes by when the page was
-- looked at, `we_had` by when that look had landed here: `as today`, or `otherwise`. `title_then` and `body_then` are
-- what the page said; the body only where it differs, or where one release was asked for.
-- Not looked for: `not yet`, no look at it until then. `undated`: its looks say no time, so nothing is known of that
-- day. What changed between our looks is in none of them.
WITH day AS (SELECT coalesce(getvariable('day')::DATE, published_at::DATE) AS day FROM publication)
SELECT d.day, r.release_id, r.source, r.title,
    CASE WHEN r.first_captured_at IS NULL THEN 'undated' WHEN p.release_id IS NULL THEN 'not yet'
        WHEN p.text_sha256 = r.text_sha256 THEN 'as today' ELSE 'otherwise' END AS page_said,
    CASE WHEN h.release_id IS NULL THEN 'not yet' WHEN h.text_sha256 = r.text_sha256 THEN 'as today' ELSE 'otherwise' END AS we_had,
    p.captured_at AS seen_at, p.title AS title_then,
    if(p.text_sha256 != r.text_sha256 OR getvariable('release') IS NOT NULL, p.body, NULL) AS body_then
FROM releases r CROSS JOIN day d
LEFT JOIN as_observed((SELECT day FROM day)) p USING (release_id)
LEFT JOIN as_known((SELECT day FROM day)) h USING (release_id)
WHERE getvariable('release') IS NULL OR r.url = getvariable('release') OR starts_with(r.release_id, getvariable('release'))
ORDER BY page_said = 'as today', page_said DESC, r.source, r.dated_on, r.release_id;
