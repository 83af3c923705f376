-- Endpoints of backends that the log is told to, and how far it was told.

CREATE TABLE `webhook` (
  `id` BINARY(16) NOT NULL,
  `url` VARCHAR(2048) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `description` VARCHAR(200) NOT NULL,
  `events` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `room_ids` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `secret` VARBINARY(64) NOT NULL,
  `previous_secret` VARBINARY(64) NULL,
  `previous_until` DATETIME(3) NULL,
  `starts_at` DATETIME(3) NOT NULL,
  `hold_until` DATETIME(3) NULL,
  `disabled_at` DATETIME(3) NULL,
  `disabled_reason` VARCHAR(300) NULL,
  `deleted_at` DATETIME(3) NULL,
  `created_at` DATETIME(3) NOT NULL,
  `created_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `webhook_deleted` (`deleted_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- One row a webhook and room that moved since, and one a replay. Everything below `next_seq` was
-- delivered. `due_at` is when to go on: null when there is nothing to do, and while somebody has the
-- row in hand (`claim`) the moment at which others may take it from them.
CREATE TABLE `webhook_cursor` (
  `webhook_id` BINARY(16) NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `replay_id` BINARY(16) NOT NULL,
  `next_seq` BIGINT UNSIGNED NOT NULL,
  `to_seq` BIGINT UNSIGNED NOT NULL,
  `due_at` DATETIME(3) NULL,
  `claim` BINARY(16) NULL,
  `attempts` INT UNSIGNED NOT NULL DEFAULT 0,
  `failing_since` DATETIME(3) NULL,
  PRIMARY KEY (`webhook_id`, `room_id`, `replay_id`),
  INDEX `webhook_cursor_due` (`webhook_id`, `due_at`),
  INDEX `webhook_cursor_failing` (`webhook_id`, `failing_since`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- What became of each event that was sent. The event itself stays where it is, in the log.
CREATE TABLE `webhook_delivery` (
  `id` BINARY(16) NOT NULL,
  `webhook_id` BINARY(16) NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `event_type` VARCHAR(32) NOT NULL,
  `status` VARCHAR(10) NOT NULL,
  `attempts` INT UNSIGNED NOT NULL,
  `status_code` SMALLINT UNSIGNED NULL,
  `duration_ms` INT UNSIGNED NOT NULL,
  `error` VARCHAR(300) NULL,
  `next_attempt_at` DATETIME(3) NULL,
  `created_at` DATETIME(3) NOT NULL,
  `attempted_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `webhook_delivery_once` (`webhook_id`, `room_id`, `seq`),
  INDEX `webhook_delivery_list` (`webhook_id`, `id`),
  INDEX `webhook_delivery_status` (`webhook_id`, `status`, `id`),
  INDEX `webhook_delivery_attempted` (`attempted_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;
