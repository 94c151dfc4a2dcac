-- How each source and layout does, of all that was published and audited before.
-- Input: temp tables readings, suspected, published.releases, .quarantine, .incidents.

CREATE OR REPLACE TEMP TABLE measured AS -- a body is long: its length is taken once
SELECT source, layout, published_on IS NOT NULL AS dated, len(breadcrumb) > 0 AS breadcrumb, coalesce(subtitle, '') != '' AS subtitled,
    contains(body, chr(10) || chr(10)) AS parted, length(body) AS characters
FROM published.releases;

CREATE OR REPLACE TEMP TABLE cadence AS
WITH looked AS (
    SELECT r.source, any_value(coalesce(o.zone, 'UTC')) AS zone, CAST(max(r.captured_at) AT TIME ZONE any_value(coalesce(o.zone, 'UTC')) AS DATE) AS looked_on
    FROM readings r JOIN sources o USING (source) WHERE r.outcome IN ('ok', 'not_modified') GROUP BY r.source
),
found AS (
    SELECT source, first_captured_at AS seen_at, published_on FROM published.releases
    UNION ALL -- what is kept and cannot be read, or not yet, has arrived too
    SELECT any_value(source), min(captured_at), NULL FROM readings
    WHERE role = 'page' AND outcome = 'ok' AND release_id NOT IN (SELECT release_id FROM published.releases) GROUP BY release_id
),
arrived AS ( -- no page arrived after it was seen: a day to come would hide every silence until then
    SELECT l.source, l.looked_on, least(CAST(f.seen_at AT TIME ZONE l.zone AS DATE), f.published_on) AS arrived_on
    FROM found f JOIN looked l USING (source) WHERE f.seen_at IS NOT NULL
),
days AS (
    SELECT source, arrived_on, looked_on, count(*) AS new, (looked_on - arrived_on) // 28 AS period
    FROM arrived WHERE arrived_on > looked_on - 728 GROUP BY source, arrived_on, looked_on
),
gaps AS (
    SELECT source, max(arrived_on) AS last_new_on, any_value(looked_on) AS looked_on, median(gap) AS usual, max(gap) AS longest
    FROM (SELECT *, arrived_on - lag(arrived_on) OVER (PARTITION BY source ORDER BY arrived_on) AS gap FROM days) GROUP BY source
),
periods AS ( -- whole ones, those without anything new too
    SELECT source, unnest(range(0, greatest(1, any_value(looked_on) - min(arrived_on) + 1) // 28 + 1)) AS period FROM days GROUP BY source
),
counted AS (
    SELECT p.source, p.period, coalesce(sum(d.new), 0) AS new
    FROM periods p LEFT JOIN days d ON d.source = p.source AND d.period = p.period GROUP BY p.source, p.period
),
yields AS (
    SELECT source, sum(new) FILTER (period = 0) AS new,
        median(new) FILTER (period > 0 AND period < (SELECT max(period) FROM periods p WHERE p.source = counted.source)) AS usual
    FROM counted GROUP BY source
)
SELECT g.source, g.last_new_on, g.looked_on - g.last_new_on AS silent_days, g.usual AS usual_gap, g.longest AS longest_gap, y.new, y.usual
FROM gaps g JOIN yields y USING (source);

INSERT INTO published.source_health
WITH kept AS (
    SELECT source, count(*) FILTER (role = 'page') AS captures,
        (SELECT count(*) FROM published.quarantine q WHERE q.source IS NOT DISTINCT FROM readings.source) AS quarantined,
        count(*) FILTER (error IN ('LayoutUnknown', 'LayoutNotAllowed')) AS unknown_layout, max(captured_at) AS last_captured_at
    FROM readings GROUP BY source
),
read AS (
    SELECT source, count(*) AS releases, avg(dated::INTEGER) AS published_share, quantile_cont(characters, [0.05, 0.5, 0.95]) AS body
    FROM measured GROUP BY source
),
audited AS (
    SELECT source, count(*) FILTER (suspicion = 'chrome') AS chrome, count(*) FILTER (suspicion = 'loss') AS loss
    FROM suspected GROUP BY source
),
wrong AS (
    SELECT source, count(*) AS open, bool_or(kind = 'hold') AS held FROM published.incidents WHERE closed_at IS NULL GROUP BY source
)
SELECT k.source, k.captures, coalesce(r.releases, 0), k.quarantined, k.unknown_layout, r.published_share, r.body[1], r.body[2], r.body[3],
    k.last_captured_at, c.last_new_on, c.silent_days, c.usual_gap, c.longest_gap, c.new, c.usual,
    coalesce(w.held, false), coalesce(w.open, 0), coalesce(a.chrome, 0), coalesce(a.loss, 0)
FROM kept k
LEFT JOIN read r ON r.source IS NOT DISTINCT FROM k.source
LEFT JOIN audited a ON a.source IS NOT DISTINCT FROM k.source
LEFT JOIN cadence c ON c.source = k.source
LEFT JOIN wrong w ON w.source = k.source
ORDER BY k.source;

INSERT INTO published.layout_health
WITH pages AS (
    SELECT source, layout, count(*) AS pages, avg((text_sha256 IS NOT NULL)::INTEGER) AS read_share
    FROM readings WHERE role = 'page' AND layout IS NOT NULL GROUP BY source, layout
),
fields AS (
    SELECT source, layout, count(*) AS releases, avg(dated::INTEGER) AS published_share, avg(breadcrumb::INTEGER) AS breadcrumb_share,
        avg(subtitled::INTEGER) AS subtitle_share, avg(parted::INTEGER) AS second_paragraph_share,
        quantile_cont(characters, [0.05, 0.5, 0.95]) AS body
    FROM measured GROUP BY source, layout
)
SELECT p.source, p.layout, p.pages, p.read_share, coalesce(f.releases, 0), f.published_share, f.breadcrumb_share, f.subtitle_share,
    f.second_paragraph_share, f.body[1], f.body[2], f.body[3]
FROM pages p LEFT JOIN fields f ON f.source IS NOT DISTINCT FROM p.source AND f.layout = p.layout
ORDER BY p.source, p.layout;
