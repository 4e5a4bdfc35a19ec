-- The clock of the database, in milliseconds: the clocks of workers may differ.
CREATE VIEW clock AS SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER) AS now;
