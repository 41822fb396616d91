-- A shift of a published activity can be cancelled; its row stays, because sign-ups and steps name it.
-- MySQL has no ADD … IF NOT EXISTS.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.columns
    WHERE table_schema = DATABASE() AND table_name = 'activity_shift' AND column_name = 'cancelled_at'),
  'DO 0', 'ALTER TABLE activity_shift ADD COLUMN cancelled_at DATETIME(6) NULL');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
