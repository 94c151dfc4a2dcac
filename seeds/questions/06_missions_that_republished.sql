-- 6. Which missions re-published a release, and how many days later?
-- Counts releases on sites whose name says embassy, consulate or mission that are the same document as a canonical
-- release: the ministry's own, else the earliest. `days_later` is from one day of publication to the other.
-- Not published: `days_later` is empty where one of both pages gives no day, and `undated` says which. Not looked for:
-- missions whose pages are not kept. A mission that changed most of the words is not found.
SELECT site_of(m.url) AS mission, site_of(c.url) AS first_published_by, c.title, c.published_on, m.published_on AS republished_on,
    k.lag_days AS days_later, k.method,
    CASE WHEN c.published_on IS NULL AND m.published_on IS NULL THEN 'both' WHEN c.published_on IS NULL THEN 'canonical'
        WHEN m.published_on IS NULL THEN 'mission' END AS undated
FROM mirrors k JOIN releases m ON m.release_id = k.release_id JOIN releases c ON c.release_id = k.canonical_id
WHERE is_mission(m.url)
ORDER BY c.dated_on DESC NULLS LAST, c.release_id, k.lag_days, mission;
