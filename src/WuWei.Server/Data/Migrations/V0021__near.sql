-- Where wishes and activities are, as a cell of the grid: see GridCell. MySQL has no ADD … IF NOT EXISTS.

-- NULL where it is not known, and where it must not be: a sensitive wish would be told by it.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'wish' AND column_name = 'cell'),
  'DO 0',
  'ALTER TABLE wish ADD COLUMN cell INT UNSIGNED NULL, ADD KEY by_cell (cell, status, made_at, id)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

-- Of its spot; NULL where that is none, or not in China, and for a remote one.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity' AND column_name = 'cell'),
  'DO 0', 'ALTER TABLE activity ADD COLUMN cell INT UNSIGNED NULL, ADD KEY by_cell (cell, status, starts_at, id)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;

UPDATE activity SET cell = (latitude DIV 5000) * 32768 + longitude DIV 8000
WHERE cell IS NULL AND remote = 0 AND latitude >= 3000000 AND latitude < 54000000
  AND longitude >= 73000000 AND longitude < 136000000;
