-- How each source does beside its own past, up to the publication and not to the days asked for.
WITH $asked
SELECT h.source, CAST(h.last_captured_at AT TIME ZONE 'UTC' AS DATE) AS last_look_on, h.last_new_on, h.silent_days,
    h.usual_gap_days, h.longest_gap_days, h.new_28_days, h.usual_28_days, h.captures, h.quarantined, h.open_incidents
FROM source_health h, asked WHERE asked.source IS NULL OR h.source = asked.source
ORDER BY h.open_incidents DESC, h.source NULLS LAST;
