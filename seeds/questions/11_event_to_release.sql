-- 11. How long from event to release, per issuer and channel?
-- Counts days from the day of the event to that of publication, mirrors left out (question 6 has theirs). Below zero,
-- the release came first, as announcements do.
-- Not published: `undated` counts releases that give no day of publication. Not found: `no_event` counts those of
-- whose event nothing forces a day. Neither has a share in the days. The channel (phone, video, meeting) needs
-- encounters, which are not there yet: the kind of release stands in for it.
SELECT coalesce(issuer, '(no source)') AS issuer, kind, count(published_on - event_on) AS releases,
    median(published_on - event_on) AS median_days, min(published_on - event_on) AS shortest, max(published_on - event_on) AS longest,
    count(*) FILTER (published_on IS NULL) AS undated, count(*) FILTER (event_on IS NULL) AS no_event
FROM canonical_releases GROUP BY ALL ORDER BY issuer, kind;
