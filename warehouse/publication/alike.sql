-- Pairs of texts of today that were found to be one release.
-- Those that no longer share a bucket that tells something count as never compared.
-- Input: temp tables numbered, sharing. Output: temp table alike.

CREATE OR REPLACE TEMP TABLE alike AS
SELECT p.first_sha256, p.second_sha256, p.similarity
FROM text_pairs p
JOIN numbered a ON a.text_sha256 = p.first_sha256 JOIN numbered b ON b.text_sha256 = p.second_sha256
JOIN sharing s ON s.first = a.number AND s.second = b.number
WHERE p.rules = $rules AND p.similarity IS NOT NULL;
