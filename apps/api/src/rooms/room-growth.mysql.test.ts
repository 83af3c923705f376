import { randomBytes, randomUUID } from 'node:crypto'
import { LIMITS } from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

const RATES = { ROOM_RATE_PER_MINUTE: '4', MEMBER_RATE_PER_MINUTE: '6' }

const newRoom = { name: 'A room', visibility: 'private' }
const makeRoom = (who: Actor, draft: object = {}, key?: string) =>
  who.call('POST', '/v1/rooms', { ...newRoom, ...draft }, key ? { 'idempotency-key': key } : {})
const openDm = (who: Actor, ...others: readonly Actor[]) =>
  who.call('POST', '/v1/dms', { userIds: others.map(({ id }) => id) })
const add = (who: Actor, roomId: string, other: Actor | 'me', role?: string) => {
  const path = `/v1/rooms/${roomId}/members/${other === 'me' ? 'me' : other.id}`
  return who.call('PUT', path, role === undefined ? {} : { role })
}

describe('how fast', () => {
  let api: TestApi
  let people: Actor[]
  beforeAll(async () => {
    api = await startTestApi(RATES)
    const names = Array.from({ length: 12 }, (_, n) => `Stranger ${n}`)
    people = await Promise.all(names.map((name) => api.guest(name)))
  })
  afterAll(() => api[Symbol.asyncDispose]())

  test('one person makes so many rooms a minute, conversations among them, and no more', async () => {
    const ada = await api.guest('Ada')
    const made = [await makeRoom(ada), await makeRoom(ada), await makeRoom(ada)]
    const dm = await openDm(ada, people[0]!)
    expect([...made, dm].map(({ status }) => status)).toEqual([201, 201, 201, 201])
    const refused = await makeRoom(ada)
    expect(refused.status).toBe(429)
    expect(refused.body).toMatchObject({
      code: 'RATE_LIMITED',
      details: { bucket: 'user-rooms', limit: 4, windowMs: 60_000 },
    })
    expect(refused.body.retryAfterMs).toBeGreaterThan(0)
    expect((await openDm(ada, people[1]!)).body.code).toBe('RATE_LIMITED')
    // What is there already makes nothing.
    expect((await openDm(ada, people[0]!)).body.room.id).toBe(dm.body.room.id)
    expect((await makeRoom(people[0]!)).status).toBe(201)
  })

  test('one person adds so many others a minute, in whatever way', async () => {
    const ada = await api.guest('Ada')
    const ids = people.slice(0, 3).map(({ id }) => id)
    const { body } = await makeRoom(ada, { memberIds: [...ids, ada.id] })
    expect((await openDm(ada, people[3]!, people[4]!)).status).toBe(201)
    expect((await add(ada, body.room.id, people[5]!)).status).toBe(200)
    const inWay = [
      await add(ada, body.room.id, people[6]!),
      await openDm(ada, people[6]!),
      await makeRoom(ada, { memberIds: [people[6]!.id] }),
    ]
    for (const { body: refusal } of inWay) {
      expect(refusal).toMatchObject({ code: 'RATE_LIMITED', details: { bucket: 'user-members' } })
    }
    // Of a member it changes nothing, or the role, and oneself nobody has to limit.
    expect((await add(ada, body.room.id, people[5]!)).status).toBe(200)
    expect((await add(ada, body.room.id, people[5]!, 'moderator')).body.member.role).toBe(
      'moderator',
    )
    const open = await people[7]!.createRoom()
    expect((await add(ada, open.id, 'me')).status).toBe(200)
  })

  test('a retry is answered with the room that it made, however fast it comes', async () => {
    const ada = await api.guest('Ada')
    const key = randomUUID()
    const first = await makeRoom(ada, {}, key)
    for (let n = 0; n < 3; n += 1) await makeRoom(ada)
    expect((await makeRoom(ada)).status).toBe(429)
    const again = await makeRoom(ada, {}, key)
    expect([again.status, again.body.room.id]).toEqual([201, first.body.room.id])
    // What was too fast has made nothing, and makes it later.
    expect((await makeRoom(ada, {}, randomUUID())).status).toBe(429)
  })

  test('a backend makes what it needs', async () => {
    const ada = await api.guest('Ada')
    const memberIds = people.map(({ id }) => id)
    for (let n = 0; n < 6; n += 1) {
      const { status } = await api.call('POST', '/v1/rooms', {
        token: ROOT_API_KEY,
        headers: { 'parley-act-as': ada.id },
        body: { ...newRoom, memberIds },
      })
      expect(status).toBe(201)
    }
  })
})

