-- The time in milliseconds, by the clock of the database: workers need not agree on theirs.
CREATE VIEW clock AS SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) AS now;
