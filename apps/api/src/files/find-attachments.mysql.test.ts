import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import sharp from 'sharp'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { upload } from '../testing/upload.ts'

let api: TestApi
let ada: Actor
let roomId: string
beforeAll(async () => {
  api = await startTestApi()
  ada = await api.guest('Ada')
  roomId = (await ada.createRoom()).id
})
afterAll(() => api[Symbol.asyncDispose]())

const post = (actor: Actor, body: object) =>
  actor.call('POST', `/v1/rooms/${roomId}/messages`, body)

test('a message carries its files, in their order, each once, also without a text', async () => {
  const one = await upload(api, ada, '1', { name: 'one.txt', type: 'text/plain' })
  const two = await upload(api, ada, '22', { name: 'two.txt' })
  const { status, body } = await post(ada, { attachments: [two.id, one.id, two.id] })
  expect(status).toBe(201)
  const [message] = await ada.messages(roomId)
  expect(message).toMatchObject({ seq: body.seq, text: null, attachments: [two, one] })
  const events = (await ada.get(`/v1/rooms/${roomId}/events`)).body.data
  expect(events.at(-1)).toMatchObject({
    type: 'message:created',
    data: { attachments: [two, one] },
  })
})

test('a retry answers the first one, also when the message is deleted by then', async () => {
  const { id } = await upload(api, ada, '1')
  const draft = { clientMsgId: randomUUID(), text: 'see', attachments: [id] }
  const first = await post(ada, draft)
  expect(await post(ada, draft)).toMatchObject({
    status: 201,
    body: { seq: first.body.seq, dup: true },
  })
  await ada.call('DELETE', `/v1/rooms/${roomId}/messages/${first.body.seq}`)
  expect(await post(ada, draft)).toMatchObject({
    status: 201,
    body: { seq: first.body.seq, dup: true },
  })
})

test('only files of one’s own, that were uploaded for messages and are there', async () => {
  const bob = await api.guest('Bob')
  await bob.join(roomId)
  const mine = await upload(api, ada, '1')
  const deleted = await upload(api, ada, '1')
  await ada.call('DELETE', `/v1/files/${deleted.id}`)
  const create = { width: 9, height: 9, channels: 3, background: 'red' } as const
  const png = await sharp({ create }).png().toBuffer()
  const avatar = await upload(api, ada, png, { query: '&purpose=avatar' })
  for (const [actor, id] of [
    [bob, mine.id],
    [ada, deleted.id],
    [ada, avatar.id],
    [ada, randomUUID()],
  ] as const) {
    expect(await post(actor, { text: 'see', attachments: [id] })).toMatchObject({
      status: 400,
      body: { code: 'INVALID', details: [{ path: 'attachments.0' }] },
    })
  }
  expect(await post(ada, { text: 'see', attachments: [mine.id, randomUUID()] })).toMatchObject({
    status: 400,
    body: { details: [{ path: 'attachments.1' }] },
  })
})

test('at most 30 of them', async () => {
  const ids = Array.from({ length: 31 }, () => randomUUID())
  expect((await post(ada, { attachments: ids })).status).toBe(400)
  expect((await post(ada, { attachments: [] })).status).toBe(400)
})

test('many at once', async () => {
  const bob = await api.guest('Bob')
  await bob.join(roomId)
  const ids: string[] = []
  for (let n = 0; n < 30; n += 1) ids.push((await upload(api, bob, `${n}`)).id)
  expect((await post(bob, { attachments: ids })).status).toBe(201)
  const message = (await bob.messages(roomId)).at(-1)
  expect(message?.attachments.map(({ id }) => id)).toEqual(ids)
})
