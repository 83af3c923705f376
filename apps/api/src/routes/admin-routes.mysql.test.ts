import { randomUUID } from 'node:crypto'
import { createLogger, createPublisher, createQueueConnection } from '@parley/server-kit'
import { eventually, redisUrl } from '@parley/testkit'
import { Queue } from 'bullmq'
import jwt from 'jsonwebtoken'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

const SECRET = 'a-secret-that-the-host-shares-with-us'
const ISSUER = 'https://host.example'
const JOBS_PREFIX = `admin-test-${randomUUID()}`
const tokenOf = (sub: string): string =>
  jwt.sign({ sub, iss: ISSUER, aud: 'parley' }, SECRET, { algorithm: 'HS256', expiresIn: 600 })

let api: TestApi
let ada: Actor
let bob: Actor
beforeAll(async () => {
  api = await startTestApi({
    API_NAME: 'api-under-test',
    HOST_JWT_SECRET: SECRET,
    HOST_JWT_ISSUER: ISSUER,
    OPERATORS: 'olga',
    JOBS_PREFIX,
  })
  ada = await api.guest('Ada')
  bob = await api.guest('Bob')
})
afterAll(() => api[Symbol.asyncDispose]())

const asOperator = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: tokenOf('olga'), ...(body !== undefined && { body }) })
const get = (path: string) => asOperator('GET', path)

async function explained(user: Actor, roomId: string) {
  const { body } = await get(`/v1/admin/unread/${user.id}/${roomId}`)
  const { data } = (await user.get('/v1/me/unread')).body
  const row = (data as { roomId: string }[]).find((one) => one.roomId === roomId)
  return { said: body.unread, told: row ?? { unread: 0, mentions: 0 } }
}

test('only who is named is told to be an operator', async () => {
  expect((await get('/v1/me')).body).toMatchObject({ user: { id: 'olga' }, operator: true })
  expect((await ada.get('/v1/me')).body).not.toHaveProperty('operator')
  const other = await api.call('GET', '/v1/admin/cluster', { token: tokenOf('olga ') })
  expect(other.status).toBeGreaterThanOrEqual(401)
  expect((await api.call('GET', '/v1/admin/cluster', { token: tokenOf('Olga') })).status).toBe(403)
})

test('a backend that acts for an operator is none', async () => {
  const body = { name: 'one', scopes: ['users:read', 'messages:write'] }
  const { token } = (await api.call('POST', '/v1/api-keys', { token: ROOT_API_KEY, body })).body
  const headers = { 'Parley-Act-As': 'olga' }
  expect((await api.call('GET', '/v1/me', { token, headers })).body).not.toHaveProperty('operator')
  expect((await api.call('GET', '/v1/admin/cluster', { token, headers })).status).toBe(403)
})

test('the API says how it is, and which rooms are hot', async () => {
  const room = await ada.createRoom({ name: 'Hot' })
  for (let i = 0; i < 3; i += 1) await ada.send(room.id, `message ${i}`)
  const hot = await eventually(async () => {
    const { rooms } = (await get('/v1/admin/rooms')).body
    const found = rooms.find(({ roomId }: { roomId: string }) => roomId === room.id)
    expect(found).toBeDefined()
    return found
  })
  expect(hot).toMatchObject({ name: 'Hot', members: 1, messages: 3, head: 5 })
  const { cluster } = (await get('/v1/admin/cluster')).body
  const mine = cluster.processes.find(({ name }: { name: string }) => name === 'api-under-test')
  expect(cluster.redis).toBe(true)
  expect(mine).toMatchObject({ kind: 'api', phase: 'serving', redis: true, mysql: true })
})

test('a room is looked at by its id, also when it is deleted', async () => {
  const room = await ada.createRoom({ name: 'Looked at', memberIds: [bob.id] })
  await ada.call('DELETE', `/v1/rooms/${room.id}`)
  const { body } = await get(`/v1/admin/rooms/${room.id}`)
  expect(body.room).toMatchObject({ name: 'Looked at', messages: 0 })
  expect(body.room.deletedAt).not.toBeNull()
  expect((await get(`/v1/admin/rooms/${randomUUID()}`)).status).toBe(404)
})

