-- What questions of the gallery (seeds/questions) share: too long to be read in each of them.

CREATE MACRO site_of(url) AS regexp_extract(url, '^https?://([^/?#]+(?:/ce/[a-z]+)?)', 1);
COMMENT ON MACRO site_of IS 'site_of(url): its host; of a mission within its ministry''s site, host/ce/mission';

CREATE MACRO is_mission(url) AS regexp_matches(site_of(url), 'embassy|consulate|mission|/ce/');
COMMENT ON MACRO is_mission IS 'is_mission(url): whether the name of its site says embassy, consulate or mission';

CREATE VIEW edit_paragraphs AS
WITH sides AS (
    SELECT e.release_id, e.from_version, e.to_version, 'went' AS change, v.body
    FROM edits e JOIN versions v ON v.release_id = e.release_id AND v.version = e.from_version WHERE e.to_version IS NOT NULL
    UNION ALL
    SELECT e.release_id, e.from_version, e.to_version, 'came', v.body
    FROM edits e JOIN versions v ON v.release_id = e.release_id AND v.version = e.to_version
),
paragraphs AS (
    SELECT * EXCLUDE body, unnest(string_split(body, chr(10) || chr(10))) AS paragraph,
        generate_subscripts(string_split(body, chr(10) || chr(10)), 1) - 1 AS position
    FROM sides
),
places AS (
    SELECT *, sum(length(paragraph) + 2) OVER (
        PARTITION BY release_id, to_version, change ORDER BY position
    ) - length(paragraph) - 2 AS start
    FROM paragraphs
)
SELECT p.release_id, p.from_version, p.to_version, p.change, p.position, p.paragraph,
    sum(least(s.span_stop, p.start + length(p.paragraph)) - greatest(s.span_start, p.start)) / length(p.paragraph) AS share
FROM places p
JOIN edit_spans s ON s.release_id = p.release_id AND s.to_version = p.to_version AND s.change = p.change AND s.field = 'body'
    AND s.span_start < p.start + length(p.paragraph) AND s.span_stop > p.start
GROUP BY p.release_id, p.from_version, p.to_version, p.change, p.position, p.paragraph;
COMMENT ON VIEW edit_paragraphs IS 'The paragraphs of a body that an edit touched, as they stood before and after';
COMMENT ON COLUMN edit_paragraphs.release_id IS 'The release';
COMMENT ON COLUMN edit_paragraphs.from_version IS 'Version before';
COMMENT ON COLUMN edit_paragraphs.to_version IS 'Version after';
COMMENT ON COLUMN edit_paragraphs.change IS 'went: it stands in the version before; came: in that after';
COMMENT ON COLUMN edit_paragraphs.position IS 'Place among the paragraphs of that version, from 0';
COMMENT ON COLUMN edit_paragraphs.paragraph IS 'The paragraph';
COMMENT ON COLUMN edit_paragraphs.share IS 'Share of its characters that went or came, 0 to 1: 1 is a paragraph of which nothing stayed';
