-- Channels of the Pusher-compatible API, each of which is a room: so that they are listed by name.
CREATE TABLE `pusher_channel` (
  `app_id` VARCHAR(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `name` VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `room_id` BINARY(16) NOT NULL,
  PRIMARY KEY (`app_id`, `name`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;
