import { randomUUID } from 'node:crypto'
import type { Room } from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let owner: Actor
let moderator: Actor
let member: Actor
let stranger: Actor
let banned: Actor

beforeAll(async () => {
  api = await startTestApi()
  const names = ['Olga', 'Mo', 'Mel', 'Stan', 'Ben']
  const guests = await Promise.all(names.map((name) => api.guest(name)))
  ;[owner, moderator, member, stranger, banned] = guests as [Actor, Actor, Actor, Actor, Actor]
})
afterAll(() => api[Symbol.asyncDispose]())

const soon = (ms = 3_600_000): string => new Date(Date.now() + ms).toISOString()
const key = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: ROOT_API_KEY, ...(body !== undefined && { body }) })

/** With an owner, a moderator and a member. */
async function aRoom(draft: Record<string, unknown> = {}): Promise<Room> {
  const room = await owner.createRoom(draft)
  const path = `/v1/rooms/${room.id}/members`
  await owner.call('PUT', `${path}/${moderator.id}`, { role: 'moderator' })
  await owner.call('PUT', `${path}/${member.id}`)
  return room
}
const send = (actor: Actor, roomId: string, text = 'hello', more: object = {}) =>
  actor.call('POST', `/v1/rooms/${roomId}/messages`, { clientMsgId: randomUUID(), text, ...more })
const codeOf = (answer: { body: { code?: string } }) => answer.body.code

describe('who may', () => {
  test('moderate and see it: moderators, and nobody else', async () => {
    const room = await aRoom({ visibility: 'private' })
    const path = `/v1/rooms/${room.id}`
    await owner.call('PUT', `${path}/members/${banned.id}`)
    expect((await moderator.call('PUT', `${path}/bans/${banned.id}`)).status).toBe(200)
    const routes = [
      ['GET', `${path}/bans`],
      ['PUT', `${path}/bans/${member.id}`],
      ['DELETE', `${path}/bans/${banned.id}`],
      ['GET', `${path}/mutes`],
      ['PUT', `${path}/mutes/${owner.id}`],
      ['DELETE', `${path}/mutes/${member.id}`],
      ['POST', `${path}/kicks`, { userId: owner.id }],
      ['GET', `${path}/audit`],
      ['GET', `/v1/moderation/queue?roomId=${room.id}`],
    ] as const
    for (const [method, route, body] of routes) {
      expect([route, (await member.call(method, route, body)).status]).toEqual([route, 403])
      expect([route, (await stranger.call(method, route, body)).status]).toEqual([route, 404])
      const atBanned = await banned.call(method, route, body)
      expect([route, codeOf(atBanned)]).toEqual([route, 'BANNED'])
      expect([route, (await api.call(method, route, { body })).status]).toEqual([route, 401])
    }
    // One acts on those of a lower role only, and not on oneself.
    for (const userId of [owner.id, moderator.id]) {
      expect((await moderator.call('PUT', `${path}/bans/${userId}`)).status).toBe(403)
    }
    expect((await moderator.call('PUT', `${path}/bans/nobody-here`)).status).toBe(404)
  })
})

