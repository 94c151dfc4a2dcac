-- Releases without a day of their own, between their neighbours on a list. Posting trails the event by some days, and a
-- list is in the order of posting: hence the margin. Neighbours that are far from each other in time stand on a list of
-- something else.
-- Input: temp tables readings, contents, current, own_days. Output: current.between_earliest, between_latest, between_list.

UPDATE current SET between_earliest = b.earliest, between_latest = b.latest, between_list = b.url
FROM (
    WITH days AS (
        SELECT c.release_id, coalesce(c.published_on, d.earliest_on) AS day
        FROM current c LEFT JOIN own_days d ON d.release_id = c.release_id AND d.earliest_on = d.latest_on
    ),
    alike AS ( -- lists say the same look after look
        SELECT c.release_ids, min(r.url) AS url FROM contents c
        JOIN readings r ON r.source = c.source AND r.input_sha256 = c.input_sha256 GROUP BY c.release_ids
    ),
    entries AS (
        SELECT url, release_ids, unnest(release_ids) AS release_id, generate_subscripts(release_ids, 1) AS place FROM alike
    ),
    places AS (
        SELECT * FROM entries
        WHERE release_ids IN (SELECT release_ids FROM entries JOIN days USING (release_id) WHERE day IS NULL)
    ),
    around AS (
        SELECT p.url, p.release_id, d.release_id AS known, d.day,
            last_value(d.day IGNORE NULLS) OVER (PARTITION BY p.release_ids ORDER BY p.place ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) AS above,
            first_value(d.day IGNORE NULLS) OVER (PARTITION BY p.release_ids ORDER BY p.place ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS below
        FROM places p LEFT JOIN days d USING (release_id)
    )
    SELECT release_id, least(above, below) - 3 AS earliest, greatest(above, below) + 3 AS latest, url FROM around
    WHERE known IS NOT NULL AND day IS NULL AND abs(above - below) <= 60
    QUALIFY row_number() OVER (PARTITION BY release_id ORDER BY latest - earliest, earliest, url) = 1
) b
WHERE b.release_id = current.release_id;
