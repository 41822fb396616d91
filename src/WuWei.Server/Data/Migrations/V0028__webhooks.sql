-- Where entries of the journal are delivered to partners that cannot hold a stream.

CREATE TABLE IF NOT EXISTS webhook (
  id BINARY(16) NOT NULL PRIMARY KEY,
  partner_id BINARY(16) NOT NULL,
  url VARCHAR(500) NOT NULL,
  -- Bits of the topics; 0: all that the partner may see.
  topics INT UNSIGNED NOT NULL,
  -- What deliveries are signed with, sealed; after a rotation the one before, too, for a time.
  secret VARBINARY(255) NOT NULL,
  old_secret VARBINARY(255) NULL,
  old_until DATETIME(6) NULL,
  state TINYINT UNSIGNED NOT NULL,
  added_at DATETIME(6) NOT NULL,
  -- The last number of the journal that was taken; moved by a conditional UPDATE.
  seen_until BIGINT UNSIGNED NOT NULL,
  -- The last number of the delivery under way, which stays what it is until it is taken.
  batch_until BIGINT UNSIGNED NULL,
  taken_at DATETIME(6) NULL,
  -- Since the last one that was taken.
  failures INT UNSIGNED NOT NULL,
  failing_since DATETIME(6) NULL,
  fault TINYINT UNSIGNED NOT NULL,
  -- HTTP status of the last answer that was none of 2xx.
  status SMALLINT UNSIGNED NULL,
  next_at DATETIME(6) NOT NULL,
  -- Which copy of the server delivers now.
  lease_holder BINARY(16) NULL,
  lease_ends_at DATETIME(6) NULL,
  KEY due (state, next_at),
  KEY of_partner (partner_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
