-- What questions of the gallery (seeds/questions) share: too long to be read in each of them.

CREATE MACRO site_of(url) AS regexp_extract(url, '^https?://([^/?#]+(?:/ce/[a-z]+)?)', 1);
COMMENT ON MACRO site_of IS 'site_of(url): its host; of a mission within its ministry''s site, host/ce/mission';

CREATE MACRO is_mission(url) AS regexp_matches(site_of(url), 'embassy|consulate|mission|/ce/');
COMMENT ON MACRO is_mission IS 'is_mission(url): whether the name of its site says embassy, consulate or mission';

CREATE VIEW edit_paragraphs AS
WITH sides AS (
    SELECT e.release_id, e.from_version, e.to_version, 'went' AS change, string_split(v.body, chr(10) || chr(10)) AS paragraphs
    FROM edits e JOIN versions v ON v.release_id = e.release_id AND v.version = e.from_version WHERE e.to_version IS NOT NULL
    UNION ALL
    SELECT e.release_id, e.from_version, e.to_version, 'came', string_split(v.body, chr(10) || chr(10))
    FROM edits e JOIN versions v ON v.release_id = e.release_id AND v.version = e.to_version
),
pieces AS (
    SELECT * EXCLUDE paragraphs, unnest(paragraphs) AS paragraph, generate_subscripts(paragraphs, 1) - 1 AS position FROM sides
),
worded AS ( -- a Chinese character is a word
    SELECT *, list_prepend('', regexp_extract_all(lower(paragraph), '\p{Han}|[\p{L}\p{N}]+')) AS words
    FROM pieces p
    WHERE NOT EXISTS (
        SELECT 1 FROM pieces o WHERE o.release_id = p.release_id AND o.to_version = p.to_version AND o.change != p.change
            AND o.paragraph = p.paragraph
    )
),
fresh AS (
    SELECT * EXCLUDE words, list_distinct(list_transform(range(1, len(words)), lambda i: words[i] || ' ' || words[i + 1])) AS pairs FROM worded
)
SELECT p.release_id, p.from_version, p.to_version, p.change, p.position, p.paragraph,
    coalesce(max(len(list_intersect(p.pairs, o.pairs)) / greatest(len(p.pairs), 1)), 0) AS kept
FROM fresh p LEFT JOIN fresh o ON o.release_id = p.release_id AND o.to_version = p.to_version AND o.change != p.change
GROUP BY p.release_id, p.from_version, p.to_version, p.change, p.position, p.paragraph;
COMMENT ON VIEW edit_paragraphs IS 'The paragraphs of a body that stand on one side of an edit alone';
COMMENT ON COLUMN edit_paragraphs.release_id IS 'The release';
COMMENT ON COLUMN edit_paragraphs.from_version IS 'Version before';
COMMENT ON COLUMN edit_paragraphs.to_version IS 'Version after';
COMMENT ON COLUMN edit_paragraphs.change IS 'went: it stands in the version before; came: in that after';
COMMENT ON COLUMN edit_paragraphs.position IS 'Place among the paragraphs of that version, from 0';
COMMENT ON COLUMN edit_paragraphs.paragraph IS 'The paragraph';
COMMENT ON COLUMN edit_paragraphs.kept IS 'Share of its pairs of neighbouring words that the paragraph most like it on the other side has, 0 to 1; below 0.3 it has no counterpart there';
