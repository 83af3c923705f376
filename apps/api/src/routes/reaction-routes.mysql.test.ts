import { LIMITS, type Message } from '@parley/message-schema'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let ada: Actor
let bob: Actor
let eve: Actor
let roomId: string
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api[Symbol.asyncDispose]())
beforeEach(async () => {
  ;[ada, bob, eve] = (await Promise.all(['Ada', 'Bob', 'Eve'].map(api.guest))) as [
    Actor,
    Actor,
    Actor,
  ]
  roomId = (await ada.createRoom()).id
  await bob.join(roomId)
})

const at = (seq: number, more = ''): string => `/v1/rooms/${roomId}/messages/${seq}${more}`
const message = async (who: Actor, seq: number): Promise<Message> =>
  (await who.get(at(seq))).body.message as Message
const react = async (who: Actor, seq: number, key: string, on = true) =>
  who.call(on ? 'PUT' : 'DELETE', at(seq, `/reactions/${encodeURIComponent(key)}`))

describe('reactions', () => {
  test('everybody is counted once a key, and one sees which are one’s own', async () => {
    const seq = await ada.send(roomId, 'hello')
    expect((await react(ada, seq, '👍')).body).toEqual({ seq: seq + 1 })
    await react(bob, seq, '👍')
    await react(bob, seq, 'party-parrot')
    const again = await react(bob, seq, '👍')
    expect([again.status, again.body]).toEqual([200, { seq: seq + 2 }])

    const { reactions } = await message(ada, seq)
    expect(reactions).toHaveLength(2)
    expect(reactions).toContainEqual({
      key: '👍',
      count: 2,
      userIds: [ada.id, bob.id].toSorted(),
      mine: true,
    })
    expect(reactions).toContainEqual({ key: 'party-parrot', count: 1, userIds: [bob.id] })
    const { body } = await ada.get(`/v1/rooms/${roomId}/events?after=${seq}`)
    expect(body.data).toMatchObject([
      { type: 'reaction:changed', ref: seq, actor: { id: ada.id }, data: { key: '👍', on: true } },
      { type: 'reaction:changed', ref: seq, actor: { id: bob.id }, data: { key: '👍', on: true } },
      { type: 'reaction:changed', ref: seq, data: { key: 'party-parrot', on: true } },
    ])
  })

  test('what is taken back is gone, and to take back what is not there changes nothing', async () => {
    const seq = await ada.send(roomId, 'hello')
    await react(ada, seq, '👍')
    expect((await react(ada, seq, '👍', false)).body).toEqual({ seq: seq + 2 })
    expect((await react(ada, seq, '👍', false)).body).toEqual({})
    expect((await message(ada, seq)).reactions).toEqual([])
  })

  test('a hundred at once are a hundred', async () => {
    const seq = await ada.send(roomId, 'hello')
    const crowd = await Promise.all(Array.from({ length: 100 }, (_, n) => api.guest(`guest ${n}`)))
    await Promise.all(crowd.map((one) => one.join(roomId)))
    await Promise.all(crowd.map((one) => react(one, seq, '🎉')))
    const [reaction] = (await message(ada, seq)).reactions
    expect(reaction).toMatchObject({ key: '🎉', count: 100 })
    expect(reaction?.userIds).toHaveLength(10)

    const seen: string[] = []
    for (let after = ''; ;) {
      const path = at(seq, `/reactions/${encodeURIComponent('🎉')}?limit=30${after}`)
      const { body } = await ada.get(path)
      seen.push(...body.data.map(({ userId }: { userId: string }) => userId))
      if (!body.page.hasMoreAfter) break
      after = `&after=${body.page.after}`
    }
    expect(seen).toEqual(crowd.map(({ id }) => id).toSorted())
  })

  test('a message has so many different ones and no more', async () => {
    const seq = await ada.send(roomId, 'hello')
    const keys = Array.from({ length: LIMITS.reactionKeysPerMessage }, (_, n) => `key${n}`)
    for (const key of keys) expect((await react(ada, seq, key)).status).toBe(200)
    const beyond = await react(bob, seq, 'another')
    expect([beyond.status, beyond.body.code]).toEqual([413, 'TOO_LARGE'])
    expect((await react(bob, seq, 'key3')).status).toBe(200)
  })

  test.each([' ', 'a b', 'x'.repeat(33), '\u0000', '%0A'])('%j is no key', async (key) => {
    const seq = await ada.send(roomId, 'hello')
    expect((await react(ada, seq, key)).status).toBe(key === '%0A' ? 200 : 400)
  })

  test('a deleted message has none, and takes none', async () => {
    const seq = await ada.send(roomId, 'hello')
    await react(bob, seq, '👍')
    await ada.call('DELETE', at(seq))
    expect((await react(bob, seq, '👍')).body.code).toBe('GONE')
    expect((await message(bob, seq)).reactions).toEqual([])
    const left = await api.database.query(
      "SELECT 1 FROM message_reaction WHERE room_id = UNHEX(REPLACE(?, '-', '')) AND seq = ?",
      [roomId, seq],
    )
    expect(left).toHaveLength(0)
  })

  test('a stranger neither reacts nor learns who did', async () => {
    const seq = await ada.send(roomId, 'hello')
    expect((await react(eve, seq, '👍')).body.code).toBe('NOT_MEMBER')
    expect((await eve.get(at(seq, '/reactions/x'))).body.code).toBe('NOT_MEMBER')
  })
})

