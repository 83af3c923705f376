-- What messages are checked by before they reach the log, and what moderators are shown.

-- Which lists have changed: every API looks here once a second, and reads only what moved.
CREATE TABLE `list_version` (
  `name` VARCHAR(32) NOT NULL,
  `version` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`name`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

INSERT INTO `list_version` (`name`, `version`) VALUES ('blocked-words', 1), ('message-types', 1);

CREATE TABLE `message_type` (
  `name` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `json_schema` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  `updated_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`name`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- `folded`: as it is compared, so that one word is in the list once.
CREATE TABLE `blocked_word` (
  `id` BINARY(16) NOT NULL,
  `word` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `folded` BINARY(32) NOT NULL,
  `mode` VARCHAR(8) NOT NULL,
  `action` VARCHAR(8) NOT NULL,
  `lookalikes` TINYINT UNSIGNED NOT NULL,
  `created_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `blocked_word_folded` (`folded`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Without the message's text: that stands in the log, and is gone when it is deleted there. An empty
-- `reporter_id` is the word list. While `lease_until` lasts, whoever holds the lease settles it.
CREATE TABLE `report` (
  `id` BINARY(16) NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `author_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `reporter_id` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `reason` VARCHAR(16) NOT NULL,
  `note` VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `created_at` DATETIME(3) NOT NULL,
  `is_open` TINYINT UNSIGNED NOT NULL DEFAULT 1,
  `lease_holder` VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `lease_until` DATETIME(3) NULL,
  `outcome` VARCHAR(8) NULL,
  `settled_by` VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
  `settled_at` DATETIME(3) NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `report_message_reporter` (`room_id`, `seq`, `reporter_id`),
  INDEX `report_room` (`room_id`, `is_open`, `id`),
  INDEX `report_open` (`is_open`, `id`),
  INDEX `report_settled` (`settled_at`),
  INDEX `report_reporter` (`reporter_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Who is muted in a room: few of many.
CREATE INDEX `room_member_muted` ON `room_member` (`room_id`, `muted_until`);
