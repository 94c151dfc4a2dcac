-- Which publication this is, and the newest day that it knows: of a look, or, where none is dated, of a release.
SELECT published_at, coalesce(
    (SELECT max(CAST(captured_at AT TIME ZONE 'UTC' AS DATE)) FROM captures), (SELECT max(published_on) FROM releases),
    CAST(published_at AT TIME ZONE 'UTC' AS DATE)
) AS newest_on
FROM publication;
