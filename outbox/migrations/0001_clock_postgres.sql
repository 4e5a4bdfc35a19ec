-- The clock of the database, in milliseconds: the clocks of workers may differ.
CREATE VIEW clock AS SELECT (extract(epoch FROM statement_timestamp()) * 1000)::BIGINT AS now;
