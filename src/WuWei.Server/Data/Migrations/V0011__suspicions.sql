-- What tells that a helper and those they serve may be the same, or work together. Only keyed hashes of what tells it.

-- Who signed in with which device, until 90 days after it was last seen.
CREATE TABLE IF NOT EXISTS person_device (
  person_id BINARY(16) NOT NULL,
  device BINARY(32) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  PRIMARY KEY (person_id, device),
  KEY by_age (seen_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Where people live, as they said in wishes of their own; until a year after they last said so.
CREATE TABLE IF NOT EXISTS person_place (
  person_id BINARY(16) NOT NULL,
  place BINARY(32) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  PRIMARY KEY (person_id, place),
  KEY by_age (seen_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- MySQL has no ADD … IF NOT EXISTS.
-- The device that a session began with, so that its renewal tells that the device is still in use.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'session' AND column_name = 'device'),
  'DO 0', 'ALTER TABLE session ADD COLUMN device BINARY(32) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- The flat or house of a wish's contact.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'place'),
  'DO 0', 'ALTER TABLE wish ADD COLUMN place BINARY(32) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- Who asked for what was done, for whomever.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'points_award' AND column_name = 'maker_id'),
  'DO 0', 'ALTER TABLE points_award ADD COLUMN maker_id BINARY(16) NULL, ADD KEY by_maker (account_id, maker_id, at)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
