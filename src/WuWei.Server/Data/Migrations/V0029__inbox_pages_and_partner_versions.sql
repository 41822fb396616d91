-- How far an entry that is told to very many has come, and which state of a partner's terms was read.

-- MySQL has no ADD … IF NOT EXISTS.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'inbox_head' AND column_name = 'told_to'),
  'DO 0',
  -- Of the next entry everybody was told but followers with larger ids; NULL: nobody yet.
  'ALTER TABLE inbox_head ADD COLUMN told_to BINARY(16) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'partner' AND column_name = 'version'),
  'DO 0',
  -- One more with each change of the terms.
  'ALTER TABLE partner ADD COLUMN version INT UNSIGNED NOT NULL DEFAULT 1');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
