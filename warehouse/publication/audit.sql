-- The audit for leaks and losses, without labels: what repeats where no text repeats itself, and what
-- is missing from one page alone. docs/evidence.md says what it sees and what it cannot.
-- Input: temp table shown, published.releases. Output: temp table suspected, all cases; table
-- published.suspects, the worst of them.

-- Tuned on all real pages at hand; tests/acceptance/test_real_audit.py counts the false alarms.
CREATE OR REPLACE TEMP TABLE bounds AS
SELECT 200 AS latest,   -- releases of a source's layout whose bodies are compared, however many there are
    300_000 AS largest, -- bytes of a body that is compared: a few of megabytes would fill the memory
    5 AS fewest,        -- bodies in which a line must repeat, and that a layout must have for a loss to be seen
    0.0 AS share_glued, -- of the bodies, where it follows the last sentence on its own line: no text goes on so
    0.1 AS share_ends,  -- where it stands on lines after the last sentence: an address may, now and then
    0.5 AS share_lines, -- where it is a sentence, or the first line: formulas stand in fewer
    10 AS fewest_lines, -- and in fewer than so many bodies they may stand in half of them
    20 AS kept;         -- worst cases of a source and suspicion

-- A stop after a lone capital is none (an initial, U.S.), nor is one before a figure (No. 2).
CREATE OR REPLACE TEMP MACRO after_last_sentence(words) AS regexp_extract(
    words,
    '(?s)^.*(?:(?:[\p{Ll}\p{Lo}\p{M}\p{N}\p{Pe}\p{Pf}%"'']|\p{Lu}\p{Lu})[.!?…؟۔][\p{Pe}\p{Pf}"'']*\s|[。！？।።։][\p{Pe}\p{Pf}"'']*)([^\p{Ll}\p{N}].*)$',
    1
);
CREATE OR REPLACE TEMP MACRO ends_sentence(words) AS regexp_matches(right(words, 9), '[.!?…؟۔。！？।።։][\p{Pe}\p{Pf}"'']*$');
CREATE OR REPLACE TEMP MACRO paragraphs(words) AS string_split(words, chr(10) || chr(10));
-- A Chinese character says as much as two or three letters.
CREATE OR REPLACE TEMP MACRO wide(words, han, letters) AS CASE WHEN regexp_matches(words, '\p{Han}') THEN han ELSE letters END;
-- Days and counts differ from page to page where the sentence is the template's.
CREATE OR REPLACE TEMP MACRO alike(words) AS regexp_replace(words, '[0-9]+', '0', 'g');

CREATE OR REPLACE TEMP TABLE compared AS
WITH chosen AS (
    SELECT release_id, source, layout, text_sha256 FROM published.releases
    QUALIFY row_number() OVER (
        PARTITION BY source, layout ORDER BY coalesce(last_captured_at, landed_at) DESC, release_id
    ) <= (SELECT latest FROM bounds)
),
once AS ( -- one text under two URLs repeats nothing
    SELECT min(release_id) AS release_id, row_number() OVER () AS place, count(*) OVER (PARTITION BY source, layout) AS of_bodies
    FROM chosen GROUP BY source, layout, text_sha256
)
SELECT o.place, o.of_bodies, r.release_id, r.source, r.layout, r.kind, r.body
FROM published.releases r JOIN once o USING (release_id)
WHERE o.of_bodies >= (SELECT fewest FROM bounds) AND strlen(r.body) <= (SELECT largest FROM bounds);

