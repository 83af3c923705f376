-- Words of many messages in one row: of a piece of a room's log a row a distinct word, in place of a
-- row a word of each message.

-- What was indexed before is gone with its words. The tables stay for workers and searches of the
-- release before, and go with the next one.
TRUNCATE TABLE `search_token`;
TRUNCATE TABLE `search_doc`;

-- How far the log of a room is in the index, and the places that its streams of blocks end at. Whoever
-- changes what the index has of a room holds its row.
CREATE TABLE `search_room` (
  `room_id` BINARY(16) NOT NULL,
  `indexed_to` BIGINT UNSIGNED NOT NULL,
  `streams` VARCHAR(512) NOT NULL,
  PRIMARY KEY (`room_id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Where a word is, in a piece of one stream: `at` (seconds) and `seq` are where the piece begins, and
-- all pieces of a stream that begin later are wholly later. A search reads the end of one range.
CREATE TABLE `search_block` (
  `room_id` BINARY(16) NOT NULL,
  `token` VARBINARY(32) NOT NULL,
  `stream` TINYINT UNSIGNED NOT NULL,
  `at` INT UNSIGNED NOT NULL,
  `seq` BIGINT UNSIGNED NOT NULL,
  `newest_at` INT UNSIGNED NOT NULL,
  `places` BLOB NOT NULL,
  PRIMARY KEY (`room_id`, `token`, `stream`, `at`, `seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- What of some messages is in `search_block`, so that it is found again when it has to go, and what
-- they were when they were indexed. No `seq` is in two of a room's runs.
CREATE TABLE `search_run` (
  `room_id` BINARY(16) NOT NULL,
  `from_seq` BIGINT UNSIGNED NOT NULL,
  `to_seq` BIGINT UNSIGNED NOT NULL,
  `docs` MEDIUMBLOB NOT NULL,
  PRIMARY KEY (`room_id`, `from_seq`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- Rooms that the index is behind in, from `from_seq` on, as far as `to_seq` at least; somebody takes
-- them up at `due_at`. `marks` tells whether all of it was asked for again while somebody was at it.
CREATE TABLE `search_queue` (
  `room_id` BINARY(16) NOT NULL,
  `from_seq` BIGINT UNSIGNED NOT NULL,
  `to_seq` BIGINT UNSIGNED NOT NULL,
  `marks` BIGINT UNSIGNED NOT NULL DEFAULT 1,
  `queued_at` DATETIME(3) NOT NULL,
  `due_at` DATETIME(3) NOT NULL,
  `lease_until` DATETIME(3) NOT NULL,
  PRIMARY KEY (`room_id`),
  INDEX `search_queue_due` (`due_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;

-- All that was said is indexed anew.
INSERT INTO `search_queue` (`room_id`, `from_seq`, `to_seq`, `queued_at`, `due_at`, `lease_until`)
  SELECT `room_id`, 1, `head`, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) FROM `room_head`;
