-- Until the first release, changes are made here; afterwards, in new migrations.
CREATE TABLE messages (
    -- The idempotency key. It never changes.
    key TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- The time when the message was enqueued, or the end of a lease or of a backoff. Before it, no
    -- worker takes the message. The earliest message goes first.
    next_attempt BIGINT NOT NULL,
    -- The worker that holds the lease.
    owner TEXT,
    -- The number of leases that ended without a stored outcome.
    lost_leases BIGINT NOT NULL DEFAULT 0,
    -- The start of the first attempt that the service may have processed. A lease replaces a time
    -- in the future, after the clock stepped back.
    uncertain_since BIGINT,
    -- 1 if an attempt before the lease set uncertain_since.
    is_retry BIGINT NOT NULL DEFAULT 0,
    -- The id that the service assigned to the message. Set once.
    message_id TEXT,
    -- The reason of a permanent failure.
    failure TEXT,
    -- The time when the service accepted the message, or when the message failed.
    finished BIGINT
);
-- A lease reads the first rows of an index, in its order.
CREATE INDEX messages_due ON messages (next_attempt, key)
    WHERE message_id IS NULL AND failure IS NULL;
CREATE INDEX messages_retry ON messages (next_attempt, key)
    WHERE message_id IS NULL AND failure IS NULL AND uncertain_since IS NOT NULL;
CREATE INDEX messages_by_id ON messages (message_id) WHERE message_id IS NOT NULL;

-- The progress of messages, from the deliveries. A delivery may arrive before the worker has
-- stored the id of the message, so there is no foreign key between the tables.
CREATE TABLE progress (
    message_id TEXT PRIMARY KEY,
    -- 1 sent, 2 failed, 3 delivered, 4 read. It only grows.
    stage BIGINT NOT NULL,
    reason TEXT,
    updated BIGINT NOT NULL
);

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY,
    received BIGINT NOT NULL
);

-- The stage of each message: 0 queued, or a stage of its progress. A message with a failure was
-- not accepted.
CREATE VIEW states AS SELECT key, attempts, COALESCE(failure, reason, '') AS reason,
    CASE WHEN failure IS NOT NULL THEN 2 WHEN messages.message_id IS NULL THEN 0
    ELSE COALESCE(stage, 1) END AS stage
    FROM messages LEFT JOIN progress ON progress.message_id = messages.message_id;
