-- What the rules of points take for what somebody did not do: once, stopping at the balance. 0 is an answer, too. The
-- transfer of one that took something has its id; what was wrong is returned by a reversal of that transfer.

CREATE TABLE IF NOT EXISTS points_deduction (
  id BINARY(16) NOT NULL PRIMARY KEY,
  at DATETIME(6) NOT NULL,
  account_id BINARY(16) NOT NULL,
  -- For what, and the one thing it was to be done on, such as a sign-up.
  reason TINYINT UNSIGNED NOT NULL,
  source_id BINARY(16) NOT NULL,
  -- The activity, to look it up.
  subject_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  rules_id BINARY(16) NOT NULL,
  -- What the rules ask, and as much of it as the balance had.
  asked INT UNSIGNED NOT NULL,
  amount INT UNSIGNED NOT NULL,
  UNIQUE KEY deducted_once (source_id, reason, account_id),
  KEY by_account (account_id, at, id),
  CONSTRAINT deducted_by_rules FOREIGN KEY (rules_id) REFERENCES points_rules (id),
  CONSTRAINT not_more_than_asked CHECK (amount <= asked)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Who did not come before there were deductions: the rules of that day asked nothing.
INSERT INTO points_deduction
  (id, at, account_id, reason, source_id, subject_id, unit_id, rules_id, asked, amount)
SELECT t.sign_up_id, t.ends_at, t.person_id, 1, t.sign_up_id, t.activity_id, a.unit_id,
  (SELECT n.id
    FROM unit_ancestor u
    JOIN unit d ON d.id = u.ancestor_id
    JOIN unit_kind k ON k.code = d.kind AND k.categories = 1
    JOIN points_rules n ON n.district_id = d.id AND n.approved_at IS NOT NULL AND n.active_from <= t.ends_at
    WHERE u.unit_id = a.unit_id ORDER BY n.active_from DESC, n.version DESC LIMIT 1),
  0, 0
FROM attendance t JOIN activity a ON a.id = t.activity_id
WHERE t.status = 3 AND NOT EXISTS (SELECT 1 FROM points_deduction d WHERE d.id = t.sign_up_id);