describe('pins', () => {
  const pin = (who: Actor, seq: number, on = true) =>
    who.call(on ? 'PUT' : 'DELETE', at(seq, '/pin'))
  const pins = async (who: Actor): Promise<number[]> =>
    (await who.get(`/v1/rooms/${roomId}/pins`)).body.data.map(({ seq }: Message) => seq)

  test('the latest pinned is first; unpinning takes it away', async () => {
    const [one, two] = [await ada.send(roomId, 'one'), await ada.send(roomId, 'two')]
    await pin(ada, two)
    await pin(ada, one)
    expect(await pins(bob)).toEqual([one, two])
    expect((await message(bob, one)).pinned).toBe(true)
    await pin(ada, one, false)
    expect(await pins(bob)).toEqual([two])
    const { body } = await pin(ada, one, false)
    expect(body).toEqual({})
  })

  test('members do not pin in a room, and both do in a DM', async () => {
    const seq = await ada.send(roomId, 'one')
    const { status, body } = await pin(bob, seq)
    expect([status, body.code, body.details]).toEqual([
      403,
      'FORBIDDEN',
      { permission: 'message:pin' },
    ])
    roomId = (await ada.call('POST', '/v1/dms', { userIds: [bob.id] })).body.room.id as string
    const direct = await ada.send(roomId, 'hello')
    expect((await pin(bob, direct)).status).toBe(200)
  })

  test('a deleted message is no longer pinned', async () => {
    const seq = await ada.send(roomId, 'one')
    await pin(ada, seq)
    await ada.call('DELETE', at(seq))
    expect(await pins(ada)).toEqual([])
  })

  test('who came later to a room without its past sees no pins of it', async () => {
    roomId = (await ada.createRoom({ history: 'since-join' })).id
    const before = await ada.send(roomId, 'before')
    await pin(ada, before)
    await eve.join(roomId)
    const after = await ada.send(roomId, 'after')
    await pin(ada, after)
    expect(await pins(eve)).toEqual([after])
    expect(await pins(ada)).toEqual([after, before])
  })
})

describe('threads', () => {
  test('a thread is counted at its first message and read both ways', async () => {
    const root = await ada.send(roomId, 'root')
    const replies: number[] = []
    for (let n = 0; n < 5; n += 1) {
      await ada.send(roomId, 'elsewhere')
      replies.push(await bob.send(roomId, `reply ${n}`, { threadId: root }))
    }
    expect((await message(ada, root)).thread).toEqual({ replies: 5, lastSeq: replies[4] })
    const of = async (query: string) => {
      const { body } = await ada.get(at(root, `/replies?${query}`))
      return [
        body.data.map(({ seq }: Message) => seq),
        body.page.hasMoreBefore,
        body.page.hasMoreAfter,
      ]
    }
    expect(await of('')).toEqual([replies, false, false])
    expect(await of('limit=2')).toEqual([replies.slice(3), true, false])
    expect(await of(`limit=2&before=${replies[3]}`)).toEqual([replies.slice(1, 3), true, true])
    expect(await of(`limit=2&after=${replies[0]}`)).toEqual([replies.slice(1, 3), true, true])
    expect(await of('limit=3&after=0')).toEqual([replies.slice(0, 3), false, true])

    await bob.call('DELETE', at(replies[4] ?? 0))
    expect((await message(ada, root)).thread).toEqual({ replies: 4, lastSeq: replies[3] })
    // Of what was said in it the place is left, in history and in the log alike.
    expect(await message(ada, replies[4] ?? 0)).toMatchObject({ text: null, threadId: root })
    const { body: log } = await ada.get(`/v1/rooms/${roomId}/events?after=${(replies[4] ?? 0) - 1}`)
    expect(log.data[0].data).toEqual({ type: 'text', threadId: root, deleted: true })
  })

  test('a thread hangs on a message that is there and in no thread itself', async () => {
    const root = await ada.send(roomId, 'root')
    const reply = await ada.send(roomId, 'reply', { threadId: root })
    const post = (threadId: number) =>
      ada.call('POST', `/v1/rooms/${roomId}/messages`, { text: 'x', threadId })
    expect((await post(reply)).body).toMatchObject({ code: 'INVALID' })
    expect((await post(1)).body).toMatchObject({ code: 'INVALID' })
  })
})