describe('a ban', () => {
  test('ends the membership, reading, joining and inviting; and what it ended may begin anew', async () => {
    const room = await aRoom()
    const path = `/v1/rooms/${room.id}`
    await banned.join(room.id)
    const seq = await banned.send(room.id, 'first')
    const put = await moderator.call('PUT', `${path}/bans/${banned.id}`, { reason: 'spam' })
    expect(put.body).toEqual({ seq: expect.any(Number), until: null })

    for (const [method, route, body] of [
      ['GET', `${path}/messages`],
      ['GET', `${path}/messages/${seq}`],
      ['GET', `${path}/events`],
      ['GET', `${path}/members`],
      ['POST', `${path}/messages`, { clientMsgId: randomUUID(), text: 'still here' }],
      ['PATCH', `${path}/messages/${seq}`, { text: 'changed' }],
      ['DELETE', `${path}/messages/${seq}`],
      ['PUT', `${path}/read`, { upTo: 1 }],
      ['PUT', `${path}/members/${banned.id}`],
    ] as const) {
      const answer = await banned.call(method, route, body)
      expect([route, codeOf(answer)]).toEqual([route, 'BANNED'])
    }
    expect(
      (await banned.call('POST', '/v1/sync', { rooms: { [room.id]: 0 } })).body.rooms[room.id],
    ).not.toHaveProperty('events')

    const list = await moderator.get(`${path}/bans`)
    expect(list.body.data).toEqual([
      { userId: banned.id, username: null, displayName: 'Ben', until: null },
    ])
    // Again: it was so already.
    expect((await moderator.call('PUT', `${path}/bans/${banned.id}`)).body).toEqual({ until: null })

    const event = (await owner.get(`${path}/events?after=${put.body.seq - 1}`)).body.data[0]
    expect(event).toMatchObject({
      type: 'moderation:acted',
      actor: { id: moderator.id },
      data: { action: 'ban', userId: banned.id, reason: 'spam' },
    })
    const [entry] = (await moderator.get(`${path}/audit?limit=1`)).body.data
    expect(entry).toMatchObject({
      action: 'member:ban',
      actor: { id: moderator.id, kind: 'user' },
      targetId: banned.id,
      details: { reason: 'spam' },
    })

    expect((await moderator.call('DELETE', `${path}/bans/${banned.id}`)).status).toBe(200)
    expect((await moderator.get(`${path}/bans`)).body.data).toEqual([])
    await banned.join(room.id)
    expect((await send(banned, room.id)).status).toBe(201)
  })

  test('of somebody who never came keeps them out, and tells them nothing of a private room', async () => {
    const room = await aRoom({ visibility: 'private' })
    expect((await owner.call('PUT', `/v1/rooms/${room.id}/bans/${stranger.id}`)).status).toBe(200)
    expect((await stranger.get(`/v1/rooms/${room.id}/messages`)).status).toBe(404)
    const add = await owner.call('PUT', `/v1/rooms/${room.id}/members/${stranger.id}`)
    expect(codeOf(add)).toBe('BANNED')
  })

  test('ends by itself, by the clock of the transaction', async () => {
    const room = await aRoom()
    const path = `/v1/rooms/${room.id}`
    await banned.join(room.id)
    const { body } = await moderator.call('PUT', `${path}/bans/${banned.id}`, { forS: 3_600 })
    expect(new Date(body.until).getTime()).toBeGreaterThan(Date.now() + 3_500_000)
    expect(codeOf(await banned.call('PUT', `${path}/members/${banned.id}`))).toBe('BANNED')
    await api.database.query(
      'UPDATE room_member SET banned_until = ? WHERE banned_until IS NOT NULL',
      [new Date(Date.now() - 1)],
    )
    expect((await moderator.get(`${path}/bans`)).body.data).toEqual([])
    await banned.join(room.id)
  })

  test('takes one end, in the future', async () => {
    const room = await aRoom()
    const path = `/v1/rooms/${room.id}/bans/${member.id}`
    for (const body of [
      { until: '2001-01-01T00:00:00.000Z' },
      { until: soon(), forS: 5 },
      { forS: 0 },
      { until: 'tomorrow' },
    ]) {
      expect((await moderator.call('PUT', path, body)).status).toBe(400)
    }
  })
})

describe('a mute and a kick', () => {
  test('the muted one reads on, and says nothing', async () => {
    const room = await aRoom()
    const path = `/v1/rooms/${room.id}`
    const seq = await member.send(room.id, 'before')
    expect(
      (await moderator.call('PUT', `${path}/mutes/${member.id}`, { until: soon() })).status,
    ).toBe(200)
    expect(codeOf(await send(member, room.id))).toBe('MUTED')
    const edit = await member.call('PATCH', `${path}/messages/${seq}`, { text: 'after' })
    expect(codeOf(edit)).toBe('MUTED')
    expect((await member.get(`${path}/messages`)).status).toBe(200)
    expect((await moderator.get(`${path}/mutes`)).body.data).toMatchObject([{ userId: member.id }])
    expect((await moderator.call('DELETE', `${path}/mutes/${member.id}`)).status).toBe(200)
    expect((await send(member, room.id)).status).toBe(201)
  })

  test('the kicked one is no member, and may come back to a public room', async () => {
    const room = await aRoom()
    const path = `/v1/rooms/${room.id}`
    const kick = await moderator.call('POST', `${path}/kicks`, {
      userId: member.id,
      reason: 'calm',
    })
    expect(kick.status).toBe(200)
    expect(codeOf(await send(member, room.id))).toBe('NOT_MEMBER')
    expect(codeOf(await moderator.call('POST', `${path}/kicks`, { userId: member.id }))).toBe(
      'NOT_FOUND',
    )
    await member.join(room.id)
  })

  test('a backend moderates anywhere as the system, but in no conversation between people', async () => {
    const room = await aRoom()
    const act = (more: object) =>
      key('POST', '/v1/server/moderation/acts', { roomId: room.id, userId: member.id, ...more })
    expect((await act({ action: 'mute', forS: 60 })).status).toBe(200)
    expect(codeOf(await send(member, room.id))).toBe('MUTED')
    expect((await act({ action: 'unmute' })).status).toBe(200)
    expect((await act({ action: 'kick', forS: 60 })).status).toBe(400)
    const dm = await owner.call('POST', '/v1/dms', { userIds: [member.id] })
    expect((await act({ action: 'ban', roomId: dm.body.room.id })).status).toBe(403)
    expect(
      (await owner.call('POST', '/v1/server/moderation/acts', { roomId: room.id })).status,
    ).toBe(403)
  })
})

