-- Attempts are numbered by the gateway: those with a lower number than the last that was made again are late.
ALTER TABLE `command_retry`
  ADD COLUMN `number` BIGINT UNSIGNED NOT NULL DEFAULT 0 AFTER `id`;
