-- Commands that a gateway sent again: what was sent first sets nothing any more if it arrives after it.
CREATE TABLE `command_retry` (
  `id` BINARY(16) NOT NULL,
  `created_at` DATETIME(3) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `command_retry_created` (`created_at`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ENGINE = InnoDB;
