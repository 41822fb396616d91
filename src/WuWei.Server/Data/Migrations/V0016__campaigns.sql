-- Boards of festivals and campaigns. While one runs its board is read from the attendances themselves; once it is
-- frozen it is here, with its ranks, and nothing changes it any more. Both tables are only added to.

CREATE TABLE IF NOT EXISTS campaign_board (
  activity_id BINARY(16) NOT NULL PRIMARY KEY,
  frozen_at DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS campaign_place (
  activity_id BINARY(16) NOT NULL,
  place INT UNSIGNED NOT NULL,
  person_id BINARY(16) NOT NULL,
  minutes INT UNSIGNED NOT NULL,
  -- When the last of them was confirmed: who had as many first comes first.
  reached_at DATETIME(6) NOT NULL,
  PRIMARY KEY (activity_id, place),
  UNIQUE KEY one_each (activity_id, person_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Which festivals and campaigns have ended. MySQL has no ADD … IF NOT EXISTS.
SET @ddl = IF(
  EXISTS (SELECT 1 FROM information_schema.statistics
    WHERE table_schema = DATABASE() AND table_name = 'activity' AND index_name = 'by_kind'),
  'DO 0', 'ALTER TABLE activity ADD KEY by_kind (kind, ends_at)');
PREPARE ddl FROM @ddl;
EXECUTE ddl;
DEALLOCATE PREPARE ddl;