CREATE OR REPLACE TEMP TABLE repeated AS
WITH ends AS (
    SELECT place, of_bodies, release_id, source, layout, after_last_sentence(right(body, 1000)) AS rest FROM compared
    WHERE kind != 'letter' AND NOT ends_sentence(body)
),
pieces AS (
    SELECT place, of_bodies, release_id, source, layout, unnest(paragraphs(trim(rest, chr(10) || ' '))) AS piece,
        CASE WHEN starts_with(rest, chr(10)) THEN 'ends' ELSE 'glued' END AS rule
    FROM ends WHERE NOT regexp_matches(rest, '[,，]\s*(?:\n|$)') -- "Yours sincerely," and who signs
),
keys AS ( -- what follows "Related News:" differs from page to page, and so does what stands before "Print"
    SELECT *, unnest([
        {'key': left(piece, wide(piece, 5, 12)), 'side': 1}, {'key': right(piece, wide(piece, 5, 12)), 'side': 2}
    ], recursive := true)
    FROM pieces WHERE regexp_matches(piece, '\pL.*\pL')
),
lines AS (
    SELECT place, of_bodies, release_id, source, layout, line
    FROM (SELECT *, unnest(paragraphs(body)) AS line FROM compared) WHERE strlen(line) >= 40 -- bytes: 14 Chinese characters
    UNION ALL
    SELECT place, of_bodies, release_id, source, layout, split_part(body, chr(10), 1) AS line FROM compared
    WHERE regexp_matches(right(line, 1), '[^\p{P}\p{S}]') -- "Mr. President,"
    UNION ALL
    SELECT place, of_bodies, release_id, source, layout, right(body, wide(right(body, 60), 28, 60)) FROM compared
    WHERE kind != 'letter'
),
found AS (
    SELECT source, layout, rule, any_value(of_bodies) AS of_bodies, count(DISTINCT place) AS bodies, min(release_id) AS release_id,
        CASE WHEN min(piece) = max(piece) THEN min(piece) WHEN side = 1 THEN key || '…' ELSE '…' || key END AS line
    FROM keys GROUP BY source, layout, rule, key, side
    UNION ALL
    SELECT source, layout, 'lines', any_value(of_bodies), count(DISTINCT place), min(release_id), line
    FROM lines GROUP BY source, layout, line
)
SELECT source, layout, line, max(bodies) AS bodies, any_value(of_bodies) AS of_bodies, min(release_id) AS release_id
FROM found, bounds
WHERE bodies >= CASE rule
    WHEN 'glued' THEN greatest(fewest, of_bodies * share_glued)
    WHEN 'ends' THEN greatest(fewest, of_bodies * share_ends)
    ELSE greatest(fewest_lines, of_bodies * share_lines)
END
GROUP BY source, layout, line;

CREATE OR REPLACE TEMP TABLE missing AS
WITH left_out AS (
    SELECT r.source, r.layout, r.release_id, r.text_sha256, unnest(p.left_out) AS line
    FROM shown s JOIN published.releases r USING (release_id)
    JOIN parses p ON p.input_sha256 = s.input_sha256 AND p.landing = s.landing
    WHERE s.recency = 1
),
said AS ( -- most lines are the template's: they are few once each is there once
    SELECT source, line, min(layout) AS layout, min(release_id) AS release_id, min(text_sha256) AS one_text, max(text_sha256) AS other_text
    FROM left_out GROUP BY source, line
),
once AS (
    SELECT source, min(layout) AS layout, min(release_id) AS release_id, min(line) AS line
    FROM said GROUP BY source, alike(line)
    HAVING min(one_text) = max(other_text)
        AND (ends_sentence(min(line)) OR length(min(line)) >= 300) -- cut there
        AND NOT regexp_matches(min(line), '\S@\S') -- whom to write to is no sentence of a release
)
SELECT source, layout, release_id, line FROM once
-- A headline, or how a list begins to tell another release, is no loss.
WHERE line NOT IN (SELECT title FROM published.releases)
    AND line NOT IN (SELECT left(unnest(paragraphs(body)), 300) FROM compared);

CREATE OR REPLACE TEMP TABLE suspected AS
SELECT 'chrome' AS suspicion, source, layout, line, bodies, of_bodies, release_id
FROM repeated r
WHERE NOT EXISTS ( -- one leak is one line: its parts need no mention
    FROM repeated o WHERE o.source IS NOT DISTINCT FROM r.source AND o.layout = r.layout
        AND o.line != r.line AND contains(o.line, trim(r.line, '… '))
)
UNION ALL
SELECT 'loss', m.source, m.layout, arg_max(m.line, (length(m.line), m.line)), 1, any_value(c.of_bodies), m.release_id
FROM missing m
JOIN (SELECT DISTINCT source, layout, of_bodies FROM compared) c ON c.source IS NOT DISTINCT FROM m.source AND c.layout = m.layout
GROUP BY m.source, m.layout, m.release_id;

INSERT INTO published.suspects
SELECT s.source, s.suspicion, s.layout, left(s.line, 300), s.bodies, s.of_bodies, s.release_id, r.url
FROM suspected s JOIN published.releases r USING (release_id)
QUALIFY row_number() OVER (
    PARTITION BY s.source, s.suspicion ORDER BY s.bodies DESC, length(s.line) DESC, s.line, s.release_id
) <= (SELECT kept FROM bounds)
ORDER BY s.source, s.suspicion, s.bodies DESC, length(s.line) DESC, s.line, s.release_id;
