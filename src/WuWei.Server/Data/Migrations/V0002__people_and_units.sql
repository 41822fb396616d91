-- The organisation tree and the people in it.

-- Kinds are data: a city that names or layers its units differently changes rows, not code.
CREATE TABLE IF NOT EXISTS unit_kind (
  code VARCHAR(32) NOT NULL PRIMARY KEY,
  name VARCHAR(20) NOT NULL,
  `rank` TINYINT UNSIGNED NOT NULL,
  -- A wish's audience stops at this kind while it climbs; the lowest one is where residents live.
  audience BOOLEAN NOT NULL,
  -- Holds its own wish categories.
  categories BOOLEAN NOT NULL,
  -- Residents may have it as their home, and wishes may be made in it.
  home BOOLEAN NOT NULL,
  UNIQUE KEY by_rank (`rank`)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

INSERT IGNORE INTO unit_kind (code, name, `rank`, audience, categories, home) VALUES
  ('city', '市', 1, FALSE, FALSE, FALSE),
  ('district', '区', 2, TRUE, TRUE, FALSE),
  ('street', '街道', 3, TRUE, FALSE, FALSE),
  ('community', '社区', 4, TRUE, FALSE, TRUE),
  ('grid', '网格', 5, FALSE, FALSE, TRUE),
  ('building', '楼组', 6, FALSE, FALSE, TRUE);

CREATE TABLE IF NOT EXISTS unit (
  id BINARY(16) NOT NULL PRIMARY KEY,
  parent_id BINARY(16) NULL,
  kind VARCHAR(32) NOT NULL,
  name VARCHAR(60) NOT NULL,
  opened_on DATE NOT NULL,
  closed_on DATE NULL,
  KEY by_parent (parent_id),
  CONSTRAINT unit_parent FOREIGN KEY (parent_id) REFERENCES unit (id),
  CONSTRAINT unit_of_kind FOREIGN KEY (kind) REFERENCES unit_kind (code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The closure of the tree as it is now, each unit its own ancestor at distance 0.
CREATE TABLE IF NOT EXISTS unit_ancestor (
  unit_id BINARY(16) NOT NULL,
  ancestor_id BINARY(16) NOT NULL,
  distance TINYINT UNSIGNED NOT NULL,
  PRIMARY KEY (unit_id, ancestor_id),
  KEY below (ancestor_id, unit_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What other systems call a unit.
CREATE TABLE IF NOT EXISTS unit_code (
  code_system VARCHAR(16) NOT NULL,
  code VARCHAR(32) NOT NULL,
  unit_id BINARY(16) NOT NULL,
  PRIMARY KEY (code_system, code),
  UNIQUE KEY one_per_system (unit_id, code_system),
  CONSTRAINT code_of_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Anyone with an account. Name and phone are sealed; the phone is found by its keyed hash.
CREATE TABLE IF NOT EXISTS person (
  id BINARY(16) NOT NULL PRIMARY KEY,
  name VARBINARY(255) NULL,
  -- As others see it, such as 王**.
  shown_name VARCHAR(20) NOT NULL,
  phone VARBINARY(255) NULL,
  phone_index BINARY(32) NULL,
  home_unit_id BINARY(16) NULL,
  show_party_badge BOOLEAN NOT NULL,
  -- Claims not delivered yet, so that the limit is one conditional UPDATE.
  open_claims SMALLINT UNSIGNED NOT NULL,
  made_at DATETIME(6) NOT NULL,
  UNIQUE KEY by_phone (phone_index)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- How staff sign in. Codes of the authenticator are good once: totp_step only goes up.
CREATE TABLE IF NOT EXISTS staff_login (
  name VARCHAR(40) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  password_hash VARCHAR(200) NOT NULL,
  totp_secret VARBINARY(255) NOT NULL,
  totp_step BIGINT NOT NULL,
  UNIQUE KEY one_each (person_id),
  CONSTRAINT login_of_person FOREIGN KEY (person_id) REFERENCES person (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS sign_in_code (
  challenge_id BINARY(16) NOT NULL PRIMARY KEY,
  phone VARBINARY(255) NOT NULL,
  phone_index BINARY(32) NOT NULL,
  code_hash BINARY(32) NOT NULL,
  tries TINYINT UNSIGNED NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  used_at DATETIME(6) NULL,
  KEY by_age (expires_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A signed-in device. The token itself is never stored.
CREATE TABLE IF NOT EXISTS session (
  token_hash BINARY(32) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  renewed_at DATETIME(6) NOT NULL,
  -- Begun with password and authenticator: only then do the roles of staff, auditor and operator count.
  by_password BOOLEAN NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  KEY by_person (person_id),
  KEY by_age (expires_at),
  CONSTRAINT session_of_person FOREIGN KEY (person_id) REFERENCES person (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS role_grant (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  role TINYINT UNSIGNED NOT NULL,
  unit_id BINARY(16) NOT NULL,
  starts_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NULL,
  granted_by BINARY(16) NULL,
  -- 1 until ended, then NULL: a person holds a role for a unit once at a time.
  live BOOLEAN NULL,
  UNIQUE KEY held_once (person_id, role, unit_id, live),
  KEY by_unit (unit_id, id),
  CONSTRAINT grant_to_person FOREIGN KEY (person_id) REFERENCES person (id),
  CONSTRAINT grant_for_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