describe('how many', () => {
  let api: TestApi
  let full: Actor
  let ada: Actor

  async function fillUp(actor: Actor, rooms: number): Promise<void> {
    const ids = Array.from({ length: rooms }, () => randomBytes(16))
    const rows = (one: string): string => ids.map(() => one).join()
    await api.database.query(
      `INSERT INTO room (id, kind, visibility, history, created_by, created_at)
       VALUES ${rows("(?, 'room', 'private', 'all', 'nobody', UTC_TIMESTAMP(3))")}`,
      ids,
    )
    await api.database.query(
      `INSERT INTO room_head (room_id, head, last_msg_no, member_version, member_count)
       VALUES ${rows('(?, 1, 0, 1, 1)')}`,
      ids,
    )
    await api.database.query(
      `INSERT INTO room_member
         (room_id, user_id, role, joined_seq, visible_from, read_seq, joined_at)
       VALUES ${rows("(?, ?, 'member', 1, 1, 1, UTC_TIMESTAMP(3))")}`,
      ids.flatMap((id) => [id, actor.id]),
    )
  }

  beforeAll(async () => {
    api = await startTestApi()
    full = await api.guest('Full')
    ada = await api.guest('Ada')
    await fillUp(full, LIMITS.roomsPerUser)
    await fillUp(ada, LIMITS.roomsPerUser - 10)
  })
  afterAll(() => api[Symbol.asyncDispose]())

  test('nobody is added to more rooms than anybody may be in', async () => {
    const { id } = await ada.createRoom({ visibility: 'private' })
    const refused = [
      await add(ada, id, full),
      await makeRoom(ada, { memberIds: [full.id] }),
      await openDm(ada, full),
    ]
    for (const { status, body } of refused) {
      expect(status).toBe(422)
      expect(body).toMatchObject({ code: 'REJECTED', details: { userIds: [full.id] } })
    }
  })

  test('nor comes by themselves, but keeps what they have', async () => {
    const room = await ada.createRoom()
    expect((await add(full, room.id, 'me')).body.code).toBe('REJECTED')
    expect((await makeRoom(full)).body.code).toBe('REJECTED')
    const invite = await ada.call('POST', `/v1/rooms/${room.id}/invites`, {})
    const path = `/v1/invites/${invite.body.code}/accept`
    expect((await full.call('POST', path)).body.code).toBe('REJECTED')
    const [mine] = (await full.get('/v1/rooms?limit=1')).body.data
    expect((await add(full, mine.id, 'me')).status).toBe(200)
    // Whoever leaves one has room for another, and a room that was deleted counts no more.
    await full.leave(mine.id)
    expect((await full.call('POST', path)).status).toBe(200)
    expect((await add(full, (await ada.createRoom()).id, 'me')).body.code).toBe('REJECTED')
    await ada.call('DELETE', `/v1/rooms/${room.id}`)
    expect((await makeRoom(full)).status).toBe(201)
  })

  test('a backend is trusted with more', async () => {
    const { status } = await api.call('POST', '/v1/rooms', {
      token: ROOT_API_KEY,
      headers: { 'parley-act-as': ada.id },
      body: { ...newRoom, memberIds: [full.id] },
    })
    expect(status).toBe(201)
  })
})
