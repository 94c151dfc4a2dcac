-- 2. Which releases were edited after publication, and which words changed?
-- Counts changes of a text between two dated looks at one release, the latest first: [-what went-], {+what came+}.
-- Not looked for: what changed before the first look, and what changed and was changed back between two looks.
-- A release that is not here was not found to be edited; what was read anew by a better parser is no edit. Pages
-- that vanished are question 3.
WITH changed AS (
    SELECT release_id, to_version,
        string_agg(if(change = 'went', '[-' || trim(words) || '-]', '{+' || trim(words) || '+}'), ' ' ORDER BY position) AS words
    FROM edit_spans GROUP BY ALL
)
SELECT r.source, r.title, e.to_version AS version,
    strftime(e.edited_after_at, '%Y-%m-%d %H:%M') AS edited_after,
    strftime(e.edited_before_at, '%Y-%m-%d %H:%M') AS edited_before,
    e.to_characters - e.from_characters AS characters, e.edit_class, e.declared, c.words
FROM edits e JOIN releases r USING (release_id)
LEFT JOIN changed c ON c.release_id = e.release_id AND c.to_version = e.to_version
WHERE e.to_version IS NOT NULL
ORDER BY e.edited_before_at DESC, r.release_id, e.to_version;
