-- Activities: their life, shifts and seats, sign-ups and offers of places; and the skills and courses they ask for.
-- Rows about people carry no foreign key to person: erasing a person must not need the activity.

CREATE TABLE IF NOT EXISTS skill (
  id BINARY(16) NOT NULL PRIMARY KEY,
  district_id BINARY(16) NOT NULL,
  code VARCHAR(32) NOT NULL,
  name VARCHAR(20) NOT NULL,
  UNIQUE KEY by_code (district_id, code),
  CONSTRAINT skill_of_district FOREIGN KEY (district_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Skills that a unit's staff verified. `live` is NULL once it was taken back or replaced, so a person holds each once.
CREATE TABLE IF NOT EXISTS person_skill (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  skill_id BINARY(16) NOT NULL,
  live BOOLEAN NULL,
  unit_id BINARY(16) NOT NULL,
  verified_by BINARY(16) NOT NULL,
  verified_at DATETIME(6) NOT NULL,
  valid_until DATETIME(6) NOT NULL,
  UNIQUE KEY one_live (person_id, skill_id, live),
  CONSTRAINT holds_skill FOREIGN KEY (skill_id) REFERENCES skill (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Courses that a person completed: at an activity that grants one, or recorded by staff with a reason. Append-only.
CREATE TABLE IF NOT EXISTS person_course (
  id BINARY(16) NOT NULL PRIMARY KEY,
  person_id BINARY(16) NOT NULL,
  district_id BINARY(16) NOT NULL,
  code VARCHAR(32) NOT NULL,
  completed_at DATETIME(6) NOT NULL,
  activity_id BINARY(16) NULL,
  unit_id BINARY(16) NOT NULL,
  recorded_by BINARY(16) NULL,
  reason VARBINARY(2100) NULL,
  UNIQUE KEY completed_once (person_id, district_id, code)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS activity (
  id BINARY(16) NOT NULL PRIMARY KEY,
  -- The unit it belongs to, whose staff review it; and the organisation that hosts it, if one does.
  unit_id BINARY(16) NOT NULL,
  organisation_id BINARY(16) NULL,
  parent_id BINARY(16) NULL,
  maker_id BINARY(16) NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  status TINYINT UNSIGNED NOT NULL,
  -- Goes up with every write; each write names the version it read.
  version INT UNSIGNED NOT NULL,
  title VARCHAR(40) NOT NULL,
  text VARCHAR(2500) NOT NULL,
  place VARCHAR(100) NOT NULL,
  -- Millionths of a degree, GCJ-02; NULL when online, or not located.
  latitude INT NULL,
  longitude INT NULL,
  radius_metres SMALLINT UNSIGNED NOT NULL,
  remote BOOLEAN NOT NULL,
  -- Tags, a bit each: whom it suits, and when its shifts are.
  ages TINYINT UNSIGNED NOT NULL,
  times TINYINT UNSIGNED NOT NULL,
  -- Whom to ask, sealed; for those who signed up.
  contact BLOB NULL,
  insurance_needed BOOLEAN NOT NULL,
  insured_until DATETIME(6) NULL,
  needs_course VARCHAR(32) NULL,
  grants_course VARCHAR(32) NULL,
  -- So many hours before a shift a place is given back without a trace.
  cancel_hours SMALLINT UNSIGNED NOT NULL,
  -- From the first shift's start to the last one's end; or the period of one without shifts.
  starts_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NOT NULL,
  made_at DATETIME(6) NOT NULL,
  published_at DATETIME(6) NULL,
  ended_at DATETIME(6) NULL,
  -- How often the clock urged somebody since clock_from, when the state began.
  reminders SMALLINT UNSIGNED NOT NULL,
  overdue BOOLEAN NOT NULL,
  clock_from DATETIME(6) NOT NULL,
  -- When the background worker must look at it next; NULL when nothing is due any more.
  clock_at DATETIME(6) NULL,
  KEY by_clock (clock_at),
  KEY by_unit (unit_id, status),
  KEY by_maker (maker_id, made_at, id),
  KEY by_parent (parent_id, starts_at, id),
  CONSTRAINT activity_of_unit FOREIGN KEY (unit_id) REFERENCES unit (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Lists: one row per activity and ancestor of its unit, so that a district's page is one index range like a community's.
CREATE TABLE IF NOT EXISTS activity_in_unit (
  unit_id BINARY(16) NOT NULL,
  status TINYINT UNSIGNED NOT NULL,
  starts_at DATETIME(6) NOT NULL,
  activity_id BINARY(16) NOT NULL,
  kind TINYINT UNSIGNED NOT NULL,
  remote BOOLEAN NOT NULL,
  ages TINYINT UNSIGNED NOT NULL,
  times TINYINT UNSIGNED NOT NULL,
  public BOOLEAN NOT NULL,
  overdue BOOLEAN NOT NULL,
  PRIMARY KEY (unit_id, status, starts_at, activity_id),
  KEY by_activity (activity_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Up to ten who organise it beside its maker.
CREATE TABLE IF NOT EXISTS activity_organiser (
  activity_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  added_at DATETIME(6) NOT NULL,
  PRIMARY KEY (activity_id, person_id),
  KEY by_person (person_id, added_at, activity_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- The journey: every move, numbered per activity by the version it produced. Append-only. Notes are sealed.
CREATE TABLE IF NOT EXISTS activity_step (
  activity_id BINARY(16) NOT NULL,
  number INT UNSIGNED NOT NULL,
  id BINARY(16) NOT NULL,
  move TINYINT UNSIGNED NOT NULL,
  from_status TINYINT UNSIGNED NOT NULL,
  to_status TINYINT UNSIGNED NOT NULL,
  at DATETIME(6) NOT NULL,
  actor TINYINT UNSIGNED NOT NULL,
  actor_id BINARY(16) NULL,
  -- For an edit: what changed, a bit each.
  changed INT UNSIGNED NOT NULL,
  shift_id BINARY(16) NULL,
  note VARBINARY(2100) NULL,
  PRIMARY KEY (activity_id, number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

CREATE TABLE IF NOT EXISTS activity_shift (
  id BINARY(16) NOT NULL PRIMARY KEY,
  activity_id BINARY(16) NOT NULL,
  number SMALLINT UNSIGNED NOT NULL,
  starts_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NOT NULL,
  -- How often its time or place changed since it was published.
  changes INT UNSIGNED NOT NULL,
  UNIQUE KEY by_number (activity_id, number)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- What people sign up for. Whoever changes its sign-ups holds the lock of this row: that makes the order of arrival.
CREATE TABLE IF NOT EXISTS shift_role (
  id BINARY(16) NOT NULL PRIMARY KEY,
  activity_id BINARY(16) NOT NULL,
  shift_id BINARY(16) NOT NULL,
  number SMALLINT UNSIGNED NOT NULL,
  name VARCHAR(20) NOT NULL,
  capacity SMALLINT UNSIGNED NOT NULL,
  taken SMALLINT UNSIGNED NOT NULL,
  waiting SMALLINT UNSIGNED NOT NULL,
  -- Of the next who signs up.
  next_number INT UNSIGNED NOT NULL,
  skill_id BINARY(16) NULL,
  UNIQUE KEY by_number (shift_id, number),
  KEY by_activity (activity_id),
  CONSTRAINT role_of_shift FOREIGN KEY (shift_id) REFERENCES activity_shift (id) ON DELETE CASCADE,
  CONSTRAINT never_over CHECK (taken <= capacity)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- Every sign-up there was. `live_person_id` is the person while they have the place or wait for one, so each is once in a
-- shift. The shift's times are here, too: a person's other sign-ups at that time are one index range.
CREATE TABLE IF NOT EXISTS sign_up (
  id BINARY(16) NOT NULL PRIMARY KEY,
  activity_id BINARY(16) NOT NULL,
  shift_id BINARY(16) NOT NULL,
  role_id BINARY(16) NOT NULL,
  person_id BINARY(16) NOT NULL,
  live_person_id BINARY(16) NULL,
  status TINYINT UNSIGNED NOT NULL,
  -- The order of arrival in its role.
  number INT UNSIGNED NOT NULL,
  starts_at DATETIME(6) NOT NULL,
  ends_at DATETIME(6) NOT NULL,
  signed_at DATETIME(6) NOT NULL,
  -- Who signed them up, if somebody else did, and how they agreed.
  signed_by BINARY(16) NULL,
  consent TINYINT UNSIGNED NOT NULL,
  -- How many changes of the shift they know of.
  seen_changes INT UNSIGNED NOT NULL,
  left_at DATETIME(6) NULL,
  left_by BINARY(16) NULL,
  -- Why, when somebody else took it back; sealed.
  reason VARBINARY(2100) NULL,
  UNIQUE KEY one_live (shift_id, live_person_id),
  KEY by_role (role_id, status, number),
  KEY by_time (live_person_id, ends_at),
  KEY by_person (person_id, starts_at, id),
  KEY by_activity (activity_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;

-- A place offered to somebody else, for nothing or for their own. `open_sign_up_id` is the place while the offer is open.
CREATE TABLE IF NOT EXISTS place_offer (
  id BINARY(16) NOT NULL PRIMARY KEY,
  sign_up_id BINARY(16) NOT NULL,
  open_sign_up_id BINARY(16) NULL,
  to_person_id BINARY(16) NOT NULL,
  for_sign_up_id BINARY(16) NULL,
  status TINYINT UNSIGNED NOT NULL,
  offered_by BINARY(16) NOT NULL,
  offered_at DATETIME(6) NOT NULL,
  lapses_at DATETIME(6) NOT NULL,
  decided_at DATETIME(6) NULL,
  UNIQUE KEY one_open (open_sign_up_id),
  KEY by_person (to_person_id, offered_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin;
