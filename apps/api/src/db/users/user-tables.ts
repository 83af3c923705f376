/**
 * What becomes of the rows of a user who is erased, by table. A test asks that every table with a
 * `user_id` has its place in one of the two lists.
 */
export const FORGOTTEN_WITH_USER = [
  'user_block',
  'room_invite',
  'user_pref',
  'user_presence',
  'user_notify',
  'user_email',
  'email_link',
  'push_device',
  'pending_notification',
  'notification_state',
  'digest_position',
  'scheduled_message',
  'file_usage',
] as const

/** These stay, and why. */
export const KEPT_OF_USER: Readonly<Record<string, string>> = {
  user_head: 'the version that tells gateways to look again',
  user_erasure: 'that they were erased, and how far that is',
  room_member: 'who was in a room is told in its log; the member has left',
  room_mention: 'in messages of others; it goes with the message',
  message_reaction: 'goes through the log of its room',
  session:
    'a gateway must know for as long as an access token lives that its session has ended; it goes by itself',
  idempotency_key: 'goes by itself after a week',
}
