-- 5. When did a formula first appear, per language and per speaker?
-- Counts releases in whose title or body the words of `--words` stand (a regular expression, capitals or not; without
-- it `win-win|合作共赢`), mirrors left out, by language and issuer. The day is that of the event, else of publication;
-- releases with neither are counted in `undated` and cannot be first.
-- Not found: `releases` is 0, and `searched` says among how many. Not looked for: an issuer that is not here, days
-- before `searched_from`, and who within a transcript said it: the speaker here is the issuer.
WITH searched AS (
    SELECT *, regexp_matches(concat_ws(' ', title, subtitle, body), coalesce(getvariable('words'), 'win-win|合作共赢'), 'i') AS hit
    FROM canonical_releases
)
SELECT language, coalesce(issuer, '(no source)') AS issuer, min(dated_on) FILTER (hit) AS first_on,
    arg_min(title, dated_on) FILTER (hit) AS first_title, count(*) FILTER (hit) AS releases,
    count(*) FILTER (hit AND dated_on IS NULL) AS undated, count(*) AS searched, min(dated_on) AS searched_from
FROM searched GROUP BY ALL ORDER BY first_on, language, issuer;