test('an unread count is explained, and the lines add up to what the reader is told', async () => {
  const carl = await api.guest('Carl')
  const room = await ada.createRoom({ memberIds: [bob.id, carl.id] })
  const path = `/v1/rooms/${room.id}`
  const first = await ada.send(room.id, 'read')
  await bob.call('PUT', `${path}/read`, { upTo: first })
  await bob.call('PUT', `/v1/me/blocks/${carl.id}`)
  const gone = await ada.send(room.id, 'deleted later')
  const root = await ada.send(room.id, 'one')
  await ada.send(room.id, 'in a thread', { threadId: root })
  await ada.send(room.id, 'for you', { mentions: [bob.id] })
  await carl.send(room.id, 'from somebody blocked')
  const own = await bob.send(room.id, 'mine')
  await bob.call('DELETE', `${path}/messages/${own}`)
  await bob.send(room.id, 'mine too')
  await ada.call('DELETE', `${path}/messages/${gone}`)
  const { said, told } = await explained(bob, room.id)
  expect(said).toMatchObject({
    isMember: true,
    readSeq: first,
    countsAfter: first,
    events: 9,
    notMessages: 2,
    uncounted: 0,
    counted: 7,
    own: 2,
    deleted: 1,
    unread: 4,
    mentions: 1,
    inThreads: 1,
    fromBlocked: 1,
  })
  expect(told).toMatchObject({ unread: said.unread, mentions: said.mentions })
  expect(said.told).toEqual({ unread: 4, mentions: 1 })
  const late = await explained(carl, room.id)
  expect(late.told).toMatchObject({ unread: late.said.unread })
  expect((await get(`/v1/admin/unread/${randomUUID()}/${room.id}`)).status).toBe(404)
})

test('who joined later counts only what they may see', async () => {
  const room = await ada.createRoom({ visibility: 'private', history: 'since-join' })
  await ada.send(room.id, 'before')
  await ada.call('PUT', `/v1/rooms/${room.id}/members/${bob.id}`)
  await ada.send(room.id, 'after')
  const { said, told } = await explained(bob, room.id)
  expect(said).toMatchObject({ unread: 1, counted: 1 })
  expect(said.visibleFrom).toBeGreaterThan(1)
  expect(told).toMatchObject({ unread: 1 })
  await ada.call('DELETE', `/v1/rooms/${room.id}/members/${bob.id}`)
  expect((await explained(bob, room.id)).said).toMatchObject({ isMember: false, told: null })
})

test('failed jobs are shown with their reason and tried again, and that is written down', async () => {
  const url = redisUrl()
  const logger = createLogger('t', 'silent')
  const redis = createPublisher({ url, name: 'admin-test', logger })
  const queue = new Queue('previews', { connection: redis, prefix: JOBS_PREFIX })
  await queue.waitUntilReady()
  const { id } = await queue.add('a job', {}, { attempts: 1 })
  const other = await queue.add('another', {})
  // As a worker that could not do it.
  const { Worker } = await import('bullmq')
  const connection = createQueueConnection({ url, name: 'admin-test', logger })
  const worker = new Worker('previews', null, { connection, prefix: JOBS_PREFIX })
  const taken = await worker.getNextJob('a-token')
  await taken?.moveToFailed(new Error('the reason'), 'a-token')
  await worker.close()
  connection.disconnect()
  const { work } = (await get('/v1/admin/jobs')).body
  const previews = work.queues.find(({ name }: { name: string }) => name === 'previews')
  expect(previews).toEqual({ name: 'previews', waiting: 1, active: 0, delayed: 0, failed: 1 })
  expect(work.failed).toMatchObject([{ queue: 'previews', id, reason: 'the reason', attempts: 1 }])
  const retry = (jobId = '', name = 'previews') =>
    asOperator('POST', `/v1/admin/jobs/${name}/${jobId}/retry`)
  expect((await retry(other.id)).body.code).toBe('CONFLICT')
  expect((await retry(id, 'no-such-queue')).body.code).toBe('NOT_FOUND')
  expect((await retry(id)).status).toBe(204)
  expect((await get('/v1/admin/jobs')).body.work.failed).toEqual([])
  await queue.obliterate({ force: true })
  await queue.close()
  connection.disconnect()
  redis.disconnect()
  const { data } = (await get('/v1/audit-log')).body
  expect(data.at(-1)).toMatchObject({
    actor: { id: 'olga', kind: 'user' },
    action: 'operator:acted',
    details: { route: 'POST /v1/admin/jobs/:queue/:jobId/retry', queue: 'previews', jobId: id },
  })
})
