-- Sources that are switched on and were never looked at: the calendar cannot show them.
WITH $asked
SELECT s.source FROM sources s, asked
WHERE s.state = 'verified' AND s.issuer_iso3 IS NOT NULL AND s.source NOT IN (SELECT source FROM captures WHERE source IS NOT NULL)
    AND (asked.source IS NULL OR s.source = asked.source) ORDER BY s.source;
