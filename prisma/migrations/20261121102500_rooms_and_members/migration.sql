-- Lists of rooms and members cost what they show, however many there are.

-- Mine, latest joined first.
ALTER TABLE `room_member`
  DROP INDEX `room_member_user`,
  ADD INDEX `room_member_user` (`user_id`, `left_seq`, `joined_at`, `room_id`),
  ADD INDEX `room_member_active` (`room_id`, `left_seq`, `user_id`);

-- Public ones, latest made first, and by their names.
ALTER TABLE `room`
  DROP INDEX `room_public`,
  ADD INDEX `room_listed` (`visibility`, `kind`, `archived`, `deleted_at`, `id`),
  ADD INDEX `room_named` (`visibility`, `kind`, `archived`, `deleted_at`, `name`, `id`);

-- What is over is forgotten.
ALTER TABLE `room_invite`
  ADD INDEX `room_invite_expiry` (`expires_at`);
