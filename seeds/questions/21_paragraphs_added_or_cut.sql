-- 21. Questions and answers added to, or cut from, a record after it was posted
-- Counts paragraphs of press conferences that an edit touched: `cut` and `added` where at least four fifths of the
-- characters went or came, `moved` where the same paragraph stands on both sides, else `reworded`, before and after.
-- Not looked for: what was cut before our first look, or added and cut again between two looks. Questions and answers
-- are not told apart from other paragraphs yet: who asked, and which answer belongs to it, a reader sees.
SELECT r.source, r.dated_on, r.title, e.edited_after_at, e.edited_before_at,
    CASE WHEN b.paragraph IS NOT NULL THEN 'moved' WHEN p.share < 0.8 THEN 'reworded' WHEN p.change = 'went' THEN 'cut' ELSE 'added' END AS what,
    p.change, p.position + 1 AS paragraph_number, p.paragraph
FROM edit_paragraphs p JOIN edits e USING (release_id, from_version, to_version) JOIN releases r USING (release_id)
LEFT JOIN edit_paragraphs b ON b.release_id = p.release_id AND b.to_version = p.to_version AND b.change != p.change AND b.paragraph = p.paragraph
WHERE r.kind = 'press_conference'
ORDER BY e.edited_before_at DESC, r.release_id, p.position, p.change DESC;
