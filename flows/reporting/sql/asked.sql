asked AS (
    SELECT $since AS since, $until AS until, $begin AS begin, CAST($source AS VARCHAR) AS source
)
