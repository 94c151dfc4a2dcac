-- Edits by source and class; `silent` ones are not owned up to by their page.
WITH $asked
SELECT e.source, e.edit_class, count(*) FILTER (e.declared IS NOT TRUE) AS silent, count(*) FILTER (e.declared) AS declared
FROM edits e, asked
WHERE e.to_version IS NOT NULL AND CAST(e.edited_before_at AT TIME ZONE 'UTC' AS DATE) BETWEEN since AND until
    AND (asked.source IS NULL OR e.source = asked.source)
GROUP BY e.source, e.edit_class ORDER BY e.source NULLS LAST, e.edit_class;
