-- Files, where they are shown, what was uploaded a day, and what pages say of themselves.

-- A row is there before the first byte is stored and until the last one is gone, so no bytes are
-- ever without one. `check_at`: when somebody looks whether the file is still wanted.
CREATE TABLE `file` (
  `id` BINARY(16) NOT NULL,
  `owner_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `purpose` VARCHAR(8) NOT NULL,
  `name` VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `mime` VARCHAR(127) NOT NULL,
  `bytes` BIGINT UNSIGNED NOT NULL DEFAULT 0,
  `sha256` BINARY(32) NULL,
  `width` INT UNSIGNED NULL,
  `height` INT UNSIGNED NULL,
  `has_thumbnail` TINYINT UNSIGNED NOT NULL DEFAULT 0,
  `created_at` DATETIME(3) NOT NULL,
  `stored_at` DATETIME(3) NULL,
  `attached_at` DATETIME(3) NULL,
  `check_at` DATETIME(3) NULL,
  `removed_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  INDEX `file_owner` (`owner_id`, `attached_at`),
  INDEX `file_check` (`check_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Whoever may see the message may have the file.
CREATE TABLE `message_file` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `file_id` BINARY(16) NOT NULL,
  PRIMARY KEY (`room_id`, `seq`, `file_id`),
  INDEX `message_file_file` (`file_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

CREATE TABLE `file_usage` (
  `user_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `day` DATE NOT NULL,
  `bytes` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`user_id`, `day`),
  INDEX `file_usage_day` (`day`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- By the SHA-256 of the address. Without a preview: it has none, or could not be reached.
CREATE TABLE `link_preview` (
  `url_hash` BINARY(32) NOT NULL,
  `preview` TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `expires_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`url_hash`),
  INDEX `link_preview_expiry` (`expires_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;
