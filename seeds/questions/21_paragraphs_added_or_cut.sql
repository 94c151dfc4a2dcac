-- 21. Questions and answers added to, or cut from, a record after it was posted
-- Counts paragraphs of press conferences that stand on one side of an edit alone: `cut` and `added` where the other side
-- has no counterpart, `reworded` (before and after) where one shares a third of the words in their order. A paragraph
-- that was only moved is not here. `paragraph_number` counts within the version before or after.
-- Not looked for: what was cut before our first look, or added and cut again between two looks. Questions and answers
-- are not told apart from other paragraphs yet: who asked, and which answer belongs to it, a reader sees.
SELECT r.source, r.dated_on, r.title, e.edited_after_at, e.edited_before_at,
    CASE WHEN p.kept >= 0.3 THEN 'reworded' WHEN p.change = 'went' THEN 'cut' ELSE 'added' END AS what,
    p.change, p.position + 1 AS paragraph_number, p.paragraph
FROM edit_paragraphs p JOIN edits e USING (release_id, from_version, to_version) JOIN releases r USING (release_id)
WHERE r.kind = 'press_conference'
ORDER BY e.edited_before_at DESC, r.release_id, p.position, p.change DESC;