describe('reports', () => {
  const file = (actor: Actor, roomId: string, seq: number, more: object = {}) =>
    actor.call('POST', '/v1/reports', { roomId, seq, reason: 'abuse', ...more })
  const settle = (actor: Actor, id: string, body: object) =>
    actor.call('POST', `/v1/reports/${id}/settle`, body)
  const queueOf = async (actor: Actor, query = '') =>
    (await actor.get(`/v1/moderation/queue${query}`)).body.data

  test('are made by who can see the message, once, and keep nothing of it', async () => {
    const room = await aRoom({ visibility: 'private' })
    const seq = await owner.send(room.id, 'something bad')
    const first = await file(member, room.id, seq, { note: 'look' })
    expect(first.status).toBe(201)
    expect(first.body.report).toMatchObject({
      roomId: room.id,
      seq,
      reason: 'abuse',
      status: 'open',
    })
    const again = await file(member, room.id, seq, { reason: 'spam' })
    expect(again.body.report).toEqual(first.body.report)
    expect((await file(stranger, room.id, seq)).status).toBe(404)
    expect((await file(owner, room.id, seq)).status).toBe(403)
    expect((await file(member, room.id, 9_999)).status).toBe(404)
    expect((await file(member, room.id, 1)).status).toBe(404)
    expect(await queueOf(moderator, `?roomId=${room.id}`)).toMatchObject([
      { seq, reporterId: member.id, note: 'look', message: { text: 'something bad' } },
    ])
    await owner.call('DELETE', `/v1/rooms/${room.id}/messages/${seq}`)
    const [queued] = await queueOf(moderator, `?roomId=${room.id}`)
    expect(queued.message).toMatchObject({ text: null, deletedAt: expect.any(String) })
    expect(codeOf(await file(moderator, room.id, seq))).toBe('GONE')
    const stored = JSON.stringify(await api.database.query('SELECT note, reason FROM report'))
    expect(stored).not.toContain('something bad')
  })

  test('of what one could not read are shown without the message', async () => {
    const room = await aRoom({ history: 'since-join' })
    const seq = await member.send(room.id, 'before they came')
    expect((await file(owner, room.id, seq)).status).toBe(201)
    await stranger.join(room.id)
    await owner.call('PATCH', `/v1/rooms/${room.id}/members/${stranger.id}`, { role: 'moderator' })
    const [queued] = await queueOf(stranger, `?roomId=${room.id}`)
    expect(queued).toMatchObject({ seq, message: null })
    expect((await file(stranger, room.id, seq)).status).toBe(404)
    await owner.call('POST', `/v1/rooms/${room.id}/kicks`, { userId: stranger.id })
  })

  test('one’s own messages are neither seen nor settled by oneself', async () => {
    const room = await aRoom()
    const seq = await moderator.send(room.id, 'I may do everything')
    const { report } = (await file(member, room.id, seq)).body
    expect(await queueOf(moderator, `?roomId=${room.id}`)).toEqual([])
    expect((await settle(moderator, report.id, { action: 'dismiss' })).status).toBe(403)
    expect(await queueOf(owner, `?roomId=${room.id}`)).toHaveLength(1)
  })

  test('settling acts, once: the first wins, and its repeat is one', async () => {
    const room = await aRoom()
    await banned.join(room.id)
    const seq = await banned.send(room.id, 'spam')
    const { report } = (await file(member, room.id, seq)).body
    await file(owner, room.id, seq)
    expect((await settle(member, report.id, { action: 'dismiss' })).status).toBe(403)
    expect((await settle(stranger, report.id, { action: 'dismiss' })).status).toBe(404)

    const answers = await Promise.all([
      settle(moderator, report.id, { action: 'delete' }),
      settle(owner, report.id, { action: 'ban', reason: 'spam' }),
      settle(moderator, report.id, { action: 'delete' }),
    ])
    const [deleted, ban] = answers
    expect([deleted?.status, ban?.status].toSorted()).toEqual([200, 409])
    const winner = deleted?.status === 200 ? 'delete' : 'ban'
    const { messages, bans } = {
      messages: await owner.messages(room.id),
      bans: (await owner.get(`/v1/rooms/${room.id}/bans`)).body.data,
    }
    expect(messages.find((one) => one.seq === seq)?.text).toBe(winner === 'delete' ? null : 'spam')
    expect(bans).toHaveLength(winner === 'delete' ? 0 : 1)
    const repeat = await settle(winner === 'delete' ? moderator : owner, report.id, {
      action: winner,
    })
    expect(repeat.body.report).toMatchObject({ status: 'settled', outcome: winner })
    // Both reports of the message are settled.
    expect(await queueOf(owner, `?roomId=${room.id}`)).toEqual([])
    expect(await queueOf(owner, `?roomId=${room.id}&status=settled`)).toHaveLength(2)
    const audit = (await owner.get(`/v1/rooms/${room.id}/audit`)).body.data
    expect(audit.filter((one: { action: string }) => one.action === 'report:settled')).toHaveLength(
      1,
    )
  })

  test('what may not be done leaves the report open', async () => {
    const room = await aRoom()
    const seq = await owner.send(room.id, 'I am the owner')
    const { report } = (await file(member, room.id, seq)).body
    expect((await settle(moderator, report.id, { action: 'ban' })).status).toBe(403)
    expect(await queueOf(moderator, `?roomId=${room.id}`)).toHaveLength(1)
    expect((await settle(moderator, report.id, { action: 'delete', forS: 3 })).status).toBe(400)
    // Gone already is as good as deleted.
    await owner.call('DELETE', `/v1/rooms/${room.id}/messages/${seq}`)
    expect((await settle(moderator, report.id, { action: 'delete' })).status).toBe(200)
  })

  test('of all my rooms, in pages; and of every room for a backend, conversations too', async () => {
    const [one, two] = [await aRoom(), await aRoom()]
    const dm = (await owner.call('POST', '/v1/dms', { userIds: [member.id] })).body.room as Room
    for (const room of [one, two, dm]) {
      const seq = await owner.send(room.id, 'reported')
      expect((await file(member, room.id, seq)).status).toBe(201)
    }
    const rooms = new Set([one.id, two.id])
    const mine = (await queueOf(moderator, '?limit=100')) as { roomId: string }[]
    expect(mine.filter(({ roomId }) => rooms.has(roomId))).toHaveLength(2)
    expect(mine.some(({ roomId }) => roomId === dm.id)).toBe(false)
    const first = (await moderator.get('/v1/moderation/queue?limit=1')).body
    expect(first.page.hasMoreAfter).toBe(true)
    const next = await queueOf(moderator, `?limit=1&after=${first.page.after}`)
    expect(next[0].id > first.data[0].id).toBe(true)
    expect(await queueOf(stranger)).toEqual([])

    const all = await key('GET', `/v1/server/moderation/queue?roomId=${dm.id}`)
    expect(all.body.data).toHaveLength(1)
    const [{ id }] = all.body.data
    const done = await key('POST', `/v1/server/reports/${id}/settle`, { action: 'delete' })
    expect(done.body.report).toMatchObject({ outcome: 'delete', settledBy: 'root' })
    expect((await settle(owner, id, { action: 'dismiss' })).status).toBe(403)
  })

  test('are not made too fast', async () => {
    const fast = await api.guest('Fast')
    const codes = await Promise.all(
      Array.from({ length: 25 }, async () => codeOf(await file(fast, randomUUID(), 1))),
    )
    expect(codes.filter((code) => code === 'RATE_LIMITED').length).toBeGreaterThanOrEqual(4)
  })
})
