-- What backends need: API keys, answers of requests that may come twice, users that are signed out
-- everywhere or erased, and numbers by the hour.

ALTER TABLE `user`
  ADD COLUMN `tokens_valid_after` DATETIME(3) NULL,
  ADD COLUMN `erased_at` DATETIME(3) NULL;

CREATE TABLE `api_key` (
  `id` BINARY(16) NOT NULL,
  `name` VARCHAR(100) NOT NULL,
  `secret_hash` BINARY(32) NOT NULL,
  `previous_hash` BINARY(32) NULL,
  `previous_until` DATETIME(3) NULL,
  `scopes` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `rate_per_minute` INT UNSIGNED NULL,
  `created_at` DATETIME(3) NOT NULL,
  `created_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `rotated_at` DATETIME(3) NULL,
  `expires_at` DATETIME(3) NULL,
  `revoked_at` DATETIME(3) NULL,
  `last_used_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  INDEX `api_key_revoked` (`revoked_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- One row a key that was sent with a request. Without a status the request is under way, as long as
-- its lease is.
CREATE TABLE `request_claim` (
  `principal` VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `idempotency_key` VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `fingerprint` BINARY(32) NOT NULL,
  `holder` BINARY(16) NOT NULL,
  `lease_until` DATETIME(3) NOT NULL,
  `status` SMALLINT UNSIGNED NULL,
  `body` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`principal`, `idempotency_key`),
  INDEX `request_claim_created` (`created_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- The erasure of a user, which takes as long as they have written. `after_room` is where to go on.
CREATE TABLE `user_erasure` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `asked_at` DATETIME(3) NOT NULL,
  `asked_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `after_room` BINARY(16) NULL,
  `rooms_done` INT UNSIGNED NOT NULL DEFAULT 0,
  `lease_until` DATETIME(3) NULL,
  `finished_at` DATETIME(3) NULL,
  PRIMARY KEY (`user_id`),
  INDEX `user_erasure_open` (`finished_at`, `lease_until`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Totals by the hour: the messages of a day are a difference, and nothing is counted.
CREATE TABLE `stat_sample` (
  `at` DATETIME(3) NOT NULL,
  `rooms` BIGINT UNSIGNED NOT NULL,
  `users` BIGINT UNSIGNED NOT NULL,
  `messages` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;
