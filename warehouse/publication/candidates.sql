-- Pairs of texts of today that share a bucket, of its $most members whose hashes are lowest: a bucket that many share
-- tells little, and its pairs grow with the square. All texts of today count, whenever they came.
-- Pairs may be many times as many as texts: they are of numbers, in the order of the hashes.
-- Input: temp table current. Output: temp tables numbered, sharing.

CREATE OR REPLACE TEMP TABLE numbered AS
SELECT text_sha256, row_number() OVER (ORDER BY text_sha256)::INTEGER AS number, max(raw_bytes) AS bytes
FROM current GROUP BY text_sha256;

CREATE OR REPLACE TEMP TABLE sharing AS
WITH today AS (
    SELECT unnest(s.buckets) AS bucket, n.number FROM sketches s JOIN numbered n USING (text_sha256) WHERE s.rules = $rules
),
lowest AS (
    SELECT bucket, number FROM today
    WHERE bucket IN (SELECT bucket FROM today GROUP BY bucket HAVING count(*) > 1)
    QUALIFY row_number() OVER (PARTITION BY bucket ORDER BY number) <= $most
)
SELECT DISTINCT a.number AS first, b.number AS second FROM lowest a JOIN lowest b ON b.bucket = a.bucket AND b.number > a.number;
