-- Views of pages: only counted, nobody's in particular.

-- Each view once, kept for 90 days so that the counts can be replayed. Rows begin unfolded: inserts only meet nobody.
CREATE TABLE IF NOT EXISTS view_event (
  id BINARY(16) NOT NULL PRIMARY KEY,
  unit_id BINARY(16) NOT NULL,
  module TINYINT UNSIGNED NOT NULL,
  day DATE NOT NULL,
  folded BOOLEAN NOT NULL,
  KEY to_fold (folded, id),
  KEY by_age (day)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Per unit whose page it was; a parent's count is the sum over its subtree.
CREATE TABLE IF NOT EXISTS view_count (
  unit_id BINARY(16) NOT NULL,
  day DATE NOT NULL,
  module TINYINT UNSIGNED NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (unit_id, day, module)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The baton of whoever folds.
INSERT IGNORE INTO data_version (name, version) VALUES ('view-counts', 0);
