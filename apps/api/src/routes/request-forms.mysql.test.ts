import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
let owner: Actor
let admin: Actor
let member: Actor
let stranger: Actor
beforeAll(async () => {
  api = await startTestApi()
  const names = ['Olga', 'Ann', 'Mel', 'Stan']
  const guests = await Promise.all(names.map((name) => api.guest(name)))
  ;[owner, admin, member, stranger] = guests as [Actor, Actor, Actor, Actor]
})
afterAll(() => api[Symbol.asyncDispose]())

/** With an owner, an admin and a member. */
async function aRoom(draft: object = {}): Promise<string> {
  const { id } = await owner.createRoom({ visibility: 'private', ...draft })
  await owner.call('PUT', `/v1/rooms/${id}/members/${admin.id}`, { role: 'admin' })
  await owner.call('PUT', `/v1/rooms/${id}/members/${member.id}`)
  return id
}
const key = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: ROOT_API_KEY, ...(body !== undefined && { body }) })
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString()

describe('PUT of a member who is there', () => {
  test('sets the role that is named, with the rights of PATCH, and nothing without one', async () => {
    const id = await aRoom()
    const put = (by: Actor, who: Actor, body?: object) =>
      by.call('PUT', `/v1/rooms/${id}/members/${who.id}`, body)
    expect((await put(owner, member, { role: 'moderator' })).body.member.role).toBe('moderator')
    expect((await put(owner, member)).body.member.role).toBe('moderator')
    expect((await put(admin, member, { role: 'guest' })).body.member.role).toBe('guest')
    expect((await put(admin, owner, { role: 'member' })).body).toMatchObject({
      status: 403,
      message: 'This person’s role is not below yours.',
    })
    expect((await put(member, admin, { role: 'member' })).body.code).toBe('FORBIDDEN')
    expect((await put(member, member, { role: 'admin' })).status).toBe(403)
    expect((await put(admin, member, { role: 'no-such-role' })).status).toBe(400)
    expect((await put(owner, owner, { role: 'member' })).body.code).toBe('CONFLICT')
    expect((await put(stranger, member, { role: 'member' })).status).toBe(404)

    const { head } = (await owner.get(`/v1/rooms/${id}`)).body.room
    expect((await put(owner, owner, { role: 'owner' })).status).toBe(200)
    expect((await put(owner, member, { role: 'guest' })).body.member.role).toBe('guest')
    expect((await owner.get(`/v1/rooms/${id}`)).body.room.head).toBe(head)
  })

  test('`me` is the caller, and no user is called so', async () => {
    const id = await aRoom({ visibility: 'public' })
    const path = `/v1/rooms/${id}/members/me`
    const joined = await stranger.call('PUT', path)
    expect([joined.status, joined.body.member.userId]).toEqual([200, stranger.id])
    expect((await stranger.get(path)).body.member.userId).toBe(stranger.id)
    expect((await admin.call('PATCH', path, { role: 'member' })).body.member.role).toBe('member')
    expect((await stranger.call('DELETE', path)).status).toBe(204)
    expect((await stranger.get(path)).body.code).toBe('NOT_MEMBER')
    for (const name of ['me', '@room', '@here']) {
      const made = await key('PUT', `/v1/users/${name}`, { displayName: 'Me' })
      expect([name, made.body.code]).toEqual([name, 'CONFLICT'])
    }
  })

  test('who is out already may be removed again, and who is nobody is not found', async () => {
    const id = await aRoom()
    const remove = (by: Actor, who: string) => by.call('DELETE', `/v1/rooms/${id}/members/${who}`)
    expect((await remove(owner, stranger.id)).status).toBe(204)
    expect((await remove(owner, 'nobody-1')).body.code).toBe('NOT_FOUND')
    expect((await remove(member, 'nobody-1')).body.code).toBe('FORBIDDEN')
    expect((await remove(member, 'me')).status).toBe(204)
    expect((await remove(member, 'me')).status).toBe(204)
  })
})

