-- Who is told of what, on which devices and by mail; messages that are sent later.

ALTER TABLE `room_member`
  ADD COLUMN `snoozed_until` DATETIME(3) NULL;

-- What a person chose for all rooms. Quiet hours are minutes of the day in `quiet_zone`.
CREATE TABLE `user_notify` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `room_level` VARCHAR(8) NULL,
  `direct_level` VARCHAR(8) NULL,
  `preview` TINYINT UNSIGNED NOT NULL DEFAULT 1,
  `quiet_zone` VARCHAR(64) NULL,
  `quiet_from` SMALLINT UNSIGNED NULL,
  `quiet_to` SMALLINT UNSIGNED NULL,
  `digest` VARCHAR(8) NULL,
  PRIMARY KEY (`user_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- `address` is the endpoint of a Web Push subscription, or a token; one is in one row only.
CREATE TABLE `push_device` (
  `id` BINARY(16) NOT NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `session_id` BINARY(16) NULL,
  `kind` VARCHAR(8) NOT NULL,
  `address_hash` BINARY(32) NOT NULL,
  `address` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `p256dh` VARCHAR(100) NULL,
  `auth` VARCHAR(32) NULL,
  `name` VARCHAR(80) NULL,
  `clears` TINYINT UNSIGNED NOT NULL DEFAULT 1,
  `registered_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `push_device_address_hash_key` (`address_hash`),
  INDEX `push_device_user` (`user_id`, `registered_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Messages of which it is not decided yet whether a person is told of them.
CREATE TABLE `pending_notification` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `reason` VARCHAR(8) NOT NULL,
  PRIMARY KEY (`user_id`, `room_id`, `seq`),
  INDEX `pending_notification_message` (`room_id`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- A person in a room: when to decide about what is pending, and what their devices show. The row is
-- the lock of both.
CREATE TABLE `notification_state` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `due_at` DATETIME(3) NULL,
  `shown_from` BIGINT UNSIGNED NULL,
  `shown_to` BIGINT UNSIGNED NULL,
  `shown_count` INT UNSIGNED NOT NULL DEFAULT 0,
  `shown_at` DATETIME(3) NULL,
  `check_at` DATETIME(3) NULL,
  PRIMARY KEY (`user_id`, `room_id`),
  INDEX `notification_state_due` (`due_at`),
  INDEX `notification_state_check` (`check_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- What was decided and not handed over yet: the latest of a room for each device.
CREATE TABLE `push_send` (
  `device_id` BINARY(16) NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `kind` VARCHAR(8) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `reason` VARCHAR(8) NOT NULL,
  `count` INT UNSIGNED NOT NULL,
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `due_at` DATETIME(3) NOT NULL,
  `claim` BINARY(16) NULL,
  PRIMARY KEY (`device_id`, `room_id`),
  INDEX `push_send_due` (`due_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- `confirm_due_at`: when a mail with a link is to be sent. `digest_due_at`: when to look again.
CREATE TABLE `user_email` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `address` VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `asked_at` DATETIME(3) NOT NULL,
  `asked_count` INT UNSIGNED NOT NULL DEFAULT 1,
  `confirm_due_at` DATETIME(3) NULL,
  `confirmed_at` DATETIME(3) NULL,
  `digest_due_at` DATETIME(3) NULL,
  `digest_sent_at` DATETIME(3) NULL,
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (`user_id`),
  INDEX `user_email_address` (`address`, `asked_at`),
  INDEX `user_email_confirm` (`confirm_due_at`),
  INDEX `user_email_digest` (`digest_due_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Links in mails: SHA-256 of their tokens.
CREATE TABLE `email_link` (
  `token_hash` BINARY(32) NOT NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `purpose` VARCHAR(16) NOT NULL,
  `address` VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `expires_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`token_hash`),
  INDEX `email_link_user` (`user_id`),
  INDEX `email_link_address` (`address`, `expires_at`),
  INDEX `email_link_expiry` (`expires_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- How far a room was told of by mail; `before_seq` is what it was before the mail that is under way.
CREATE TABLE `digest_position` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `before_seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`user_id`, `room_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- `status`: pending, sending, sent or failed. `due_at` is set while there is something to do.
CREATE TABLE `scheduled_message` (
  `id` BINARY(16) NOT NULL,
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `client_msg_id` BINARY(16) NOT NULL,
  `send_at` DATETIME(3) NOT NULL,
  `draft` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `status` VARCHAR(8) NOT NULL,
  `due_at` DATETIME(3) NULL,
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `seq` BIGINT UNSIGNED NULL,
  `error` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `created_at` DATETIME(3) NOT NULL,
  `ended_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `scheduled_message_once` (`user_id`, `room_id`, `client_msg_id`),
  INDEX `scheduled_message_due` (`due_at`),
  INDEX `scheduled_message_ended` (`ended_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;