describe('read state', () => {
  const read = (who: Actor, upTo: number, mode = 'forward') =>
    who.call('PUT', `/v1/rooms/${roomId}/read`, { upTo, mode })

  test('unread rooms are listed in one answer, those that name one first', async () => {
    const other = (await ada.createRoom()).id
    await bob.join(other)
    await ada.send(roomId, 'one')
    await ada.send(roomId, 'two', { silent: true })
    await ada.send(other, 'hey', { mentions: [bob.id] })
    const { body } = await bob.get('/v1/me/unread')
    expect(body.total).toEqual({ rooms: 2, unread: 3, mentions: 1 })
    expect(body.data).toMatchObject([
      { roomId: other, unread: 1, mentions: 1 },
      { roomId, unread: 2, mentions: 0 },
    ])
    expect((await ada.get('/v1/me/unread')).body.total).toEqual({
      rooms: 0,
      unread: 0,
      mentions: 0,
    })
  })

  test('everybody is mentioned by one row; whoever says it is not', async () => {
    await ada.send(roomId, 'all hands', { mentionAll: 'room' })
    expect((await bob.get('/v1/me/unread')).body.total).toMatchObject({ unread: 1, mentions: 1 })
    expect((await ada.get('/v1/me/unread')).body.total).toMatchObject({ unread: 0, mentions: 0 })
    const { body } = await bob.call('POST', `/v1/rooms/${roomId}/messages`, {
      text: 'me too',
      mentionAll: 'room',
    })
    expect(body).toMatchObject({
      code: 'FORBIDDEN',
      details: { permission: 'message:mention-all' },
    })
  })

  test('marking unread brings messages back, and forward does not', async () => {
    const first = await ada.send(roomId, 'one')
    const last = await ada.send(roomId, 'two')
    await read(bob, last)
    expect((await read(bob, first)).body).toMatchObject({ readSeq: last, unread: 0 })
    expect((await read(bob, first, 'set')).body).toMatchObject({ readSeq: first, unread: 1 })
  })

  test('in a small room one sees who has read a message', async () => {
    const seq = await ada.send(roomId, 'one')
    expect((await ada.get(at(seq, '/receipts'))).body).toEqual({
      readCount: 0,
      isMore: false,
      userIds: [],
    })
    await read(bob, seq)
    expect((await ada.get(at(seq, '/receipts'))).body).toMatchObject({ userIds: [bob.id] })
    const { body } = await ada.get(`/v1/rooms/${roomId}/receipts`)
    expect(body.mode).toBe('people')
    expect(body.data).toContainEqual({ userId: bob.id, readSeq: seq })
    await bob.call('PUT', '/v1/me/prefs', { privacy: { readReceipts: false } })
    expect((await ada.get(at(seq, '/receipts'))).body).toMatchObject({ readCount: 0, userIds: [] })
  })

  test('in a large one how many, counted up to a thousand', async () => {
    const seq = await ada.send(roomId, 'one')
    await api.database.query(
      `INSERT INTO room_member (room_id, user_id, role, joined_seq, visible_from, read_seq, joined_at)
       SELECT UNHEX(REPLACE(?, '-', '')), CONCAT('made-up-', seq), 'member', 1, 1, ?, NOW()
       FROM seq_1_to_1500`,
      [roomId, seq],
    )
    await api.database.query(
      "UPDATE room_head SET member_count = 1502 WHERE room_id = UNHEX(REPLACE(?, '-', ''))",
      [roomId],
    )
    expect((await ada.get(at(seq, '/receipts'))).body).toEqual({ readCount: 1_000, isMore: true })
    expect((await ada.get(`/v1/rooms/${roomId}/receipts`)).body).toMatchObject({
      mode: 'counts',
      data: [],
    })
  })
})

describe('in a room that shows only what was said since one came', () => {
  test('the edit of an older message tells of a new version, and not what it says', async () => {
    roomId = (await ada.createRoom({ history: 'since-join' })).id
    const before = await ada.send(roomId, 'secret')
    await eve.join(roomId)
    await ada.call('PATCH', at(before), { text: 'still secret' })
    const { body } = await eve.get(`/v1/rooms/${roomId}/events`)
    const updated = body.data.find(({ type }: { type: string }) => type === 'message:updated')
    expect(updated.data).toEqual({ version: 1, sealed: true })
    expect(JSON.stringify(body)).not.toContain('secret')
    expect((await eve.get(at(before))).status).toBe(404)
    expect((await message(ada, before)).text).toBe('still secret')
  })

  test('it does so too when the room shows everything to those who come from now on', async () => {
    roomId = (await ada.createRoom({ history: 'since-join' })).id
    const before = await ada.send(roomId, 'secret')
    await eve.join(roomId)
    await ada.call('PATCH', `/v1/rooms/${roomId}`, { history: 'all' })
    const after = await ada.send(roomId, 'known')
    expect((await eve.get(at(before))).status).toBe(404)
    await ada.call('PATCH', at(before), { text: 'still secret' })
    await ada.call('PATCH', at(after), { text: 'known to all' })
    const { body } = await eve.get(`/v1/rooms/${roomId}/events`)
    const updated = body.data.filter(({ type }: { type: string }) => type === 'message:updated')
    expect(updated.map(({ data }: { data: object }) => data)).toEqual([
      { version: 1, sealed: true },
      { version: 1, text: 'known to all' },
    ])
    expect(JSON.stringify(body)).not.toContain('secret')
  })
})
