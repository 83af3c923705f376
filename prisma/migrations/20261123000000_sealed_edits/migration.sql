-- A room that shows everything may have members who came while it did not.
ALTER TABLE `room`
  ADD COLUMN `sealed_to` BIGINT UNSIGNED NOT NULL DEFAULT 0 AFTER `erased_msg_no`;

UPDATE `room` r JOIN `room_head` h ON h.`room_id` = r.`id` SET r.`sealed_to` = h.`head`
WHERE r.`history` = 'all'
  AND EXISTS (SELECT 1 FROM `room_member` m WHERE m.`room_id` = r.`id` AND m.`visible_from` > 1);
