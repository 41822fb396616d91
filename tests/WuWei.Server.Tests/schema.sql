CREATE TABLE `activity` (
  `id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `organisation_id` binary(16) DEFAULT NULL,
  `parent_id` binary(16) DEFAULT NULL,
  `maker_id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `title` varchar(40) NOT NULL,
  `text` varchar(2500) NOT NULL,
  `place` varchar(100) NOT NULL,
  `latitude` int(11) DEFAULT NULL,
  `longitude` int(11) DEFAULT NULL,
  `radius_metres` smallint(5) unsigned NOT NULL,
  `remote` tinyint(1) NOT NULL,
  `ages` tinyint(3) unsigned NOT NULL,
  `times` tinyint(3) unsigned NOT NULL,
  `contact` blob DEFAULT NULL,
  `insurance_needed` tinyint(1) NOT NULL,
  `insured_until` datetime(6) DEFAULT NULL,
  `needs_course` varchar(32) DEFAULT NULL,
  `grants_course` varchar(32) DEFAULT NULL,
  `cancel_hours` smallint(5) unsigned NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `published_at` datetime(6) DEFAULT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  `reminders` smallint(5) unsigned NOT NULL,
  `overdue` tinyint(1) NOT NULL,
  `clock_from` datetime(6) NOT NULL,
  `clock_at` datetime(6) DEFAULT NULL,
  `series_id` binary(16) DEFAULT NULL,
  `cell` int(10) unsigned DEFAULT NULL,
  `content_state` tinyint(3) unsigned NOT NULL DEFAULT 2,
  PRIMARY KEY (`id`),
  KEY `by_clock` (`clock_at`),
  KEY `by_unit` (`unit_id`,`status`),
  KEY `by_maker` (`maker_id`,`made_at`,`id`),
  KEY `by_parent` (`parent_id`,`starts_at`,`id`),
  KEY `by_kind` (`kind`,`ends_at`),
  KEY `by_cell` (`cell`,`status`,`starts_at`,`id`),
  CONSTRAINT `activity_of_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `activity_feedback` (
  `id` binary(16) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `rating` tinyint(3) unsigned NOT NULL,
  `words` varbinary(2100) DEFAULT NULL,
  `given_at` datetime(6) NOT NULL,
  `content_state` tinyint(3) unsigned NOT NULL DEFAULT 2,
  PRIMARY KEY (`id`),
  UNIQUE KEY `once` (`activity_id`,`person_id`),
  KEY `by_time` (`activity_id`,`given_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `activity_in_unit` (
  `unit_id` binary(16) NOT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `remote` tinyint(1) NOT NULL,
  `ages` tinyint(3) unsigned NOT NULL,
  `times` tinyint(3) unsigned NOT NULL,
  `public` tinyint(1) NOT NULL,
  `overdue` tinyint(1) NOT NULL,
  PRIMARY KEY (`unit_id`,`status`,`starts_at`,`activity_id`),
  KEY `by_activity` (`activity_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `activity_organiser` (
  `activity_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `added_at` datetime(6) NOT NULL,
  PRIMARY KEY (`activity_id`,`person_id`),
  KEY `by_person` (`person_id`,`added_at`,`activity_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `activity_shift` (
  `id` binary(16) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `number` smallint(5) unsigned NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  `changes` int(10) unsigned NOT NULL,
  `swept` tinyint(1) NOT NULL DEFAULT 0,
  `cancelled_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_number` (`activity_id`,`number`),
  KEY `by_end` (`swept`,`ends_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `activity_step` (
  `activity_id` binary(16) NOT NULL,
  `number` int(10) unsigned NOT NULL,
  `id` binary(16) NOT NULL,
  `move` tinyint(3) unsigned NOT NULL,
  `from_status` tinyint(3) unsigned NOT NULL,
  `to_status` tinyint(3) unsigned NOT NULL,
  `at` datetime(6) NOT NULL,
  `actor` tinyint(3) unsigned NOT NULL,
  `actor_id` binary(16) DEFAULT NULL,
  `changed` int(10) unsigned NOT NULL,
  `shift_id` binary(16) DEFAULT NULL,
  `note` varbinary(2100) DEFAULT NULL,
  `content_state` tinyint(3) unsigned NOT NULL DEFAULT 2,
  PRIMARY KEY (`activity_id`,`number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `attendance` (
  `sign_up_id` binary(16) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `shift_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  `in_at` datetime(6) DEFAULT NULL,
  `in_distance` int(10) unsigned DEFAULT NULL,
  `in_accuracy` smallint(5) unsigned DEFAULT NULL,
  `in_by_hand` tinyint(1) NOT NULL,
  `out_at` datetime(6) DEFAULT NULL,
  `out_distance` int(10) unsigned DEFAULT NULL,
  `out_accuracy` smallint(5) unsigned DEFAULT NULL,
  `out_by_hand` tinyint(1) NOT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `minutes` smallint(5) unsigned NOT NULL,
  `reason` varbinary(2100) DEFAULT NULL,
  PRIMARY KEY (`sign_up_id`),
  KEY `by_shift` (`shift_id`,`sign_up_id`),
  KEY `by_activity` (`activity_id`,`status`),
  KEY `by_person` (`person_id`,`starts_at`,`sign_up_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `board_score` (
  `kind` tinyint(3) unsigned NOT NULL,
  `subject_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `period` tinyint(3) unsigned NOT NULL,
  `starts_on` date NOT NULL,
  `points` bigint(20) NOT NULL,
  `reached_at` datetime NOT NULL,
  PRIMARY KEY (`kind`,`subject_id`,`unit_id`,`period`,`starts_on`),
  KEY `ranked` (`kind`,`unit_id`,`period`,`starts_on`,`points` DESC,`reached_at`,`subject_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `board_state` (
  `id` tinyint(3) unsigned NOT NULL,
  `number` bigint(20) unsigned NOT NULL,
  `settled_on` date NOT NULL,
  `tree` binary(32) NOT NULL,
  `generation` binary(16) NOT NULL,
  `rebuilt_to` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `campaign_board` (
  `activity_id` binary(16) NOT NULL,
  `frozen_at` datetime(6) NOT NULL,
  PRIMARY KEY (`activity_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `campaign_place` (
  `activity_id` binary(16) NOT NULL,
  `place` int(10) unsigned NOT NULL,
  `person_id` binary(16) NOT NULL,
  `minutes` int(10) unsigned NOT NULL,
  `reached_at` datetime(6) NOT NULL,
  PRIMARY KEY (`activity_id`,`place`),
  UNIQUE KEY `one_each` (`activity_id`,`person_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `category` (
  `id` binary(16) NOT NULL,
  `district_id` binary(16) NOT NULL,
  `parent_id` binary(16) DEFAULT NULL,
  `code` varchar(32) NOT NULL,
  `name` varchar(20) NOT NULL,
  `position` smallint(5) unsigned NOT NULL,
  `active` tinyint(1) NOT NULL,
  `rules` mediumtext DEFAULT NULL,
  `version` int(10) unsigned NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_code` (`district_id`,`code`),
  CONSTRAINT `category_of_district` FOREIGN KEY (`district_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `check_in_appeal` (
  `id` binary(16) NOT NULL,
  `sign_up_id` binary(16) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `way` tinyint(3) unsigned NOT NULL,
  `fault` tinyint(3) unsigned NOT NULL,
  `refused_at` datetime(6) NOT NULL,
  `reason` varbinary(2100) NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `admitted` tinyint(1) DEFAULT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `answer` varbinary(2100) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `once` (`sign_up_id`,`way`),
  KEY `by_activity` (`activity_id`,`made_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `check_in_device` (
  `shift_id` binary(16) NOT NULL,
  `device` binary(32) NOT NULL,
  `person_id` binary(16) NOT NULL,
  PRIMARY KEY (`shift_id`,`device`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `check_in_refusal` (
  `sign_up_id` binary(16) NOT NULL,
  `way` tinyint(3) unsigned NOT NULL,
  `fault` tinyint(3) unsigned NOT NULL,
  `at` datetime(6) NOT NULL,
  `distance` int(10) unsigned DEFAULT NULL,
  `accuracy` smallint(5) unsigned DEFAULT NULL,
  PRIMARY KEY (`sign_up_id`,`way`,`fault`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `content_check` (
  `id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `content_id` binary(16) NOT NULL,
  `part_of` binary(16) NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `author_id` binary(16) NOT NULL,
  `channel` tinyint(3) unsigned NOT NULL,
  `state` tinyint(3) unsigned NOT NULL,
  `stage` tinyint(3) unsigned NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `due_at` datetime(6) DEFAULT NULL,
  `tries` tinyint(3) unsigned NOT NULL,
  `finding` tinyint(3) unsigned NOT NULL,
  `queued_at` datetime(6) DEFAULT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `reason` tinyint(3) unsigned NOT NULL,
  `reason_text` varbinary(2100) DEFAULT NULL,
  `appeal_unit_id` binary(16) DEFAULT NULL,
  `appealed_at` datetime(6) DEFAULT NULL,
  `appeal_text` varbinary(2100) DEFAULT NULL,
  `appeal_decided_at` datetime(6) DEFAULT NULL,
  `appeal_decided_by` binary(16) DEFAULT NULL,
  `appeal_answer` varbinary(2100) DEFAULT NULL,
  `staff_only` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_each` (`kind`,`content_id`),
  KEY `by_due` (`due_at`,`id`),
  KEY `of_unit` (`unit_id`,`stage`,`queued_at`,`id`),
  KEY `appealed_to` (`appeal_unit_id`,`stage`,`queued_at`,`id`),
  KEY `of_author` (`author_id`,`made_at`,`id`),
  KEY `of_whole` (`part_of`),
  CONSTRAINT `content_state_known` CHECK (`state` between 1 and 3)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `content_early` (
  `app_id` varchar(32) NOT NULL,
  `trace` varchar(128) NOT NULL,
  `opinion` tinyint(3) unsigned NOT NULL,
  `came_at` datetime(6) NOT NULL,
  PRIMARY KEY (`app_id`,`trace`),
  KEY `by_age` (`came_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `content_trace` (
  `app_id` varchar(32) NOT NULL,
  `trace` varchar(128) NOT NULL,
  `check_id` binary(16) NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `asked_at` datetime(6) NOT NULL,
  PRIMARY KEY (`app_id`,`trace`),
  KEY `by_age` (`asked_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `data_version` (
  `name` varchar(32) NOT NULL,
  `version` bigint(20) unsigned NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `delivery` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `channel` tinyint(3) unsigned NOT NULL,
  `topic` tinyint(3) unsigned NOT NULL,
  `source` tinyint(3) unsigned NOT NULL,
  `source_id` binary(16) NOT NULL,
  `number` bigint(20) NOT NULL,
  `text` varchar(100) NOT NULL,
  `at` datetime(6) NOT NULL,
  `state` tinyint(3) unsigned NOT NULL,
  `bulk` tinyint(1) NOT NULL,
  `due_at` datetime(6) NOT NULL,
  `attempts` tinyint(3) unsigned NOT NULL,
  `claimed_at` datetime(6) DEFAULT NULL,
  `fault` int(11) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `sent_once` (`source_id`,`person_id`,`channel`,`number`),
  KEY `by_due` (`state`,`channel`,`bulk`,`due_at`),
  KEY `of_source` (`source_id`,`state`),
  KEY `by_age` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `follow_up` (
  `id` binary(16) NOT NULL,
  `wish_id` binary(16) NOT NULL,
  `open_wish_id` binary(16) DEFAULT NULL,
  `rating` tinyint(3) unsigned NOT NULL,
  `rated_step` int(10) unsigned NOT NULL,
  `closed_step` int(10) unsigned DEFAULT NULL,
  `opened_at` datetime(6) NOT NULL,
  `due_at` datetime(6) NOT NULL,
  `closed_at` datetime(6) DEFAULT NULL,
  `closed_by` binary(16) DEFAULT NULL,
  `outcome` tinyint(3) unsigned DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_open` (`open_wish_id`),
  KEY `by_wish` (`wish_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `follow_up_in_unit` (
  `unit_id` binary(16) NOT NULL,
  `closed` tinyint(1) NOT NULL,
  `due_at` datetime(6) NOT NULL,
  `follow_up_id` binary(16) NOT NULL,
  PRIMARY KEY (`unit_id`,`closed`,`due_at`,`follow_up_id`),
  KEY `by_follow_up` (`follow_up_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `hand_hours` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `minutes` smallint(6) NOT NULL,
  `reason` varbinary(2100) NOT NULL,
  `proposed_by` binary(16) NOT NULL,
  `proposed_at` datetime(6) NOT NULL,
  `approved` tinyint(1) DEFAULT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_activity` (`activity_id`,`proposed_at`,`id`),
  KEY `by_person` (`person_id`,`proposed_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inbox_head` (
  `id` tinyint(3) unsigned NOT NULL,
  `number` bigint(20) NOT NULL,
  `told_to` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inbox_item` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `subject` varchar(20) NOT NULL,
  `subject_id` binary(16) NOT NULL,
  `topic` tinyint(3) unsigned NOT NULL,
  `kind` varchar(40) NOT NULL,
  `audience` tinyint(3) unsigned NOT NULL,
  `amount` int(11) DEFAULT NULL,
  `number` bigint(20) NOT NULL,
  `at` datetime(6) NOT NULL,
  `times` int(10) unsigned NOT NULL,
  `important` tinyint(1) NOT NULL,
  `unread` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `told_once` (`person_id`,`number`),
  KEY `by_person` (`person_id`,`at`,`id`),
  KEY `not_read` (`person_id`,`unread`,`at`,`id`),
  KEY `of_subject` (`person_id`,`subject_id`),
  KEY `by_age` (`at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `inbox_preference` (
  `person_id` binary(16) NOT NULL,
  `wechat_off` int(10) unsigned NOT NULL,
  `sms_off` int(10) unsigned NOT NULL,
  `digest` tinyint(1) NOT NULL,
  `digest_on` date DEFAULT NULL,
  PRIMARY KEY (`person_id`),
  KEY `by_digest` (`digest`,`digest_on`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `invitation` (
  `id` binary(16) NOT NULL,
  `code` char(10) NOT NULL,
  `inviter_id` binary(16) NOT NULL,
  `activity_id` binary(16) DEFAULT NULL,
  `made_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  `came` smallint(5) unsigned NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_code` (`code`),
  KEY `by_inviter` (`inviter_id`,`made_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `invitee` (
  `person_id` binary(16) NOT NULL,
  `invitation_id` binary(16) NOT NULL,
  `inviter_id` binary(16) NOT NULL,
  `came_at` datetime(6) NOT NULL,
  `suspicion` int(10) unsigned NOT NULL,
  `served_at` datetime(6) DEFAULT NULL,
  `service_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`person_id`),
  UNIQUE KEY `one_service` (`service_id`),
  KEY `by_inviter` (`inviter_id`,`served_at`),
  KEY `by_invitation` (`invitation_id`,`served_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `journal_entry` (
  `id` binary(16) NOT NULL,
  `at` datetime(6) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `actor_id` binary(16) DEFAULT NULL,
  `actor_role` varchar(24) NOT NULL,
  `channel` tinyint(3) unsigned NOT NULL,
  `subject` varchar(24) NOT NULL,
  `subject_id` binary(16) NOT NULL,
  `unit_id` binary(16) DEFAULT NULL,
  `detail` text NOT NULL,
  PRIMARY KEY (`id`),
  KEY `by_subject` (`subject_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `journal_head` (
  `id` tinyint(3) unsigned NOT NULL,
  `number` bigint(20) unsigned NOT NULL,
  `hash` binary(32) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `journal_pending` (
  `entry_id` binary(16) NOT NULL,
  PRIMARY KEY (`entry_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `journal_seal` (
  `number` bigint(20) unsigned NOT NULL,
  `entry_id` binary(16) NOT NULL,
  `hash` binary(32) NOT NULL,
  PRIMARY KEY (`number`),
  UNIQUE KEY `once` (`entry_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `lease` (
  `name` varchar(32) NOT NULL,
  `holder` binary(16) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `limit_count` (
  `rule` varchar(24) NOT NULL,
  `subject` binary(32) NOT NULL,
  `period_start` datetime NOT NULL,
  `times` int(10) unsigned NOT NULL,
  PRIMARY KEY (`rule`,`subject`,`period_start`),
  KEY `by_age` (`period_start`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `message_allowance` (
  `person_id` binary(16) NOT NULL,
  `app_id` varchar(32) NOT NULL,
  `template_id` varchar(64) NOT NULL,
  `remaining` smallint(5) unsigned NOT NULL,
  `changed_at` datetime(6) NOT NULL,
  PRIMARY KEY (`person_id`,`app_id`,`template_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notice` (
  `id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `title` varchar(40) NOT NULL,
  `text` varchar(2500) NOT NULL,
  `roles` int(10) unsigned NOT NULL,
  `important` tinyint(1) NOT NULL,
  `publish_at` datetime(6) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  `made_by` binary(16) NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `withdrawn_at` datetime(6) DEFAULT NULL,
  `withdrawn_by` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_unit` (`unit_id`,`made_at`,`id`),
  CONSTRAINT `notice_of_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notice_in_unit` (
  `unit_id` binary(16) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  `notice_id` binary(16) NOT NULL,
  PRIMARY KEY (`unit_id`,`expires_at`,`notice_id`),
  KEY `of_notice` (`notice_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notice_push` (
  `notice_id` binary(16) NOT NULL,
  `publish_at` datetime(6) NOT NULL,
  `live` tinyint(1) DEFAULT NULL,
  `unit_done` binary(16) NOT NULL,
  `person_done` binary(16) NOT NULL,
  `looked_at` int(10) unsigned NOT NULL,
  `queued` int(10) unsigned NOT NULL,
  PRIMARY KEY (`notice_id`),
  KEY `by_due` (`live`,`publish_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `notice_read` (
  `notice_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `read_at` datetime(6) NOT NULL,
  PRIMARY KEY (`notice_id`,`person_id`),
  KEY `by_unit` (`notice_id`,`unit_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `organisation` (
  `id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `name` varchar(60) NOT NULL,
  `own_number` varchar(40) DEFAULT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `contact` varbinary(500) NOT NULL,
  `number` varchar(40) DEFAULT NULL,
  `listed_until` date DEFAULT NULL,
  `reason` varbinary(2100) DEFAULT NULL,
  `members` int(10) unsigned NOT NULL,
  `acting` int(10) unsigned NOT NULL,
  `scopes` int(10) unsigned NOT NULL,
  `applied_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_number` (`number`),
  KEY `organisation_in_unit` (`unit_id`),
  CONSTRAINT `organisation_in_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `organisation_member` (
  `id` binary(16) NOT NULL,
  `organisation_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `live` tinyint(3) unsigned DEFAULT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `may_act` tinyint(1) NOT NULL,
  `starts_on` date NOT NULL,
  `ends_on` date DEFAULT NULL,
  `added_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_live` (`organisation_id`,`person_id`,`live`),
  KEY `by_organisation` (`organisation_id`,`live`,`added_at`,`id`),
  KEY `by_person` (`person_id`,`live`,`added_at`,`id`),
  CONSTRAINT `member_of_organisation` FOREIGN KEY (`organisation_id`) REFERENCES `organisation` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `organisation_scope` (
  `id` binary(16) NOT NULL,
  `organisation_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `until` date DEFAULT NULL,
  `reason` varbinary(2100) DEFAULT NULL,
  `applied_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_per_unit` (`organisation_id`,`unit_id`),
  KEY `by_unit` (`unit_id`,`status`,`until`),
  CONSTRAINT `scope_in_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`),
  CONSTRAINT `scope_of_organisation` FOREIGN KEY (`organisation_id`) REFERENCES `organisation` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `partner` (
  `id` binary(16) NOT NULL,
  `code` varchar(40) NOT NULL,
  `name` varchar(80) NOT NULL,
  `purpose` varchar(400) NOT NULL,
  `contact` varbinary(1024) NOT NULL,
  `quota_per_day` int(10) unsigned NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  `added_at` datetime(6) NOT NULL,
  `revoked_at` datetime(6) DEFAULT NULL,
  `reason` varbinary(4096) DEFAULT NULL,
  `version` int(10) unsigned NOT NULL DEFAULT 1,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_code` (`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `partner_certificate` (
  `fingerprint` binary(32) NOT NULL,
  `partner_id` binary(16) NOT NULL,
  `slot` tinyint(3) unsigned DEFAULT NULL,
  `added_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`fingerprint`),
  UNIQUE KEY `two_at_most` (`partner_id`,`slot`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `partner_key` (
  `id` binary(16) NOT NULL,
  `partner_id` binary(16) NOT NULL,
  `key_hash` binary(32) NOT NULL,
  `slot` tinyint(3) unsigned DEFAULT NULL,
  `added_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_key` (`key_hash`),
  UNIQUE KEY `two_at_most` (`partner_id`,`slot`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `partner_person` (
  `partner_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `added_at` datetime(6) NOT NULL,
  PRIMARY KEY (`partner_id`,`person_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `partner_scope` (
  `partner_id` binary(16) NOT NULL,
  `scope` varchar(100) NOT NULL,
  `quota_per_day` int(10) unsigned DEFAULT NULL,
  PRIMARY KEY (`partner_id`,`scope`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `partner_unit` (
  `partner_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  PRIMARY KEY (`partner_id`,`unit_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `person` (
  `id` binary(16) NOT NULL,
  `name` varbinary(255) DEFAULT NULL,
  `shown_name` varchar(20) NOT NULL,
  `phone` varbinary(255) DEFAULT NULL,
  `phone_index` binary(32) DEFAULT NULL,
  `home_unit_id` binary(16) DEFAULT NULL,
  `show_party_badge` tinyint(1) NOT NULL,
  `open_claims` smallint(5) unsigned NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `name_on_boards` tinyint(3) unsigned NOT NULL DEFAULT 1,
  `name_state` tinyint(3) unsigned NOT NULL DEFAULT 2,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_phone` (`phone_index`),
  KEY `by_home` (`home_unit_id`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `person_course` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `district_id` binary(16) NOT NULL,
  `code` varchar(32) NOT NULL,
  `completed_at` datetime(6) NOT NULL,
  `activity_id` binary(16) DEFAULT NULL,
  `unit_id` binary(16) NOT NULL,
  `recorded_by` binary(16) DEFAULT NULL,
  `reason` varbinary(2100) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `completed_once` (`person_id`,`district_id`,`code`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `person_device` (
  `person_id` binary(16) NOT NULL,
  `device` binary(32) NOT NULL,
  `seen_at` datetime(6) NOT NULL,
  PRIMARY KEY (`person_id`,`device`),
  KEY `by_age` (`seen_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `person_place` (
  `person_id` binary(16) NOT NULL,
  `place` binary(32) NOT NULL,
  `seen_at` datetime(6) NOT NULL,
  PRIMARY KEY (`person_id`,`place`),
  KEY `by_age` (`seen_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `person_skill` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `skill_id` binary(16) NOT NULL,
  `live` tinyint(1) DEFAULT NULL,
  `unit_id` binary(16) NOT NULL,
  `verified_by` binary(16) NOT NULL,
  `verified_at` datetime(6) NOT NULL,
  `valid_until` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_live` (`person_id`,`skill_id`,`live`),
  KEY `holds_skill` (`skill_id`),
  CONSTRAINT `holds_skill` FOREIGN KEY (`skill_id`) REFERENCES `skill` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `picture` (
  `id` binary(16) NOT NULL,
  `name` char(40) NOT NULL,
  `author_id` binary(16) NOT NULL,
  `state` tinyint(3) unsigned NOT NULL,
  `width` smallint(5) unsigned NOT NULL,
  `height` smallint(5) unsigned NOT NULL,
  `bytes` int(10) unsigned NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `subject_id` binary(16) DEFAULT NULL,
  `position` tinyint(3) unsigned DEFAULT NULL,
  `forget_at` datetime(6) DEFAULT NULL,
  `lost` tinyint(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_name` (`name`),
  UNIQUE KEY `of_subject` (`subject_id`,`position`),
  KEY `by_age` (`forget_at`),
  CONSTRAINT `picture_state_known` CHECK (`state` between 1 and 3)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `place_offer` (
  `id` binary(16) NOT NULL,
  `sign_up_id` binary(16) NOT NULL,
  `open_sign_up_id` binary(16) DEFAULT NULL,
  `to_person_id` binary(16) NOT NULL,
  `for_sign_up_id` binary(16) DEFAULT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `offered_by` binary(16) NOT NULL,
  `offered_at` datetime(6) NOT NULL,
  `lapses_at` datetime(6) NOT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_open` (`open_sign_up_id`),
  KEY `by_person` (`to_person_id`,`offered_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_account` (
  `id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `balance` bigint(20) NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `opened_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_award` (
  `id` binary(16) NOT NULL,
  `at` datetime(6) NOT NULL,
  `day` date NOT NULL,
  `account_id` binary(16) NOT NULL,
  `act` tinyint(3) unsigned NOT NULL,
  `source_id` binary(16) NOT NULL,
  `subject_id` binary(16) NOT NULL,
  `other_id` binary(16) DEFAULT NULL,
  `unit_id` binary(16) NOT NULL,
  `rules_id` binary(16) NOT NULL,
  `amount` int(10) unsigned NOT NULL,
  `held` int(10) unsigned NOT NULL,
  `detail` varchar(1000) NOT NULL,
  `maker_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `paid_once` (`source_id`,`act`,`account_id`),
  KEY `by_account` (`account_id`,`at`,`id`),
  KEY `by_day` (`account_id`,`day`,`amount`),
  KEY `by_pair` (`account_id`,`other_id`,`at`),
  KEY `award_by_rules` (`rules_id`),
  KEY `by_maker` (`account_id`,`maker_id`,`at`),
  KEY `by_other` (`other_id`,`at`,`account_id`),
  CONSTRAINT `award_by_rules` FOREIGN KEY (`rules_id`) REFERENCES `points_rules` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_correction` (
  `id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `amount` int(11) NOT NULL,
  `award_id` binary(16) DEFAULT NULL,
  `reason` varbinary(2100) NOT NULL,
  `proposed_by` binary(16) NOT NULL,
  `proposed_at` datetime(6) NOT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `approved` tinyint(1) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_unit` (`unit_id`,`proposed_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_deduction` (
  `id` binary(16) NOT NULL,
  `at` datetime(6) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `reason` tinyint(3) unsigned NOT NULL,
  `source_id` binary(16) NOT NULL,
  `subject_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `rules_id` binary(16) NOT NULL,
  `asked` int(10) unsigned NOT NULL,
  `amount` int(10) unsigned NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `deducted_once` (`source_id`,`reason`,`account_id`),
  KEY `by_account` (`account_id`,`at`,`id`),
  KEY `deducted_by_rules` (`rules_id`),
  CONSTRAINT `deducted_by_rules` FOREIGN KEY (`rules_id`) REFERENCES `points_rules` (`id`),
  CONSTRAINT `not_more_than_asked` CHECK (`amount` <= `asked`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_hold` (
  `award_id` binary(16) NOT NULL,
  `account_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `held_at` datetime(6) NOT NULL,
  PRIMARY KEY (`award_id`),
  KEY `by_account` (`account_id`),
  KEY `by_unit` (`unit_id`,`held_at`,`award_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_recall` (
  `award_id` binary(16) NOT NULL,
  `transfer_id` binary(16) NOT NULL,
  `suspicion` int(10) unsigned NOT NULL,
  `shown_by` binary(16) NOT NULL,
  `at` datetime(6) NOT NULL,
  PRIMARY KEY (`award_id`),
  UNIQUE KEY `one_per_transfer` (`transfer_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_rules` (
  `id` binary(16) NOT NULL,
  `district_id` binary(16) NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `body` text NOT NULL,
  `active_from` datetime(6) NOT NULL,
  `proposed_by` binary(16) DEFAULT NULL,
  `proposed_at` datetime(6) NOT NULL,
  `approved_by` binary(16) DEFAULT NULL,
  `approved_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_version` (`district_id`,`version`),
  CONSTRAINT `rules_of_district` FOREIGN KEY (`district_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_ruling` (
  `award_id` binary(16) NOT NULL,
  `posted` tinyint(1) NOT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `decided_at` datetime(6) NOT NULL,
  `reason` varbinary(2100) DEFAULT NULL,
  PRIMARY KEY (`award_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `points_transfer` (
  `id` binary(16) NOT NULL,
  `at` datetime(6) NOT NULL,
  `day` date NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `from_id` binary(16) NOT NULL,
  `to_id` binary(16) NOT NULL,
  `amount` int(10) unsigned NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `award_id` binary(16) DEFAULT NULL,
  `reverses_id` binary(16) DEFAULT NULL,
  `correction_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_per_award` (`award_id`),
  UNIQUE KEY `reversed_once` (`reverses_id`),
  UNIQUE KEY `corrected_once` (`correction_id`),
  KEY `by_from` (`from_id`,`at`,`id`),
  KEY `by_to` (`to_id`,`at`,`id`),
  CONSTRAINT `moves_something` CHECK (`amount` > 0 and `from_id` <> `to_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `request_key` (
  `caller_id` binary(16) NOT NULL,
  `request_key` varchar(64) NOT NULL,
  `rpc` varchar(100) NOT NULL,
  `request_hash` binary(32) NOT NULL,
  `reply` mediumblob DEFAULT NULL,
  `made_at` datetime(6) NOT NULL,
  PRIMARY KEY (`caller_id`,`request_key`),
  KEY `by_age` (`made_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `role_grant` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `role` tinyint(3) unsigned NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) DEFAULT NULL,
  `granted_by` binary(16) DEFAULT NULL,
  `live` tinyint(1) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `held_once` (`person_id`,`role`,`unit_id`,`live`),
  KEY `by_unit` (`unit_id`,`id`),
  CONSTRAINT `grant_for_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`),
  CONSTRAINT `grant_to_person` FOREIGN KEY (`person_id`) REFERENCES `person` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `schema_history` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `type` tinyint(4) DEFAULT NULL,
  `version` varchar(50) DEFAULT NULL,
  `description` varchar(200) NOT NULL,
  `name` varchar(300) NOT NULL,
  `checksum` varchar(32) DEFAULT NULL,
  `installed_by` varchar(100) NOT NULL,
  `installed_on` timestamp NOT NULL DEFAULT current_timestamp(),
  `success` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `screen` (
  `id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `name` varchar(40) NOT NULL,
  `token_hash` binary(32) NOT NULL,
  `added_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_token` (`token_hash`),
  KEY `of_unit` (`unit_id`,`added_at`,`id`),
  CONSTRAINT `screen_of_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `security_event` (
  `minute` datetime NOT NULL,
  `kind` varchar(40) NOT NULL,
  `source` varchar(64) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `rpc` varchar(100) NOT NULL,
  `times` int(10) unsigned NOT NULL,
  PRIMARY KEY (`minute`,`kind`,`source`,`person_id`,`rpc`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `series` (
  `id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `maker_id` binary(16) NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `rule` varchar(200) NOT NULL,
  `first_day` date NOT NULL,
  `template` mediumblob NOT NULL,
  `made_until` date NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  `next_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_clock` (`next_at`),
  KEY `by_unit` (`unit_id`,`id`),
  CONSTRAINT `series_of_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `series_day` (
  `series_id` binary(16) NOT NULL,
  `day` date NOT NULL,
  `activity_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`series_id`,`day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `session` (
  `token_hash` binary(32) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `renewed_at` datetime(6) NOT NULL,
  `by_password` tinyint(1) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  `device` binary(32) DEFAULT NULL,
  PRIMARY KEY (`token_hash`),
  KEY `by_person` (`person_id`),
  KEY `by_age` (`expires_at`),
  CONSTRAINT `session_of_person` FOREIGN KEY (`person_id`) REFERENCES `person` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `session_token` (
  `token_hash` binary(32) NOT NULL,
  `session_hash` binary(32) NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `replaced_at` datetime(6) DEFAULT NULL,
  `forget_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`token_hash`),
  KEY `of_session` (`session_hash`,`replaced_at`),
  KEY `by_age` (`forget_at`),
  CONSTRAINT `token_of_session` FOREIGN KEY (`session_hash`) REFERENCES `session` (`token_hash`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `shift_role` (
  `id` binary(16) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `shift_id` binary(16) NOT NULL,
  `number` smallint(5) unsigned NOT NULL,
  `name` varchar(20) NOT NULL,
  `capacity` smallint(5) unsigned NOT NULL,
  `taken` smallint(5) unsigned NOT NULL,
  `waiting` smallint(5) unsigned NOT NULL,
  `next_number` int(10) unsigned NOT NULL,
  `skill_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_number` (`shift_id`,`number`),
  KEY `by_activity` (`activity_id`),
  CONSTRAINT `role_of_shift` FOREIGN KEY (`shift_id`) REFERENCES `activity_shift` (`id`) ON DELETE CASCADE,
  CONSTRAINT `never_over` CHECK (`taken` <= `capacity`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `sign_in_code` (
  `challenge_id` binary(16) NOT NULL,
  `phone` varbinary(255) NOT NULL,
  `phone_index` binary(32) NOT NULL,
  `code_hash` binary(32) NOT NULL,
  `tries` tinyint(3) unsigned NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  `used_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`challenge_id`),
  KEY `by_age` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `sign_up` (
  `id` binary(16) NOT NULL,
  `activity_id` binary(16) NOT NULL,
  `shift_id` binary(16) NOT NULL,
  `role_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `live_person_id` binary(16) DEFAULT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `number` int(10) unsigned NOT NULL,
  `starts_at` datetime(6) NOT NULL,
  `ends_at` datetime(6) NOT NULL,
  `signed_at` datetime(6) NOT NULL,
  `signed_by` binary(16) DEFAULT NULL,
  `consent` tinyint(3) unsigned NOT NULL,
  `seen_changes` int(10) unsigned NOT NULL,
  `left_at` datetime(6) DEFAULT NULL,
  `left_by` binary(16) DEFAULT NULL,
  `reason` varbinary(2100) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_live` (`shift_id`,`live_person_id`),
  KEY `by_role` (`role_id`,`status`,`number`),
  KEY `by_time` (`live_person_id`,`ends_at`),
  KEY `by_person` (`person_id`,`starts_at`,`id`),
  KEY `by_activity` (`activity_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `skill` (
  `id` binary(16) NOT NULL,
  `district_id` binary(16) NOT NULL,
  `code` varchar(32) NOT NULL,
  `name` varchar(20) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_code` (`district_id`,`code`),
  CONSTRAINT `skill_of_district` FOREIGN KEY (`district_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `staff_login` (
  `name` varchar(40) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `password_hash` varchar(200) NOT NULL,
  `totp_secret` varbinary(255) NOT NULL,
  `totp_step` bigint(20) NOT NULL,
  PRIMARY KEY (`name`),
  UNIQUE KEY `one_each` (`person_id`),
  CONSTRAINT `login_of_person` FOREIGN KEY (`person_id`) REFERENCES `person` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `thread` (
  `id` binary(16) NOT NULL,
  `wish_id` binary(16) NOT NULL,
  `written` int(10) unsigned NOT NULL,
  `shown` int(10) unsigned NOT NULL,
  `wisher_agreed_at` datetime(6) DEFAULT NULL,
  `claimer_agreed_at` datetime(6) DEFAULT NULL,
  `closed_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `thread_message` (
  `id` binary(16) NOT NULL,
  `thread_id` binary(16) NOT NULL,
  `sent_at` datetime(6) NOT NULL,
  `author_id` binary(16) NOT NULL,
  `side` tinyint(3) unsigned NOT NULL,
  `text` varbinary(2100) NOT NULL,
  `state` tinyint(3) unsigned NOT NULL,
  `number` int(10) unsigned DEFAULT NULL,
  `hidden_at` datetime(6) DEFAULT NULL,
  `previous_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `shown_once` (`thread_id`,`number`),
  KEY `of_thread` (`thread_id`,`sent_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `thread_party` (
  `person_id` binary(16) NOT NULL,
  `thread_id` binary(16) NOT NULL,
  `last_at` datetime(6) NOT NULL,
  `read_to` int(10) unsigned NOT NULL,
  PRIMARY KEY (`person_id`,`thread_id`),
  KEY `latest` (`person_id`,`last_at`,`thread_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `thread_report` (
  `id` binary(16) NOT NULL,
  `thread_id` binary(16) NOT NULL,
  `wish_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `message_id` binary(16) DEFAULT NULL,
  `reporter_id` binary(16) NOT NULL,
  `side` tinyint(3) unsigned NOT NULL,
  `reason` varbinary(2100) NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `decided` tinyint(1) NOT NULL,
  `open_by` binary(16) DEFAULT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `outcome` tinyint(3) unsigned DEFAULT NULL,
  `answer` varbinary(2100) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_open` (`thread_id`,`open_by`),
  KEY `of_reporter` (`thread_id`,`reporter_id`,`made_at`),
  KEY `of_unit` (`unit_id`,`decided`,`made_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit` (
  `id` binary(16) NOT NULL,
  `parent_id` binary(16) DEFAULT NULL,
  `kind` varchar(32) NOT NULL,
  `name` varchar(60) NOT NULL,
  `opened_on` date NOT NULL,
  `closed_on` date DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_parent` (`parent_id`),
  KEY `unit_of_kind` (`kind`),
  CONSTRAINT `unit_of_kind` FOREIGN KEY (`kind`) REFERENCES `unit_kind` (`code`),
  CONSTRAINT `unit_parent` FOREIGN KEY (`parent_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit_ancestor` (
  `unit_id` binary(16) NOT NULL,
  `ancestor_id` binary(16) NOT NULL,
  `distance` tinyint(3) unsigned NOT NULL,
  PRIMARY KEY (`unit_id`,`ancestor_id`),
  KEY `below` (`ancestor_id`,`unit_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit_change` (
  `id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `effective_on` date NOT NULL,
  `plan` mediumtext NOT NULL,
  `reason` varbinary(2100) NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `made_by` binary(16) NOT NULL,
  `decided_at` datetime(6) DEFAULT NULL,
  `decided_by` binary(16) DEFAULT NULL,
  `decided_reason` varbinary(2100) DEFAULT NULL,
  `done_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `by_day` (`status`,`effective_on`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit_code` (
  `code_system` varchar(16) NOT NULL,
  `code` varchar(32) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  PRIMARY KEY (`code_system`,`code`),
  UNIQUE KEY `one_per_system` (`unit_id`,`code_system`),
  CONSTRAINT `code_of_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit_history` (
  `unit_id` binary(16) NOT NULL,
  `since` date NOT NULL,
  `name` varchar(60) NOT NULL,
  `parent_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`unit_id`,`since`),
  CONSTRAINT `history_of_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit_in_change` (
  `change_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `part` tinyint(3) unsigned NOT NULL,
  `live` tinyint(1) DEFAULT NULL,
  PRIMARY KEY (`change_id`,`unit_id`),
  UNIQUE KEY `one_live` (`unit_id`,`live`),
  KEY `by_unit` (`unit_id`,`change_id`),
  CONSTRAINT `changed_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`),
  CONSTRAINT `unit_of_change` FOREIGN KEY (`change_id`) REFERENCES `unit_change` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit_kind` (
  `code` varchar(32) NOT NULL,
  `name` varchar(20) NOT NULL,
  `rank` tinyint(3) unsigned NOT NULL,
  `audience` tinyint(1) NOT NULL,
  `categories` tinyint(1) NOT NULL,
  `home` tinyint(1) NOT NULL,
  PRIMARY KEY (`code`),
  UNIQUE KEY `by_rank` (`rank`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `unit_moved` (
  `unit_id` binary(16) NOT NULL,
  `change_id` binary(16) NOT NULL,
  `done_to` binary(16) NOT NULL,
  PRIMARY KEY (`unit_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `view_count` (
  `unit_id` binary(16) NOT NULL,
  `day` date NOT NULL,
  `module` tinyint(3) unsigned NOT NULL,
  `amount` bigint(20) NOT NULL,
  PRIMARY KEY (`unit_id`,`day`,`module`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `view_event` (
  `id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `module` tinyint(3) unsigned NOT NULL,
  `day` date NOT NULL,
  `folded` tinyint(1) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `to_fold` (`folded`,`id`),
  KEY `by_age` (`day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `webhook` (
  `id` binary(16) NOT NULL,
  `partner_id` binary(16) NOT NULL,
  `url` varchar(500) NOT NULL,
  `topics` int(10) unsigned NOT NULL,
  `secret` varbinary(255) NOT NULL,
  `old_secret` varbinary(255) DEFAULT NULL,
  `old_until` datetime(6) DEFAULT NULL,
  `state` tinyint(3) unsigned NOT NULL,
  `added_at` datetime(6) NOT NULL,
  `seen_until` bigint(20) unsigned NOT NULL,
  `batch_until` bigint(20) unsigned DEFAULT NULL,
  `taken_at` datetime(6) DEFAULT NULL,
  `failures` int(10) unsigned NOT NULL,
  `failing_since` datetime(6) DEFAULT NULL,
  `fault` tinyint(3) unsigned NOT NULL,
  `status` smallint(5) unsigned DEFAULT NULL,
  `next_at` datetime(6) NOT NULL,
  `lease_holder` binary(16) DEFAULT NULL,
  `lease_ends_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  KEY `due` (`state`,`next_at`),
  KEY `of_partner` (`partner_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wechat_binding` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `app_id` varchar(32) NOT NULL,
  `openid` varbinary(255) NOT NULL,
  `openid_index` binary(32) NOT NULL,
  `union_id` binary(16) DEFAULT NULL,
  `bound_at` datetime(6) NOT NULL,
  `active_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_owner` (`app_id`,`openid_index`),
  UNIQUE KEY `one_per_app` (`person_id`,`app_id`),
  KEY `of_union` (`union_id`),
  CONSTRAINT `wechat_binding_of_person` FOREIGN KEY (`person_id`) REFERENCES `person` (`id`),
  CONSTRAINT `wechat_binding_of_union` FOREIGN KEY (`union_id`) REFERENCES `wechat_union` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wechat_code` (
  `code_hash` binary(32) NOT NULL,
  `expires_at` datetime(6) NOT NULL,
  PRIMARY KEY (`code_hash`),
  KEY `by_age` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wechat_ticket` (
  `id` binary(16) NOT NULL,
  `ticket_hash` binary(32) NOT NULL,
  `app_id` varchar(32) NOT NULL,
  `openid` varbinary(255) NOT NULL,
  `unionid` varbinary(255) DEFAULT NULL,
  `device` binary(32) DEFAULT NULL,
  `expires_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `by_ticket` (`ticket_hash`),
  KEY `by_age` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wechat_union` (
  `id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `unionid` varbinary(255) NOT NULL,
  `unionid_index` binary(32) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_owner` (`unionid_index`),
  KEY `by_person` (`person_id`),
  CONSTRAINT `wechat_union_of_person` FOREIGN KEY (`person_id`) REFERENCES `person` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish` (
  `id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `audience_unit_id` binary(16) NOT NULL,
  `category_id` binary(16) NOT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `version` int(10) unsigned NOT NULL,
  `origin` tinyint(3) unsigned NOT NULL,
  `visibility` tinyint(3) unsigned NOT NULL,
  `sensitive` tinyint(1) NOT NULL,
  `title` varchar(40) DEFAULT NULL,
  `text` varchar(2500) DEFAULT NULL,
  `answers` text DEFAULT NULL,
  `content` mediumblob DEFAULT NULL,
  `contact` blob DEFAULT NULL,
  `effort_minutes` smallint(5) unsigned NOT NULL,
  `remote` tinyint(1) NOT NULL,
  `maker_id` binary(16) DEFAULT NULL,
  `beneficiary` blob DEFAULT NULL,
  `beneficiary_index` binary(32) DEFAULT NULL,
  `consent` tinyint(3) unsigned NOT NULL,
  `claim_id` binary(16) DEFAULT NULL,
  `claimer_id` binary(16) DEFAULT NULL,
  `claim_kind` tinyint(3) unsigned DEFAULT NULL,
  `credited_unit_id` binary(16) DEFAULT NULL,
  `level` tinyint(3) unsigned NOT NULL,
  `reminders` smallint(5) unsigned NOT NULL,
  `overdue` tinyint(1) NOT NULL,
  `urged_at` datetime(6) DEFAULT NULL,
  `noticed_at` datetime(6) DEFAULT NULL,
  `made_at` datetime(6) NOT NULL,
  `clock_from` datetime(6) NOT NULL,
  `due_at` datetime(6) DEFAULT NULL,
  `opened_at` datetime(6) DEFAULT NULL,
  `claimed_at` datetime(6) DEFAULT NULL,
  `delivered_at` datetime(6) DEFAULT NULL,
  `delivered_step` int(10) unsigned DEFAULT NULL,
  `kept_at` datetime(6) DEFAULT NULL,
  `deadline_at` datetime(6) NOT NULL,
  `clock_at` datetime(6) DEFAULT NULL,
  `rating` tinyint(3) unsigned DEFAULT NULL,
  `auto_confirmed` tinyint(1) NOT NULL,
  `overturn_by` binary(16) DEFAULT NULL,
  `import_ref` varchar(64) DEFAULT NULL,
  `remade_from` binary(16) DEFAULT NULL,
  `claim_suspicion` int(10) unsigned NOT NULL DEFAULT 0,
  `organisation_id` binary(16) DEFAULT NULL,
  `place` binary(32) DEFAULT NULL,
  `cell` int(10) unsigned DEFAULT NULL,
  `content_state` tinyint(3) unsigned NOT NULL DEFAULT 2,
  `picture_count` tinyint(3) unsigned NOT NULL DEFAULT 0,
  `merged_into` binary(16) DEFAULT NULL,
  `pictures_of` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `imported_once` (`import_ref`),
  UNIQUE KEY `remade_once` (`remade_from`),
  KEY `by_clock` (`clock_at`),
  KEY `by_maker` (`maker_id`,`made_at`,`id`),
  KEY `by_beneficiary` (`beneficiary_index`,`made_at`,`id`),
  KEY `wish_of_unit` (`unit_id`),
  KEY `wish_of_category` (`category_id`),
  KEY `by_cell` (`cell`,`status`,`made_at`,`id`),
  CONSTRAINT `wish_of_category` FOREIGN KEY (`category_id`) REFERENCES `category` (`id`),
  CONSTRAINT `wish_of_unit` FOREIGN KEY (`unit_id`) REFERENCES `unit` (`id`),
  CONSTRAINT `content_once` CHECK (`content` is null and `title` is not null and `text` is not null or `content` is not null and `title` is null and `text` is null and `answers` is null)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_claim` (
  `id` binary(16) NOT NULL,
  `wish_id` binary(16) NOT NULL,
  `live_wish_id` binary(16) DEFAULT NULL,
  `claimer_id` binary(16) NOT NULL,
  `kind` tinyint(3) unsigned NOT NULL,
  `credited_unit_id` binary(16) NOT NULL,
  `opened_at` datetime(6) NOT NULL,
  `claimed_at` datetime(6) NOT NULL,
  `due_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) DEFAULT NULL,
  `organisation_id` binary(16) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_live` (`live_wish_id`),
  KEY `by_wish` (`wish_id`),
  KEY `by_claimer` (`claimer_id`,`claimed_at`,`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_count` (
  `unit_id` binary(16) NOT NULL,
  `measure` smallint(5) unsigned NOT NULL,
  `amount` bigint(20) NOT NULL,
  PRIMARY KEY (`unit_id`,`measure`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_count_change` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `unit_id` binary(16) NOT NULL,
  `day` date NOT NULL,
  `measure` smallint(5) unsigned NOT NULL,
  `amount` bigint(20) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `by_unit` (`unit_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_count_day` (
  `unit_id` binary(16) NOT NULL,
  `day` date NOT NULL,
  `measure` smallint(5) unsigned NOT NULL,
  `amount` bigint(20) NOT NULL,
  PRIMARY KEY (`unit_id`,`day`,`measure`),
  KEY `by_measure` (`unit_id`,`measure`,`day`,`amount`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_in_unit` (
  `unit_id` binary(16) NOT NULL,
  `status` tinyint(3) unsigned NOT NULL,
  `made_at` datetime(6) NOT NULL,
  `wish_id` binary(16) NOT NULL,
  `deadline_at` datetime(6) NOT NULL,
  `category_id` binary(16) NOT NULL,
  `effort_minutes` smallint(5) unsigned NOT NULL,
  `remote` tinyint(1) NOT NULL,
  `public` tinyint(1) NOT NULL,
  `overdue` tinyint(1) NOT NULL,
  PRIMARY KEY (`unit_id`,`status`,`made_at`,`wish_id`),
  KEY `by_deadline` (`unit_id`,`status`,`deadline_at`,`wish_id`),
  KEY `by_wish` (`wish_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_mark` (
  `unit_id` binary(16) NOT NULL,
  `mark` int(10) unsigned NOT NULL,
  `wish_id` binary(16) NOT NULL,
  `cell` int(10) unsigned DEFAULT NULL,
  PRIMARY KEY (`unit_id`,`mark`,`wish_id`),
  KEY `by_cell` (`cell`,`mark`,`wish_id`),
  KEY `by_wish` (`wish_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_offer` (
  `wish_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `offered_at` datetime(6) NOT NULL,
  PRIMARY KEY (`wish_id`,`person_id`),
  KEY `by_person` (`person_id`,`offered_at`,`wish_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_rating` (
  `wish_id` binary(16) NOT NULL,
  `unit_id` binary(16) NOT NULL,
  `claimer_id` binary(16) NOT NULL,
  `rating` tinyint(3) unsigned NOT NULL,
  PRIMARY KEY (`wish_id`),
  KEY `by_claimer` (`claimer_id`,`unit_id`,`rating`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_step` (
  `wish_id` binary(16) NOT NULL,
  `number` int(10) unsigned NOT NULL,
  `id` binary(16) NOT NULL,
  `move` tinyint(3) unsigned NOT NULL,
  `from_status` tinyint(3) unsigned NOT NULL,
  `to_status` tinyint(3) unsigned NOT NULL,
  `at` datetime(6) NOT NULL,
  `actor` tinyint(3) unsigned NOT NULL,
  `actor_id` binary(16) DEFAULT NULL,
  `claim_kind` tinyint(3) unsigned DEFAULT NULL,
  `audience_unit_id` binary(16) NOT NULL,
  `note` mediumblob DEFAULT NULL,
  `place` varbinary(600) DEFAULT NULL,
  `done_at` datetime(6) DEFAULT NULL,
  `verification` tinyint(3) unsigned NOT NULL,
  `unit_id` binary(16) DEFAULT NULL,
  `content_state` tinyint(3) unsigned NOT NULL DEFAULT 2,
  `picture_count` tinyint(3) unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (`wish_id`,`number`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_to_mark` (
  `wish_id` binary(16) NOT NULL,
  PRIMARY KEY (`wish_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE `wish_watch` (
  `wish_id` binary(16) NOT NULL,
  `person_id` binary(16) NOT NULL,
  `watched_at` datetime(6) NOT NULL,
  PRIMARY KEY (`wish_id`,`person_id`),
  KEY `by_person` (`person_id`,`watched_at`,`wish_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
