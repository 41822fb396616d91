-- Pictures, and how many of them a wish and a step of its journey have. MySQL has no ADD … IF NOT EXISTS.

-- The files are elsewhere, by their name. One picture belongs to one object.
CREATE TABLE IF NOT EXISTS picture (
  id BINARY(16) NOT NULL PRIMARY KEY,
  -- 160 random bits: not to be guessed from the id.
  name CHAR(40) NOT NULL,
  author_id BINARY(16) NOT NULL,
  -- 1 waiting, 2 passed, 3 refused.
  state TINYINT UNSIGNED NOT NULL,
  -- Of the large version.
  width SMALLINT UNSIGNED NOT NULL,
  height SMALLINT UNSIGNED NOT NULL,
  bytes INT UNSIGNED NOT NULL,
  made_at DATETIME(6) NOT NULL,
  -- What it belongs to, and in which place; NULL until then.
  subject_id BINARY(16) NULL,
  position TINYINT UNSIGNED NULL,
  -- When it is forgotten unless it was attached.
  forget_at DATETIME(6) NULL,
  -- The files were looked for and not found.
  lost BOOLEAN NOT NULL DEFAULT FALSE,
  UNIQUE KEY by_name (name),
  UNIQUE KEY of_subject (subject_id, position),
  KEY by_age (forget_at),
  CONSTRAINT picture_state_known CHECK (state BETWEEN 1 AND 3)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- So that reading what has none costs nothing.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'picture_count'),
  'DO 0', 'ALTER TABLE wish ADD COLUMN picture_count TINYINT UNSIGNED NOT NULL DEFAULT 0');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish_step' AND column_name = 'picture_count'),
  'DO 0', 'ALTER TABLE wish_step ADD COLUMN picture_count TINYINT UNSIGNED NOT NULL DEFAULT 0');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
