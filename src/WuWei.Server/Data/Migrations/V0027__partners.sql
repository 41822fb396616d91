-- Other systems: what each of them may have, and by what it is known.

CREATE TABLE IF NOT EXISTS partner (
  id BINARY(16) NOT NULL PRIMARY KEY,
  -- What operators call it.
  code VARCHAR(40) NOT NULL,
  name VARCHAR(80) NOT NULL,
  purpose VARCHAR(400) NOT NULL,
  -- Who is responsible, sealed.
  contact VARBINARY(1024) NOT NULL,
  quota_per_day INT UNSIGNED NOT NULL,
  starts_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NULL,
  added_at DATETIME(6) NOT NULL,
  revoked_at DATETIME(6) NULL,
  -- Why, sealed.
  reason VARBINARY(4096) NULL,
  UNIQUE KEY by_code (code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Which calls it may make: one, all of a service, or a group. What is not here it may not.
CREATE TABLE IF NOT EXISTS partner_scope (
  partner_id BINARY(16) NOT NULL,
  scope VARCHAR(100) NOT NULL,
  -- NULL: only that of the partner bounds it.
  quota_per_day INT UNSIGNED NULL,
  PRIMARY KEY (partner_id, scope)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Where: these units and everything below them.
CREATE TABLE IF NOT EXISTS partner_unit (
  partner_id BINARY(16) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  PRIMARY KEY (partner_id, unit_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- On whose behalf it may act.
CREATE TABLE IF NOT EXISTS partner_person (
  partner_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  added_at DATETIME(6) NOT NULL,
  PRIMARY KEY (partner_id, person_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Its certificates by their SHA-256: two at a time, so that one can replace the other. What is over stays, without a slot.
CREATE TABLE IF NOT EXISTS partner_certificate (
  fingerprint BINARY(32) NOT NULL PRIMARY KEY,
  partner_id BINARY(16) NOT NULL,
  slot TINYINT UNSIGNED NULL,
  added_at DATETIME(6) NOT NULL,
  -- From then on it is refused, whatever the certificate itself says.
  ends_at DATETIME(6) NULL,
  UNIQUE KEY two_at_most (partner_id, slot)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Its keys for doors without certificates, by their hashes; the same rules.
CREATE TABLE IF NOT EXISTS partner_key (
  id BINARY(16) NOT NULL PRIMARY KEY,
  partner_id BINARY(16) NOT NULL,
  key_hash BINARY(32) NOT NULL,
  slot TINYINT UNSIGNED NULL,
  added_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NULL,
  UNIQUE KEY by_key (key_hash),
  UNIQUE KEY two_at_most (partner_id, slot)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
