-- What needs a person today.
WITH $asked
SELECT i.source, i.kind, i.opened_at, i.reason FROM incidents i, asked
WHERE i.closed_at IS NULL AND (asked.source IS NULL OR i.source = asked.source) ORDER BY i.opened_at, i.source, i.kind;
