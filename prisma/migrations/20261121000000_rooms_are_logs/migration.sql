-- Ids compare byte by byte: two users whose ids differ in case or accent are two users.

CREATE TABLE `user` (
  `id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `kind` VARCHAR(8) NOT NULL,
  `username` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `display_name` VARCHAR(80) NOT NULL,
  `avatar_url` VARCHAR(2048) NULL,
  `password_hash` VARCHAR(255) NULL,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`id`),
  UNIQUE INDEX `user_username_key` (`username`),
  INDEX `user_display_name` (`display_name`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `user_head` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `version` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (`user_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `session` (
  `id` BINARY(16) NOT NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `token_hash` BINARY(32) NOT NULL,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `refreshed_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  `expires_at` DATETIME(3) NOT NULL,
  `revoked_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  INDEX `session_user` (`user_id`, `revoked_at`),
  INDEX `session_expiry` (`expires_at`),
  CONSTRAINT `session_user_id_fkey` FOREIGN KEY (`user_id`) REFERENCES `user` (`id`) ON DELETE CASCADE ON UPDATE CASCADE
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `room` (
  `id` BINARY(16) NOT NULL,
  `kind` VARCHAR(8) NOT NULL,
  `name` VARCHAR(100) NULL,
  `visibility` VARCHAR(8) NOT NULL,
  `topic` VARCHAR(500) NULL,
  `history` VARCHAR(12) NOT NULL,
  `member_set_hash` BINARY(32) NULL,
  `created_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `room_member_set_hash_key` (`member_set_hash`),
  INDEX `room_public` (`visibility`, `name`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `room_head` (
  `room_id` BINARY(16) NOT NULL,
  `head` BIGINT UNSIGNED NOT NULL,
  `last_msg_no` BIGINT UNSIGNED NOT NULL,
  `member_version` BIGINT UNSIGNED NOT NULL,
  `member_count` INT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `room_member` (
  `room_id` BINARY(16) NOT NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `role` VARCHAR(10) NOT NULL,
  `joined_seq` BIGINT UNSIGNED NOT NULL,
  `left_seq` BIGINT UNSIGNED NULL,
  `visible_from` BIGINT UNSIGNED NOT NULL,
  `read_seq` BIGINT UNSIGNED NOT NULL,
  `joined_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`room_id`, `user_id`),
  INDEX `room_member_user` (`user_id`, `left_seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `room_event` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `type` TINYINT UNSIGNED NOT NULL,
  `actor_kind` TINYINT UNSIGNED NOT NULL,
  `actor_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `client_msg_id` BINARY(16) NULL,
  `fingerprint` BINARY(8) NULL,
  `ref_seq` BIGINT UNSIGNED NULL,
  `msg_no` BIGINT UNSIGNED NULL,
  `ts` DATETIME(3) NOT NULL,
  `data` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`room_id`, `seq`),
  UNIQUE INDEX `room_event_once` (`room_id`, `actor_id`, `client_msg_id`),
  INDEX `room_event_type` (`room_id`, `type`, `seq`, `actor_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `message_state` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `version` INT UNSIGNED NOT NULL,
  `data` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `edited_at` DATETIME(3) NULL,
  `deleted_at` DATETIME(3) NULL,
  PRIMARY KEY (`room_id`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `message_version` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `version` INT UNSIGNED NOT NULL,
  `event_seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `seq`, `version`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `room_mention` (
  `room_id` BINARY(16) NOT NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `user_id`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `idempotency_key` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `idempotency_key` VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `fingerprint` BINARY(32) NOT NULL,
  `resource_id` BINARY(16) NOT NULL,
  `created_at` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (`user_id`, `idempotency_key`),
  INDEX `idempotency_key_created` (`created_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `log_epoch` (
  `id` TINYINT UNSIGNED NOT NULL,
  `epoch` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

INSERT INTO `log_epoch` (`id`, `epoch`) VALUES (1, 1);
