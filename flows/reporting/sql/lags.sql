-- How many days after the release its mirrors came up; NULL where a day of publication is not known.
WITH $asked,
$arrived
SELECT m.lag_days, count(*) AS mirrors
FROM mirrors m JOIN arrived a USING (release_id), asked WHERE a.arrived_on BETWEEN since AND until
GROUP BY m.lag_days ORDER BY m.lag_days NULLS LAST;
