-- Screens in halls, each with a token of its own of which only the hash is kept.

CREATE TABLE IF NOT EXISTS screen (
  id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  name VARCHAR(40) NOT NULL,
  token_hash BINARY(32) NOT NULL,
  added_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  UNIQUE KEY by_token (token_hash),
  KEY of_unit (unit_id, added_at, id),
  CONSTRAINT screen_of_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
