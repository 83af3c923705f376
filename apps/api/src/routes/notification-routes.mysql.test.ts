import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startNotificationRig, type NotificationRig } from '../testing/notification-rig.ts'
import { ROOT_API_KEY, startTestApi, type Actor } from '../testing/test-api.ts'

let rig: NotificationRig
let alice: Actor
let bob: Actor
beforeAll(async () => {
  rig = await startNotificationRig({ ROOT_API_KEY })
})
afterAll(() => rig[Symbol.asyncDispose]())
beforeEach(async () => {
  alice = await rig.api.guest('Alice')
  bob = await rig.api.guest('Bob')
})

const code = (answer: { body: { code?: string } }): string | undefined => answer.body.code

test('a room has the level that I chose, else that of its kind', async () => {
  const { id } = await alice.createRoom()
  const path = `/v1/rooms/${id}/notifications`
  expect((await alice.get(path)).body).toEqual({
    notifications: { level: null, snoozedUntil: null, effective: 'mentions' },
  })
  await alice.call('PUT', '/v1/me/notifications', { rooms: 'all' })
  expect((await alice.get(path)).body.notifications.effective).toBe('all')
  expect((await alice.get(`/v1/rooms/${id}`)).body.room).toMatchObject({
    features: { notifyAll: true },
    me: { notify: 'all' },
  })
  const snoozedUntil = '2030-01-01T00:00:00.000Z'
  expect((await alice.call('PUT', path, { level: 'none', snoozedUntil })).body).toEqual({
    notifications: { level: 'none', snoozedUntil, effective: 'none' },
  })
  const back = await alice.call('PUT', path, { level: null, snoozedUntil: null })
  expect(back.body.notifications).toEqual({ level: null, snoozedUntil: null, effective: 'all' })
})

test('what I chose for a room is there again when I come back', async () => {
  const { id } = await alice.createRoom()
  await bob.join(id)
  await bob.call('PUT', `/v1/rooms/${id}/notifications`, { level: 'all' })
  await bob.leave(id)
  expect(code(await bob.get(`/v1/rooms/${id}/notifications`))).toBe('NOT_MEMBER')
  await bob.join(id)
  expect((await bob.get(`/v1/rooms/${id}/notifications`)).body.notifications.level).toBe('all')
})

test('levels of rooms are for members; a private room does not exist for others', async () => {
  const { id: open } = await alice.createRoom()
  const { id: closed } = await alice.createRoom({ visibility: 'private' })
  for (const method of ['GET', 'PUT']) {
    const body = method === 'PUT' ? { level: 'all' } : undefined
    const at = (id: string) => bob.call(method, `/v1/rooms/${id}/notifications`, body)
    expect(code(await at(open))).toBe('NOT_MEMBER')
    expect(code(await at(closed))).toBe('NOT_FOUND')
  }
})

test('my own choices: what is not named stays', async () => {
  const defaults = {
    rooms: 'mentions',
    direct: 'all',
    previews: true,
    quietHours: null,
    digest: 'daily',
  }
  expect((await alice.get('/v1/me/notifications')).body).toEqual({ notifications: defaults })
  const quietHours = { timeZone: 'America/New_York', from: '23:00', to: '07:15' }
  await alice.call('PUT', '/v1/me/notifications', { quietHours, previews: false })
  const changed = await alice.call('PUT', '/v1/me/notifications', { digest: 'off' })
  expect(changed.body.notifications).toEqual({
    ...defaults,
    quietHours,
    previews: false,
    digest: 'off',
  })
  await alice.call('PUT', '/v1/me/notifications', { quietHours: null })
  expect((await alice.get('/v1/me/notifications')).body.notifications.quietHours).toBeNull()
})

test.each([
  { rooms: 'some' },
  { quietHours: { timeZone: 'Mars/Base', from: '22:00', to: '06:00' } },
  { quietHours: { timeZone: 'UTC', from: '22:00', to: '22:00' } },
  { quietHours: { timeZone: 'UTC', from: '24:00', to: '06:00' } },
  { sounds: true },
])('%j is no choice', async (body) => {
  expect(code(await alice.call('PUT', '/v1/me/notifications', body))).toBe('INVALID')
})

test('devices are listed without their addresses, and can be taken off', async () => {
  const id = await rig.subscribe(alice, 'alice-1', { name: 'Laptop' })
  await alice.call('POST', '/v1/me/devices', { kind: 'fcm', token: 'token-of-a-phone:1_2' })
  await alice.call('POST', '/v1/me/devices', { kind: 'apns', token: 'ab'.repeat(32) })
  const { data } = (await alice.get('/v1/me/devices')).body
  expect(data.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
    'apns',
    'fcm',
    'webpush',
  ])
  expect(JSON.stringify(data)).not.toMatch(/token-of-a-phone|push\/alice|abab/u)
  expect(code(await bob.call('DELETE', `/v1/me/devices/${id}`))).toBe('NOT_FOUND')
  expect((await alice.call('DELETE', `/v1/me/devices/${id}`)).status).toBe(204)
  expect(code(await alice.call('DELETE', `/v1/me/devices/${id}`))).toBe('NOT_FOUND')
  expect((await alice.get('/v1/me/devices')).body.data).toHaveLength(2)
})

