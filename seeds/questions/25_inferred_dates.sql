-- 25. Which dates and years were inferred, how, and how surely?
-- One row for each day of publication or event that no page states in full: a year that other evidence gave, a day
-- that a mirror gave, an "Updated" that stands for publication, or bounds where no day is forced. `how` names the kinds
-- of evidence, `year_by` what gave the year; `surely` says how far the evidence narrows it (`disagree`: no day suits
-- all of it), `against` counts evidence that contradicts the day.
-- Not published: the page gives no such day, and `surely` is `none forced` or a bound. A release of which nothing at all
-- tells a day has no evidence and is not here. Page numbers know days only where neighbours' days are known.
WITH inferred AS (
    SELECT e.*, r.source, r.title, if(e.about = 'event', r.event_on, r.published_on) AS day
    FROM date_evidence e JOIN releases r USING (release_id)
    WHERE if(e.about = 'event',
        r.event_on IS NULL OR (e.chosen AND (e.method = 'mirror' OR NOT contains(e.text, strftime(r.event_on, '%Y')))),
        r.published_on IS NULL OR (e.chosen AND e.method = 'updated'))
),
bounds AS (
    SELECT release_id, source, title, about, day, string_agg(DISTINCT method, ', ' ORDER BY method) AS how,
        string_agg(DISTINCT text, ' … ' ORDER BY text) AS words, max(earliest_on) AS earliest_on, min(latest_on) AS latest_on
    FROM inferred GROUP BY ALL
)
SELECT b.source, b.title, b.about, b.day, b.how,
    string_agg(DISTINCT e.method, ', ' ORDER BY e.method) FILTER (
        b.about = 'event' AND b.day IS NOT NULL AND b.how != 'mirror' AND (e.about = 'published' OR e.method IN ('tenure', 'first_known'))
    ) AS year_by,
    CASE WHEN b.day IS NOT NULL THEN 'to the day' WHEN b.earliest_on <= b.latest_on THEN 'within ' || (b.latest_on - b.earliest_on + 1) || ' days'
        WHEN b.earliest_on IS NULL AND b.latest_on IS NOT NULL THEN 'not after' WHEN b.latest_on IS NULL AND b.earliest_on IS NOT NULL THEN 'not before'
        WHEN b.latest_on IS NULL THEN 'none forced' ELSE 'disagree' END AS surely,
    coalesce(b.day, b.earliest_on) AS earliest_on, coalesce(b.day, b.latest_on) AS latest_on,
    count(*) FILTER (e.about = b.about AND (b.day < e.earliest_on OR b.day > e.latest_on)) AS against, b.words
FROM bounds b JOIN date_evidence e USING (release_id)
GROUP BY b.release_id, b.source, b.title, b.about, b.day, b.how, b.earliest_on, b.latest_on, b.words
ORDER BY b.source, b.title, b.about, b.release_id;
