-- Settings of rooms, standing of members, reactions, pins, threads, and the log's outbox.

ALTER TABLE `room`
  ADD COLUMN `avatar_url` VARCHAR(2048) NULL,
  ADD COLUMN `frozen` TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN `archived` TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN `slow_mode_s` INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN `retention_days` INT UNSIGNED NULL,
  ADD COLUMN `role_overrides` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  ADD COLUMN `erased_to` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN `erased_msg_no` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN `deleted_at` DATETIME(3) NULL,
  ADD INDEX `room_retention` (`retention_days`),
  ADD INDEX `room_deleted` (`deleted_at`);

ALTER TABLE `room_member`
  MODIFY COLUMN `role` VARCHAR(32) NOT NULL,
  ADD COLUMN `read_msg_no` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN `muted_until` DATETIME(3) NULL,
  ADD COLUMN `banned_until` DATETIME(3) NULL,
  ADD COLUMN `last_sent_at` DATETIME(3) NULL,
  ADD COLUMN `notify` VARCHAR(8) NULL,
  ADD INDEX `room_member_role` (`room_id`, `left_seq`, `role`, `joined_seq`),
  ADD INDEX `room_member_banned` (`room_id`, `banned_until`),
  ADD INDEX `room_member_read` (`room_id`, `left_seq`, `read_seq`);

ALTER TABLE `room_event`
  ADD INDEX `room_event_actor` (`actor_id`, `room_id`, `type`, `seq`, `msg_no`);

ALTER TABLE `room_mention`
  ADD COLUMN `actor_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  ADD INDEX `room_mention_message` (`room_id`, `seq`);

CREATE TABLE `custom_role` (
  `name` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `rank` TINYINT UNSIGNED NOT NULL,
  `permissions` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`name`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `user_block` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `blocked_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`user_id`, `blocked_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `message_reaction` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `reaction_key` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `event_seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `seq`, `reaction_key`, `user_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- So that counts cost the keys of a message and not its reactions.
CREATE TABLE `message_reaction_count` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `reaction_key` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `count` INT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `seq`, `reaction_key`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `room_invite` (
  `id` BINARY(16) NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `code_hash` BINARY(32) NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `role` VARCHAR(32) NOT NULL,
  `created_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  `expires_at` DATETIME(3) NULL,
  `max_uses` INT UNSIGNED NULL,
  `uses` INT UNSIGNED NOT NULL DEFAULT 0,
  `closed_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `room_invite_code_hash_key` (`code_hash`),
  INDEX `room_invite_room` (`room_id`, `closed_at`, `id`),
  INDEX `room_invite_user` (`user_id`, `closed_at`, `id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `room_pin` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `pinned_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `event_seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `thread_reply` (
  `room_id` BINARY(16) NOT NULL,
  `thread_seq` BIGINT UNSIGNED NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `thread_seq`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `audit_entry` (
  `id` BINARY(16) NOT NULL,
  `at` DATETIME(3) NOT NULL,
  `actor_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `actor_kind` VARCHAR(8) NOT NULL,
  `action` VARCHAR(40) NOT NULL,
  `room_id` BINARY(16) NULL,
  `target_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `details` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (`id`),
  INDEX `audit_entry_room` (`room_id`, `id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- One row a transaction: rooms and ranges that jobs have yet to look at. Read and deleted, so that
-- it does not matter in which order transactions became visible.
CREATE TABLE `log_outbox` (
  `id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  `ranges` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `message_preview` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `event_seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `seq`, `event_seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Cursors that were there before messages were counted by difference.
UPDATE `room_member` m SET m.`read_msg_no` = COALESCE((
  SELECT e.`msg_no` FROM `room_event` e
  WHERE e.`room_id` = m.`room_id` AND e.`type` = 1 AND e.`seq` <= GREATEST(m.`read_seq`, m.`visible_from` - 1)
  ORDER BY e.`seq` DESC LIMIT 1), 0);
