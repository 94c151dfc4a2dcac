arrived AS ( -- the day that it was published, never later than it was seen first; days are those of UTC
    SELECT r.release_id, r.source, r.published_on, r.kind, r.title, r.url, r.canonical_id,
        least(r.published_on, CAST(r.first_captured_at AT TIME ZONE 'UTC' AS DATE)) AS arrived_on
    FROM releases r, asked WHERE asked.source IS NULL OR r.source = asked.source
)
