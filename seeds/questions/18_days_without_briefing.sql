-- 18. Working days with no briefing on record (recess and holidays told apart)
-- Counts days from Monday to Friday between two press conferences of one issuer, in whatever language, the longest
-- row of them first. `why` tells recess and holiday apart by what the last briefing before, or an announcement in
-- between, says of the next ones: `words` quotes it, and the reader judges whether it means these days.
-- Not found: other releases were published on a fifth of those days or more, and no briefing is among them. Not looked
-- for: hardly anything of those days is on record, or a list names a page that was not read (`listed`). Whether there
-- was no briefing, the issuer alone knows; public holidays and working Saturdays are in no table yet.
WITH briefings AS (
    SELECT DISTINCT issuer, dated_on FROM releases WHERE kind = 'press_conference' AND issuer IS NOT NULL AND dated_on IS NOT NULL
),
gaps AS (
    SELECT issuer, dated_on AS after_on, lead(dated_on) OVER (PARTITION BY issuer ORDER BY dated_on) AS before_on FROM briefings
),
days AS (SELECT *, unnest(range(after_on + 1, before_on, INTERVAL 1 DAY))::DATE AS day FROM gaps),
missing AS (
    SELECT issuer, after_on, before_on, min(day) AS from_on, max(day) AS until_on, count(*) AS working_days
    FROM days WHERE isodow(day) < 6 GROUP BY ALL
),
notices AS (
    SELECT issuer, kind, dated_on, published_on, unnest(regexp_extract_all(body, '[^.。\n]+')) AS words
    FROM releases WHERE kind IN ('press_conference', 'announcement') AND regexp_matches(body, '(?i)recess|holiday|休会|放假|假期|暂停')
),
told AS (
    SELECT m.issuer, m.from_on, min(trim(n.words)) AS words
    FROM missing m JOIN notices n ON n.issuer = m.issuer
        AND if(n.kind = 'press_conference', n.dated_on = m.after_on, n.published_on BETWEEN m.after_on AND m.until_on)
    WHERE regexp_matches(n.words, '(?i)press conference|briefing|记者会') AND regexp_matches(n.words, '(?i)recess|holiday|休会|放假|假期|暂停')
    GROUP BY ALL
),
listed AS (
    SELECT m.issuer, m.from_on, count(DISTINCT l.release_id) AS listed
    FROM missing m JOIN sources s USING (issuer)
    JOIN listings l ON l.source = s.source AND try_cast(left(l.published, 10) AS DATE) BETWEEN m.from_on AND m.until_on
    WHERE l.followed AND l.release_id NOT IN (SELECT release_id FROM releases) GROUP BY ALL
),
others AS (
    SELECT m.issuer, m.from_on, count(*) AS other_releases, count(DISTINCT r.published_on) AS other_days
    FROM missing m JOIN releases r ON r.issuer = m.issuer AND r.published_on BETWEEN m.from_on AND m.until_on GROUP BY ALL
)
SELECT m.issuer, m.from_on, m.until_on, m.working_days,
    CASE WHEN regexp_matches(t.words, '(?i)holiday|放假|假期') THEN 'holiday' WHEN t.words IS NOT NULL THEN 'recess'
        WHEN l.listed > 0 THEN 'not looked for' WHEN o.other_days * 5 >= m.working_days THEN 'not found' ELSE 'not looked for' END AS why,
    t.words, coalesce(l.listed, 0) AS listed, coalesce(o.other_releases, 0) AS other_releases
FROM missing m LEFT JOIN told t USING (issuer, from_on) LEFT JOIN listed l USING (issuer, from_on) LEFT JOIN others o USING (issuer, from_on)
ORDER BY m.working_days DESC, m.issuer, m.from_on;
