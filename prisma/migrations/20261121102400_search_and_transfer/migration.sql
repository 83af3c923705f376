-- Words of messages by room, what was brought in from elsewhere, and how far erasing has come.

-- Newest last: a search reads the end of one range. `at` is in seconds.
CREATE TABLE `search_token` (
  `room_id` BINARY(16) NOT NULL,
  `token` VARBINARY(32) NOT NULL,
  `at` INT UNSIGNED NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `token`, `at`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- What of a message is in `search_token`, so that it is found again when it has to go. Without
-- tokens: it was deleted, and nothing older than `revision` brings it back.
CREATE TABLE `search_doc` (
  `room_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `at` INT UNSIGNED NOT NULL,
  `revision` BIGINT UNSIGNED NOT NULL,
  `tokens` MEDIUMBLOB NOT NULL,
  PRIMARY KEY (`room_id`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Rooms that the index is behind in: from `from_seq` on. `marks` tells whether it was asked for again
-- while somebody was at it.
CREATE TABLE `search_todo` (
  `room_id` BINARY(16) NOT NULL,
  `from_seq` BIGINT UNSIGNED NOT NULL,
  `marks` BIGINT UNSIGNED NOT NULL DEFAULT 1,
  `queued_at` DATETIME(3) NOT NULL,
  `lease_until` DATETIME(3) NOT NULL,
  PRIMARY KEY (`room_id`),
  INDEX `search_todo_queue` (`queued_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- What was said before there was an index is found too.
INSERT INTO `search_todo` (`room_id`, `from_seq`, `queued_at`, `lease_until`)
  SELECT `room_id`, 1, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM `room_head`;

-- Up to where bodies are gone from the disk. `room.erased_to` says up to where they have to be.
CREATE TABLE `room_purge` (
  `room_id` BINARY(16) NOT NULL,
  `purged_to` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Where the lines of an import are in the log, by the id that is made of theirs.
CREATE TABLE `import_line` (
  `room_id` BINARY(16) NOT NULL,
  `line_id` BINARY(16) NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (`room_id`, `line_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;