test('the same address again is the same device, and belongs to who registered it last', async () => {
  const draft = rig.receiver.subscribe('shared')
  const first = await alice.call('POST', '/v1/me/devices', draft)
  const again = await alice.call('POST', '/v1/me/devices', { ...draft, name: 'Kitchen' })
  expect(again.body.device).toMatchObject({ id: first.body.device.id, name: 'Kitchen' })
  const other = await bob.call('POST', '/v1/me/devices', draft)
  expect(other.body.device.id).not.toBe(first.body.device.id)
  expect((await alice.get('/v1/me/devices')).body.data).toEqual([])
  expect((await bob.get('/v1/me/devices')).body.data).toHaveLength(1)
})

test('of more than 20 devices the oldest are forgotten', async () => {
  const ids: string[] = []
  for (let n = 0; n < 22; n += 1) ids.push(await rig.subscribe(alice, `many-${n}`))
  const { data } = (await alice.get('/v1/me/devices')).body
  expect(data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2).toReversed())
})

const keys = {
  p256dh: `B${randomBytes(64).toString('base64url').slice(0, 86)}`,
  auth: 'A'.repeat(22),
}
test.each([
  { kind: 'webpush', endpoint: 'http://push.example.com/1', keys },
  { kind: 'webpush', endpoint: 'https://127.0.0.1/1', keys },
  { kind: 'webpush', endpoint: 'https://[::1]/1', keys },
  { kind: 'webpush', endpoint: 'https://10.0.0.1/1', keys },
  { kind: 'webpush', endpoint: 'https://0x7f000001/1', keys },
  { kind: 'webpush', endpoint: 'https://push.example.com:8443/1', keys },
  { kind: 'webpush', endpoint: 'https://user:pass@push.example.com/1', keys },
  { kind: 'webpush', endpoint: 'ftp://push.example.com/1', keys },
  { kind: 'webpush', endpoint: 'https://push.example.com/1', keys: { ...keys, auth: 'short' } },
  {
    kind: 'webpush',
    endpoint: 'https://push.example.com/1',
    keys: { ...keys, p256dh: 'A'.repeat(87) },
  },
  { kind: 'webpush', endpoint: 'https://push.example.com/1' },
  { kind: 'fcm', token: 'with a blank in it' },
  { kind: 'apns', token: 'not hex' },
  { kind: 'pager', token: '1234567890123456' },
])('%j is no device', async (body) => {
  expect(code(await alice.call('POST', '/v1/me/devices', body))).toBe('INVALID')
  expect((await alice.get('/v1/me/devices')).body.data).toEqual([])
})

test('a browser’s subscription is taken as the browser writes it', async () => {
  const subscription = { ...rig.receiver.subscribe('browser'), expirationTime: null }
  expect((await alice.call('POST', '/v1/me/devices', subscription)).status).toBe(201)
})

test('the key for browsers is for everybody', async () => {
  const answer = await rig.api.call('GET', '/v1/push/vapid-key')
  expect(answer.body).toEqual({ publicKey: rig.vapid.publicKey })
})

test('a host that webhooks may call is no endpoint of a push', async () => {
  const { vapid } = rig
  await using other = await startTestApi({
    VAPID_PUBLIC_KEY: vapid.publicKey,
    WEBHOOK_ALLOWED_HOSTS: rig.receiver.host,
  })
  const guest = await other.guest('Guest')
  const device = await guest.call('POST', '/v1/me/devices', rig.receiver.subscribe('inner'))
  expect(code(device)).toBe('INVALID')
})

test('what is not set up is said to be off', async () => {
  await using plain = await startTestApi()
  const guest = await plain.guest('Guest')
  expect((await plain.call('GET', '/v1/push/vapid-key')).status).toBe(404)
  const device = await guest.call('POST', '/v1/me/devices', rig.receiver.subscribe('off'))
  expect(code(device)).toBe('REJECTED')
  expect(code(await guest.call('PUT', '/v1/me/email', { address: 'a@example.com' }))).toBe(
    'REJECTED',
  )
})

test('all of it asks who one is', async () => {
  for (const [method, path] of [
    ['GET', '/v1/me/notifications'],
    ['PUT', '/v1/me/notifications'],
    ['GET', '/v1/me/devices'],
    ['POST', '/v1/me/devices'],
    ['GET', '/v1/me/email'],
    ['PUT', '/v1/me/email'],
    ['GET', '/v1/me/scheduled'],
    ['POST', '/v1/server/ephemeral'],
  ] as const) {
    const body = method === 'GET' ? undefined : {}
    const answer = await rig.api.call(method, path, body === undefined ? {} : { body })
    expect([path, answer.status]).toEqual([path, 401])
  }
})
