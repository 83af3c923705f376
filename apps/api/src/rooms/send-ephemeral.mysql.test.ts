import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let owner: Actor
let member: Actor
let other: Actor
let stranger: Actor
let roomId: string
beforeAll(async () => {
  api = await startTestApi({ ROOT_API_KEY })
  owner = await api.guest('Owner')
  member = await api.guest('Member')
  other = await api.guest('Other')
  stranger = await api.guest('Stranger')
  roomId = (await owner.createRoom({ visibility: 'private' })).id
  await owner.join(roomId, member.id)
  await owner.join(roomId, other.id)
})
afterAll(() => api[Symbol.asyncDispose]())

const show = (actor: Actor, userId: string, more: object = { text: 'For you' }) =>
  actor.call('POST', `/v1/rooms/${roomId}/ephemeral`, { userId, ...more })

test('who moderates shows something to a member, and nothing is stored', async () => {
  const before = (await owner.get(`/v1/rooms/${roomId}`)).body.room.head
  const answer = await show(owner, member.id)
  expect([answer.status, answer.body]).toEqual([202, {}])
  expect((await show(owner, member.id, { payload: { card: 1 } })).status).toBe(202)
  expect((await owner.get(`/v1/rooms/${roomId}`)).body.room.head).toBe(before)
  expect(await member.messages(roomId)).toEqual([])
})

test('others may not, and for strangers there is no such room', async () => {
  expect((await show(member, other.id)).body.code).toBe('FORBIDDEN')
  expect((await show(stranger, member.id)).body.code).toBe('NOT_FOUND')
  expect((await show(owner, stranger.id)).body.code).toBe('NOT_FOUND')
  expect((await show(owner, member.id, {})).body.code).toBe('INVALID')
  expect((await show(owner, member.id, { text: ' ' })).body.code).toBe('INVALID')
})

test('a backend shows as a bot or as the system', async () => {
  const call = (body: object, token = ROOT_API_KEY) =>
    api.call('POST', '/v1/server/ephemeral', { token, body })
  const draft = { roomId, userId: member.id, text: 'Slow down' }
  expect((await call({ ...draft, as: { kind: 'system' } })).status).toBe(202)
  expect((await call({ ...draft, as: { kind: 'bot', id: 'robot' } })).status).toBe(202)
  const elsewhere = await call({ ...draft, userId: stranger.id, as: { kind: 'system' } })
  expect(elsewhere.body.code).toBe('NOT_FOUND')
  const asUser = await call({ ...draft, as: { kind: 'system' } }, owner.session.accessToken)
  expect(asUser.body.code).toBe('FORBIDDEN')
})