describe('room settings', () => {
  const settings = {
    history: 'since-join',
    slowModeS: 7,
    retentionDays: 30,
    roleOverrides: { member: { deny: ['message:attach'] } },
  }

  test('are taken by themselves and among `settings`, by POST and by PATCH', async () => {
    for (const draft of [settings, { settings }, { ...settings, settings }]) {
      expect((await owner.createRoom(draft)).settings).toEqual(settings)
      const { id } = await owner.createRoom()
      const changed = await owner.call('PATCH', `/v1/rooms/${id}`, draft)
      expect(changed.body.room.settings).toEqual(settings)
    }
  })

  test('one Idempotency-Key makes one room in either form', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const base = { name: 'Once', visibility: 'private' }
    const create = (more: object) => owner.call('POST', '/v1/rooms', { ...base, ...more }, headers)
    const first = await create({ settings })
    expect((await create(settings)).body.room.id).toBe(first.body.room.id)
    expect((await create({ slowModeS: 8 })).body.code).toBe('IDEMPOTENCY_MISMATCH')
  })

  test('that contradict each other are refused where they do', async () => {
    const body = { slowModeS: 5, settings: { slowModeS: 6 } }
    const id = await aRoom()
    for (const answer of [
      await owner.call('PATCH', `/v1/rooms/${id}`, body),
      await owner.call('POST', '/v1/rooms', { name: 'x', visibility: 'public', ...body }),
    ]) {
      expect(answer.body).toMatchObject({
        code: 'INVALID',
        details: [{ path: 'settings.slowModeS' }],
      })
    }
    const none = await owner.call('PATCH', `/v1/rooms/${id}`, { settings: {} })
    expect(none.body.code).toBe('INVALID')
  })

  test('an archived room is brought back and changed by one command', async () => {
    const id = await aRoom()
    const patch = (by: Actor, change: object) => by.call('PATCH', `/v1/rooms/${id}`, change)
    expect((await patch(owner, { archived: true, frozen: true })).status).toBe(200)
    expect((await patch(owner, { frozen: false })).body.code).toBe('ROOM_ARCHIVED')
    const still = await patch(owner, { archived: true, frozen: false })
    expect(still.body.code).toBe('ROOM_ARCHIVED')
    expect((await patch(member, { archived: false, frozen: false })).body.code).toBe('FORBIDDEN')
    const back = await patch(owner, { archived: false, frozen: false, name: 'Back' })
    expect(back.body.room).toMatchObject({ archived: false, frozen: false, name: 'Back' })
  })
})

describe('invites', () => {
  test('end after so many seconds or at a time, and are links for a week by themselves', async () => {
    const id = await aRoom()
    const invite = (body?: object) => owner.call('POST', `/v1/rooms/${id}/invites`, body)
    for (const body of [undefined, {}]) {
      const made = await invite(body)
      expect([made.status, made.body.invite.role]).toEqual([201, 'member'])
      expect(made.body.code).toBeTypeOf('string')
      const { createdAt, expiresAt } = made.body.invite
      expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(7 * 86_400_000)
    }
    const expiresAt = soon(86_400_000)
    expect((await invite({ expiresAt })).body.invite.expiresAt).toBe(expiresAt)
    for (const body of [
      { expiresAt, expiresInS: 60 },
      { expiresAt: soon(-1_000) },
      { expiresAt: soon(31 * 86_400_000) },
    ]) {
      const { body: refusal } = await invite(body)
      expect(refusal).toMatchObject({ code: 'INVALID', details: [{ path: 'expiresAt' }] })
    }
  })
})

describe('conversations', () => {
  test('a new group takes a name, a conversation of two has none', async () => {
    const ask = (userIds: string[], name?: string) =>
      owner.call('POST', '/v1/dms', { userIds, ...(name !== undefined && { name }) })
    const group = await ask([admin.id, member.id], ' Three ')
    expect(group.body.room).toMatchObject({ kind: 'group', name: 'Three' })
    const again = await ask([admin.id, member.id], 'Other')
    expect(again.body.room).toMatchObject({ id: group.body.room.id, name: 'Three' })
    const two = await ask([admin.id], 'Two')
    expect(two.body).toMatchObject({ code: 'INVALID', details: [{ path: 'name' }] })
  })
})

test('preferences without anything change nothing', async () => {
  await owner.call('PUT', '/v1/me/prefs', { privacy: { typing: false } })
  for (const body of [{}, { privacy: {} }]) {
    const { status, body: answer } = await owner.call('PUT', '/v1/me/prefs', body)
    expect([status, answer.prefs.privacy.typing]).toEqual([200, false])
  }
})

