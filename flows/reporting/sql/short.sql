-- The headline figures of the days asked for.
WITH $asked,
$arrived,
edited AS (
    SELECT e.* FROM edits e, asked
    WHERE e.to_version IS NOT NULL AND CAST(e.edited_before_at AT TIME ZONE 'UTC' AS DATE) BETWEEN since AND until
        AND (asked.source IS NULL OR e.source = asked.source)
),
gone AS (
    SELECT CAST(w.withdrawn_at AT TIME ZONE 'UTC' AS DATE) AS gone_on,
        CAST(w.reappeared_at AT TIME ZONE 'UTC' AS DATE) AS back_on
    FROM withdrawals w, asked WHERE asked.source IS NULL OR w.source = asked.source
),
looked AS (
    SELECT CAST(c.captured_at AT TIME ZONE 'UTC' AS DATE) AS looked_on FROM captures c, asked
    WHERE c.outcome IN ('ok', 'not_modified') AND c.role != 'robots'
        AND (asked.source IS NULL OR c.source = asked.source)
)
SELECT
    (SELECT count(*) FROM arrived, asked WHERE canonical_id = release_id AND arrived_on BETWEEN since AND until) AS new,
    (SELECT count(*) FROM edited WHERE declared IS NOT TRUE) AS silent_edits,
    (SELECT count(*) FROM edited WHERE declared) AS declared_edits,
    (SELECT count(*) FROM gone, asked WHERE gone_on BETWEEN since AND until) AS withdrawn,
    (SELECT count(*) FROM gone, asked WHERE back_on BETWEEN since AND until) AS reappeared,
    (SELECT count(*) FROM mirrors JOIN arrived USING (release_id), asked WHERE arrived_on BETWEEN since AND until)
        AS mirrors,
    (SELECT count(*) FROM incidents i, asked
        WHERE i.closed_at IS NULL AND (asked.source IS NULL OR i.source = asked.source)) AS open_incidents,
    (SELECT count(*) FROM looked, asked WHERE looked_on BETWEEN since AND until) AS looks,
    (SELECT count(DISTINCT looked_on) FROM looked, asked WHERE looked_on BETWEEN since AND until) AS days_looked_at,
    (SELECT until - since + 1 FROM asked) AS days,
    (SELECT count(*) FROM arrived WHERE arrived_on IS NULL) AS undated;
