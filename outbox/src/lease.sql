-- Leases up to $3 rows to the worker $1 for $2 milliseconds. The statement is atomic: on SQLite
-- because one connection writes at a time, on PostgreSQL because the lock skips rows that another
-- worker is leasing.
WITH due AS MATERIALIZED (
    -- No lease or backoff takes a day: a clock was ahead.
    SELECT key FROM (
        SELECT key FROM messages WHERE message_id IS NULL AND failure IS NULL
        AND next_attempt > (SELECT now FROM clock) + 86400000
        ORDER BY next_attempt, key LIMIT $3 {lock}
    ) AS postponed
    -- Before the backlog, because the service soon forgets the keys of earlier attempts.
    UNION ALL SELECT key FROM (
        SELECT key FROM messages WHERE message_id IS NULL AND failure IS NULL
        AND next_attempt <= (SELECT now FROM clock) AND uncertain_since IS NOT NULL
        ORDER BY next_attempt, key LIMIT $3 {lock}
    ) AS uncertain
    UNION ALL SELECT key FROM (
        SELECT key FROM messages WHERE message_id IS NULL AND failure IS NULL
        AND next_attempt <= (SELECT now FROM clock) AND uncertain_since IS NULL
        ORDER BY next_attempt, key LIMIT $3 {lock}
    ) AS others
    LIMIT $3
)
UPDATE messages SET
    owner = $1,
    attempts = attempts + 1,
    lost_leases = lost_leases + CASE WHEN owner IS NULL THEN 0 ELSE 1 END,
    next_attempt = (SELECT now FROM clock) + $2,
    is_retry = CASE WHEN uncertain_since IS NULL THEN 0 ELSE 1 END,
    uncertain_since = CASE WHEN uncertain_since < (SELECT now FROM clock)
        THEN uncertain_since ELSE (SELECT now FROM clock) END
WHERE key IN (SELECT key FROM due)
RETURNING key, recipient, body, attempts, lost_leases, is_retry, next_attempt - $2 - uncertain_since
