-- Shifts that are cancelled one by one, and series: activities that come again.

-- A shift of a published activity can be cancelled; its row stays, because sign-ups and steps name it.
-- MySQL has no ADD … IF NOT EXISTS.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity_shift' AND column_name = 'cancelled_at'),
  'DO 0', 'ALTER TABLE activity_shift ADD COLUMN cancelled_at DATETIME(6) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- What an activity is one of.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity' AND column_name = 'series_id'),
  'DO 0', 'ALTER TABLE activity ADD COLUMN series_id BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

CREATE TABLE IF NOT EXISTS series (
  id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  maker_id BINARY(16) NOT NULL,
  -- Goes up with every write; each write names the version it read.
  version INT UNSIGNED NOT NULL,
  -- RFC 5545, from the first day on; days are China's.
  rule VARCHAR(200) NOT NULL,
  first_day DATE NOT NULL,
  -- The form of its next activity, sealed.
  template MEDIUMBLOB NOT NULL,
  -- Every day of the rule until this one is decided.
  made_until DATE NOT NULL,
  made_at DATETIME(6) NOT NULL,
  ended_at DATETIME(6) NULL,
  -- When the background worker makes the next one; NULL once it is over.
  next_at DATETIME(6) NULL,
  KEY by_clock (next_at),
  KEY by_unit (unit_id, id),
  CONSTRAINT series_of_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What was decided on a day, once: an activity, or none. Append-only.
CREATE TABLE IF NOT EXISTS series_day (
  series_id BINARY(16) NOT NULL,
  day DATE NOT NULL,
  activity_id BINARY(16) NULL,
  PRIMARY KEY (series_id, day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
