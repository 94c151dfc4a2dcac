-- 29. My citation is dead: which page is it now?
-- One row for the page of `--url` (http or https, with or without www. and what follows `#`); without it, for every URL
-- that is withdrawn or leads elsewhere. `url_now` is where our last successful look at it ended; `same_text_urls` are
-- mirrors and second URLs of the same document that are not withdrawn; `kept_in` is the file of our archive with the
-- page as it was: `communique show RELEASE` prints it.
-- Not looked for: state `never looked at`. `withdrawn`: at least 3 looks over 2 days did not find it. `last look failed`:
-- fewer did not, or the site refused us. A page that was never posted again has neither `url_now` nor `same_text_urls`.
WITH bare AS (
    SELECT release_id, url, regexp_replace(url, '^https?://(www\.)?|#.*$|/+$', '', 'g') AS page FROM url_aliases
),
gone AS (SELECT release_id, min(gone_since_at) AS gone_since_at FROM withdrawals WHERE reappeared_at IS NULL GROUP BY ALL),
looks AS (
    SELECT release_id, max(captured_at) AS looked_at, arg_max(outcome, captured_at) AS outcome,
        arg_max(coalesce(final_url, url), captured_at) FILTER (outcome IN ('ok', 'not_modified')) AS url_now,
        arg_max(warc_file, captured_at) FILTER (text_sha256 IS NOT NULL) AS kept_in
    FROM captures WHERE role = 'page' AND captured_at IS NOT NULL GROUP BY ALL
),
others AS (
    SELECT r.release_id, list(o.url ORDER BY o.url) AS same_text_urls
    FROM releases r JOIN releases o ON o.canonical_id = r.canonical_id AND o.release_id != r.release_id
    WHERE o.release_id NOT IN (SELECT release_id FROM gone) GROUP BY ALL
),
cited AS (
    SELECT b.url AS cited, r.release_id, r.title,
        CASE WHEN g.release_id IS NOT NULL THEN 'withdrawn' WHEN l.outcome NOT IN ('ok', 'not_modified') THEN 'last look failed'
            WHEN l.url_now != b.url THEN 'leads elsewhere' ELSE 'answers' END AS state,
        g.gone_since_at, l.looked_at, if(g.release_id IS NULL, l.url_now, NULL) AS url_now, o.same_text_urls, l.kept_in, b.page
    FROM bare b JOIN releases r USING (release_id) LEFT JOIN gone g USING (release_id) LEFT JOIN looks l USING (release_id)
    LEFT JOIN others o USING (release_id)
),
asked AS (SELECT getvariable('url') AS url, regexp_replace(getvariable('url'), '^https?://(www\.)?|#.*$|/+$', '', 'g') AS page)
SELECT coalesce(c.cited, a.url) AS cited, coalesce(c.state, 'never looked at') AS state, c.gone_since_at, c.looked_at, c.url_now,
    c.same_text_urls, c.kept_in, c.release_id, c.title
FROM asked a LEFT JOIN cited c ON if(a.url IS NULL, c.state IN ('withdrawn', 'leads elsewhere'), c.page = a.page)
WHERE a.url IS NOT NULL OR c.cited IS NOT NULL
ORDER BY c.gone_since_at DESC, cited;
