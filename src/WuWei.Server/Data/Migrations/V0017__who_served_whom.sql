-- Who served somebody: to see that three people all serve each other, whoever served whom.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'points_award' AND index_name = 'by_other'),
  'DO 0', 'ALTER TABLE points_award ADD KEY by_other (other_id, at, account_id)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
