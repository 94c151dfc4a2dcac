-- 2. Which releases were edited after publication?
-- Counts changes between two dated looks at one URL; a change before the first look leaves no trace.
SELECT r.source, r.title, e.to_version AS version,
    strftime(e.edited_after_at, '%Y-%m-%d %H:%M') AS edited_after,
    strftime(e.edited_before_at, '%Y-%m-%d %H:%M') AS edited_before,
    e.to_characters - e.from_characters AS characters
FROM edits e JOIN releases r USING (release_id)
ORDER BY e.edited_before_at DESC, r.release_id;