describe('moderation', () => {
  test('answers what its spec says, and bans and mutes for ever without a body', async () => {
    const id = await aRoom()
    const path = `/v1/rooms/${id}`
    for (const [what, who] of [
      ['mutes', member],
      ['bans', stranger],
    ] as const) {
      const at = `${path}/${what}/${who.id}`
      expect((await owner.call('PUT', at)).body).toEqual({
        seq: expect.any(Number),
        until: null,
      })
      expect((await owner.call('DELETE', at)).body).toEqual({ seq: expect.any(Number) })
      expect((await owner.call('DELETE', at)).body).toEqual({})
      expect((await owner.call('PUT', at, {})).body.until).toBeNull()
      const timed = await owner.call('PUT', at, { forS: 60 })
      expect(Date.parse(timed.body.until)).toBeGreaterThan(Date.now())
      const until = soon(3_600_000)
      expect((await owner.call('PUT', at, { until })).body.until).toBe(until)
      const both = await owner.call('PUT', at, { until, forS: 60 })
      expect([both.status, both.body.code]).toEqual([400, 'INVALID'])
    }
    const kick = await owner.call('POST', `${path}/kicks`, { userId: member.id })
    expect(kick.body).toEqual({ seq: expect.any(Number) })
  })

  test('a refusal over rank says so', async () => {
    const id = await aRoom()
    const path = `/v1/rooms/${id}`
    for (const [method, at, body] of [
      ['PUT', `/bans/${owner.id}`],
      ['PUT', `/mutes/${owner.id}`],
      ['POST', '/kicks', { userId: owner.id }],
      ['DELETE', `/members/${owner.id}`],
      ['PATCH', `/members/${owner.id}`, { role: 'member' }],
      ['PUT', `/members/${owner.id}`, { role: 'member' }],
    ] as const) {
      const answer = await admin.call(method, `${path}${at}`, body)
      expect([at, answer.status, answer.body.message]).toEqual([
        at,
        403,
        'This person’s role is not below yours.',
      ])
    }
  })
})

describe('messages', () => {
  test('`@room` and `@here` are everybody, whatever form a retry has', async () => {
    const id = await aRoom()
    const send = (more: object) =>
      owner.call('POST', `/v1/rooms/${id}/messages`, { text: 'All!', ...more })
    const clientMsgId = randomUUID()
    const first = await send({ clientMsgId, mentions: ['@room', member.id] })
    const again = await send({ clientMsgId, mentions: [member.id], mentionAll: 'room' })
    expect(again.body).toMatchObject({ seq: first.body.seq, dup: true })
    // As a gateway passes on what came by the socket.
    const bySocket = await api.call('POST', '/internal/commands', {
      token: 'internal-token-of-a-test',
      body: {
        commands: [
          {
            kind: 'message:send',
            actor: { id: owner.id, kind: 'user' },
            roomId: id,
            clientMsgId,
            text: 'All!',
            mentions: ['@here', '@room', member.id],
          },
        ],
      },
    })
    expect(bySocket.body.results).toMatchObject([{ ok: true, data: { seq: first.body.seq } }])
    const asServer = await key('POST', '/v1/server/messages', {
      roomId: id,
      as: { kind: 'user', id: owner.id },
      text: 'Who is here?',
      mentions: ['@here'],
    })
    const messages = await owner.messages(id)
    expect(messages.find(({ seq }) => seq === first.body.seq)).toMatchObject({
      mentions: [member.id],
      mentionAll: 'room',
    })
    expect(messages.find(({ seq }) => seq === asServer.body.seq)).toMatchObject({
      mentions: [],
      mentionAll: 'here',
    })
    // It needs the same right.
    const overrides = { roleOverrides: { member: { deny: ['message:mention-all'] } } }
    expect((await owner.call('PATCH', `/v1/rooms/${id}`, overrides)).status).toBe(200)
    const refused = await member.call('POST', `/v1/rooms/${id}/messages`, {
      text: 'me too',
      mentions: ['@here'],
    })
    expect(refused.body).toMatchObject({ details: { permission: 'message:mention-all' } })
  })

  test('what they refer to and is not there is INVALID, with the field', async () => {
    const id = await aRoom()
    for (const [path, more] of [
      ['replyTo', { replyTo: 999 }],
      ['threadId', { threadId: 999 }],
    ] as const) {
      const answer = await owner.call('POST', `/v1/rooms/${id}/messages`, { text: 'x', ...more })
      expect(answer.body).toMatchObject({ code: 'INVALID', details: [{ path }] })
    }
  })
})
