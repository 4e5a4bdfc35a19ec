-- The time in milliseconds, by the clock of the database: workers need not agree on theirs.
CREATE VIEW clock AS SELECT (extract(epoch FROM statement_timestamp()) * 1000)::BIGINT AS now;
