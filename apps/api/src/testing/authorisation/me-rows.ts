import { randomUUID } from 'node:crypto'
import { ofMembers, ofUser, open } from './row.ts'

const ID = randomUUID()
const TOKEN = 'a-token-that-nobody-was-given'

export const meRows = {
  register: open(
    () => ({
      path: '/v1/auth/register',
      body: { username: `u${randomUUID().slice(0, 8)}`, password: 'a long password' },
    }),
    201,
  ),
  login: open('/v1/auth/login', 'AUTH_INVALID', { body: { username: 'nobody', password: 'x' } }),
  refresh: open('/v1/auth/refresh', 'AUTH_INVALID', { body: { refreshToken: 'x' } }),
  guest: open('/v1/auth/guest', 201, { body: {} }),
  logout: ofUser('/v1/auth/logout', 204, { newPeople: true }),

  getMe: ofUser('/v1/me'),
  patchMe: ofUser('/v1/me', 200, { body: { displayName: 'Another name' } }),
  listSessions: ofUser('/v1/me/sessions'),
  deleteSession: ofUser(`/v1/me/sessions/${ID}`, 'NOT_FOUND'),
  deleteOtherSessions: ofUser('/v1/me/sessions'),
  listBlocks: ofUser('/v1/me/blocks'),
  putBlock: ofUser('/v1/me/blocks/:outsider', 204),
  deleteBlock: ofUser('/v1/me/blocks/:outsider', 204),
  getPrefs: ofUser('/v1/me/prefs'),
  putPrefs: ofUser('/v1/me/prefs', 200, { body: { privacy: { typing: false } } }),
  getMyPresence: ofUser('/v1/me/presence'),
  putMyPresence: ofUser('/v1/me/presence', 200, { body: { status: 'away' } }),
  listPresence: ofUser('/v1/presence?ids=:outsider'),
  listUsers: ofUser('/v1/users?ids=:outsider'),
  getUser: ofUser('/v1/users/:outsider'),

  getRoomNotifications: ofMembers('/v1/rooms/:room/notifications', 200),
  putRoomNotifications: ofMembers('/v1/rooms/:room/notifications', 200, {
    body: { level: 'none' },
  }),
  getMyNotifications: ofUser('/v1/me/notifications'),
  putMyNotifications: ofUser('/v1/me/notifications', 200, { body: { previews: false } }),
  listDevices: ofUser('/v1/me/devices'),
  createDevice: ofUser('/v1/me/devices', 'REJECTED', {
    body: { kind: 'fcm', token: 'a-token-of-a-telephone' },
  }),
  deleteDevice: ofUser(`/v1/me/devices/${ID}`, 'NOT_FOUND'),
  getVapidKey: open('/v1/push/vapid-key', 'NOT_FOUND'),
  getMyEmail: ofUser('/v1/me/email'),
  putMyEmail: ofUser('/v1/me/email', 'REJECTED', { body: { address: 'ada@example.com' } }),
  deleteMyEmail: ofUser('/v1/me/email', 204),
  showConfirmEmail: open(`/v1/email/confirm?token=${TOKEN}`, 200),
  confirmEmail: open(`/v1/email/confirm?token=${TOKEN}`, 404),
  showUnsubscribe: open(`/v1/email/unsubscribe?token=${TOKEN}`, 200),
  unsubscribe: open(`/v1/email/unsubscribe?token=${TOKEN}`, 404),
}
