import { ADAPTER_KEY, userChannel } from '@parley/message-schema'
import { eventually, redisUrl } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type Answer, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const guests = (...names: string[]): Promise<Actor[]> =>
  Promise.all(names.map((name) => api.guest(name)))
const invite = (by: Actor, room: string, draft: object = {}) =>
  by.call('POST', `/v1/rooms/${room}/invites`, draft)
const accept = (by: Actor, code: string) => by.call('POST', `/v1/invites/${code}/accept`)
const setRole = (by: Actor, room: string, who: Actor, role: string) =>
  by.call('PATCH', `/v1/rooms/${room}/members/${who.id}`, { role })
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status)

async function privateRoom() {
  const [owner, member, stranger] = (await guests('Owner', 'Member', 'Stranger')) as [
    Actor,
    Actor,
    Actor,
  ]
  const { id } = await owner.createRoom({ name: 'Engines', visibility: 'private' })
  await owner.join(id, member.id)
  return { id, owner, member, stranger }
}

describe('by a code', () => {
  test('whoever has it sees what it is for, and comes in; its hash alone is kept', async () => {
    const { id, owner, stranger } = await privateRoom()
    const made = await invite(owner, id)
    expect(made.status).toBe(201)
    expect(made.body.code).toMatch(/^[A-Za-z0-9_-]{22}$/u)
    expect(made.body.invite).toMatchObject({
      roomId: id,
      userId: null,
      role: 'member',
      createdBy: owner.id,
      maxUses: null,
      uses: 0,
    })
    const days = (Date.parse(made.body.invite.expiresAt) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(7)
    const rows = await api.database.query('SELECT * FROM room_invite')
    expect(JSON.stringify(rows)).not.toContain(made.body.code)

    const preview = await stranger.get(`/v1/invites/${made.body.code}`)
    expect(preview.body.invite).toMatchObject({
      room: { id, name: 'Engines', memberCount: 2 },
      inviter: { id: owner.id, displayName: 'Owner' },
      role: 'member',
      isMember: false,
    })
    const joined = await accept(stranger, made.body.code)
    expect(joined.body.room).toMatchObject({ id, memberCount: 3, me: { role: 'member' } })
    expect((await stranger.get(`/v1/invites/${made.body.code}`)).body.invite.isMember).toBe(true)
  })

  test('for a member it changes nothing and uses nothing up, also when it is over', async () => {
    const { id, owner, member, stranger } = await privateRoom()
    const { code, invite: made } = (await invite(owner, id, { maxUses: 1 })).body
    expect(statuses([await accept(member, code), await accept(stranger, code)])).toEqual([200, 200])
    expect((await accept(stranger, code)).status).toBe(200)
    const late = await api.guest('Late')
    expect((await accept(late, code)).body.code).toBe('GONE')
    expect((await late.get(`/v1/invites/${code}`)).body.code).toBe('GONE')
    const [row] = await api.database.query('SELECT uses FROM room_invite WHERE id = ?', [
      Buffer.from(made.id.replaceAll('-', ''), 'hex'),
    ])
    expect(row.uses).toBe(1)
  })

  test('of twenty who come at once by one for ten, ten come in', async () => {
    const { id, owner } = await privateRoom()
    const { code } = (await invite(owner, id, { maxUses: 10 })).body
    const people = await guests(...Array.from({ length: 20 }, (_, i) => `g${i}`))
    const answers = await Promise.all(people.map((who) => accept(who, code)))
    expect(statuses(answers).toSorted()).toEqual([
      ...Array.from({ length: 10 }, () => 200),
      ...Array.from({ length: 10 }, () => 410),
    ])
    expect((await owner.get(`/v1/rooms/${id}`)).body.room.memberCount).toBe(12)
  })

  test('a code that is none is none, and not for long', async () => {
    const { stranger } = await privateRoom()
    const none = 'A'.repeat(22)
    expect((await accept(stranger, 'short')).body.code).toBe('INVALID')
    const answers = []
    for (let i = 0; i < 21; i += 1) answers.push(await stranger.get(`/v1/invites/${none}`))
    expect(statuses(answers)).toEqual([...Array.from({ length: 20 }, () => 404), 429])
    expect((await accept(stranger, none)).body).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: expect.any(Number),
    })
  })

  test('it ends when its time is over', async () => {
    const { id, owner, stranger } = await privateRoom()
    const { code, invite: made } = (await invite(owner, id, { expiresInS: 60 })).body
    await api.database.query('UPDATE room_invite SET expires_at = UTC_TIMESTAMP(3) WHERE id = ?', [
      Buffer.from(made.id.replaceAll('-', ''), 'hex'),
    ])
    expect((await accept(stranger, code)).body.code).toBe('GONE')
    expect((await owner.get(`/v1/rooms/${id}/invites`)).body.data).toEqual([])
    for (const draft of [{ expiresInS: 59 }, { expiresInS: 2_592_001 }, { maxUses: 0 }, { a: 1 }]) {
      expect((await invite(owner, id, draft)).status).toBe(400)
    }
  })

  test('who is banned does not come in by it', async () => {
    const { id, owner, member, stranger } = await privateRoom()
    const { code } = (await invite(owner, id)).body
    for (const who of [member, stranger]) {
      await owner.call('PUT', `/v1/rooms/${id}/bans/${who.id}`, {})
    }
    expect((await accept(member, code)).body.code).toBe('BANNED')
    expect((await member.get(`/v1/invites/${code}`)).body.code).toBe('BANNED')
    // Who never was in a private room is told of nothing.
    expect((await accept(stranger, code)).body.code).toBe('NOT_FOUND')
    expect((await stranger.get(`/v1/invites/${code}`)).body.code).toBe('NOT_FOUND')
  })
})

describe('who may', () => {
  test('members invite members; for more one needs to be above it', async () => {
    const { id, owner, member, stranger } = await privateRoom()
    const admin = await api.guest('Admin')
    await owner.call('PUT', `/v1/rooms/${id}/members/${admin.id}`, { role: 'admin' })
    expect((await invite(stranger, id)).status).toBe(404)
    expect((await invite(member, id)).status).toBe(201)
    expect((await invite(member, id, { role: 'moderator' })).status).toBe(403)
    expect((await invite(admin, id, { role: 'admin' })).status).toBe(403)
    expect((await invite(owner, id, { role: 'owner' })).status).toBe(403)
    expect((await invite(owner, id, { role: 'no-such-role' })).status).toBe(400)
    const { code } = (await invite(admin, id, { role: 'moderator' })).body
    expect((await accept(stranger, code)).body.room.me.role).toBe('moderator')
    await setRole(owner, id, member, 'guest')
    expect((await invite(member, id)).body).toMatchObject({
      code: 'FORBIDDEN',
      details: { permission: 'members:invite' },
    })
  })

  test('an invite is worth what its maker may do now', async () => {
    const { id, owner, member, stranger } = await privateRoom()
    const { code } = (await invite(member, id)).body
    const asked = async (): Promise<[string, string]> => [
      (await stranger.get(`/v1/invites/${code}`)).body.code,
      (await accept(stranger, code)).body.code,
    ]
    await setRole(owner, id, member, 'guest')
    expect(await asked()).toEqual(['GONE', 'GONE'])
    await setRole(owner, id, member, 'member')
    await member.leave(id)
    expect(await asked()).toEqual(['GONE', 'GONE'])
    await owner.join(id, member.id)
    expect((await accept(stranger, code)).status).toBe(200)
  })

  test('of a conversation between people there are none', async () => {
    const [ada, bob] = (await guests('Ada', 'Bob')) as [Actor, Actor]
    const dm = (await ada.call('POST', '/v1/dms', { userIds: [bob.id] })).body.room.id
    expect((await invite(ada, dm)).status).toBe(403)
  })

  test('one sees and revokes one’s own; who may add members sees and revokes all', async () => {
    const { id, owner, member, stranger } = await privateRoom()
    const hers = (await invite(member, id)).body
    const his = (await invite(owner, id)).body
    const list = async (by: Actor, query = ''): Promise<string[]> =>
      (await by.get(`/v1/rooms/${id}/invites${query}`)).body.data.map(
        (one: { id: string }) => one.id,
      )
    expect(await list(member)).toEqual([hers.invite.id])
    expect(await list(owner)).toEqual([his.invite.id, hers.invite.id])
    expect(await list(owner, `?after=${his.invite.id}`)).toEqual([hers.invite.id])
    expect(JSON.stringify((await owner.get(`/v1/rooms/${id}/invites`)).body)).not.toContain(
      hers.code,
    )
    const revoke = (by: Actor, which: string) =>
      by.call('DELETE', `/v1/rooms/${id}/invites/${which}`)
    expect((await revoke(member, his.invite.id)).status).toBe(404)
    expect((await revoke(stranger, hers.invite.id)).status).toBe(404)
    expect((await revoke(owner, hers.invite.id)).status).toBe(204)
    expect((await revoke(owner, hers.invite.id)).status).toBe(404)
    expect((await accept(stranger, hers.code)).body.code).toBe('GONE')
  })

  test('nobody comes in after it was revoked, however close', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id, owner } = await privateRoom()
      const { code, invite: made } = (await invite(owner, id)).body
      const people = await guests('1', '2', '3')
      const later = await api.guest('Later')
      const revoke = owner
        .call('DELETE', `/v1/rooms/${id}/invites/${made.id}`)
        .then(() => accept(later, code))
      const [last] = await Promise.all([revoke, ...people.map((who) => accept(who, code))])
      expect(last.body.code).toBe('GONE')
    }
  })
})

describe('of one person', () => {
  test('they are told of it on their devices, and nobody is told of one by a code', async () => {
    const { id, owner, member, stranger } = await privateRoom()
    const redis = new Redis(redisUrl())
    const heard: string[] = []
    redis.on('pmessage', (_pattern, channel: string, packed: string) =>
      heard.push(`${channel} ${packed}`),
    )
    await redis.psubscribe(`${ADAPTER_KEY}*`)
    // Others test in this Redis at the same time.
    const ofRoom = () => heard.filter((text) => text.includes(id))
    await invite(owner, id)
    const made = await invite(owner, id, { userId: stranger.id })
    expect(made.status).toBe(201)
    await invite(owner, id, { userId: (await api.guest('Last')).id })
    await eventually(() => expect(ofRoom().length).toBeGreaterThanOrEqual(2))
    redis.disconnect()
    const [first, ...others] = ofRoom()
    expect(others).toHaveLength(1)
    const channel = first?.split(' ')[0]
    expect(channel).toContain(userChannel(stranger.id))
    for (const part of ['room:invited', made.body.invite.id as string, owner.id]) {
      expect(first).toContain(part)
    }
    expect(ofRoom().join()).not.toContain(userChannel(member.id))
  })

  test('they see it, and come or decline; nobody else does', async () => {
    const { id, owner, stranger } = await privateRoom()
    const made = (await invite(owner, id, { userId: stranger.id, role: 'guest' })).body
    expect(made.code).toBeUndefined()
    const mine = async (who: Actor) => (await who.get('/v1/me/invites')).body.data
    expect(await mine(stranger)).toMatchObject([
      {
        id: made.invite.id,
        room: { id, name: 'Engines' },
        inviter: { id: owner.id },
        role: 'guest',
      },
    ])
    const other = await api.guest('Other')
    const answer = (who: Actor, what: string, which = made.invite.id) =>
      who.call('POST', `/v1/me/invites/${which}/${what}`)
    expect(await mine(other)).toEqual([])
    expect((await answer(other, 'accept')).status).toBe(404)
    expect((await answer(other, 'decline')).status).toBe(404)
    expect((await answer(stranger, 'accept')).body.room.me.role).toBe('guest')
    expect((await answer(stranger, 'accept')).status).toBe(200)
    expect(await mine(stranger)).toEqual([])

    await stranger.leave(id)
    const second = (await invite(owner, id, { userId: stranger.id })).body.invite
    expect((await answer(stranger, 'decline', second.id)).status).toBe(204)
    expect((await answer(stranger, 'decline', second.id)).status).toBe(204)
    expect((await answer(stranger, 'accept', second.id)).body.code).toBe('GONE')
    expect(await mine(stranger)).toEqual([])
  })

  test('a new one replaces the one before', async () => {
    const { id, owner, stranger } = await privateRoom()
    await invite(owner, id, { userId: stranger.id })
    const second = (await invite(owner, id, { userId: stranger.id })).body.invite
    const { data } = (await stranger.get('/v1/me/invites')).body
    expect(data.map((one: { id: string }) => one.id)).toEqual([second.id])
  })

  test('somebody who is there, is in it already, is banned or does not exist', async () => {
    const { id, owner, member, stranger } = await privateRoom()
    await owner.call('PUT', `/v1/rooms/${id}/bans/${stranger.id}`, {})
    const codes = await Promise.all(
      [{ userId: member.id }, { userId: stranger.id }, { userId: 'nobody' }].map(
        async (draft) => (await invite(owner, id, draft)).body.code,
      ),
    )
    expect(codes).toEqual(['CONFLICT', 'BANNED', 'NOT_FOUND'])
    expect((await invite(owner, id, { userId: stranger.id, maxUses: 2 })).status).toBe(400)
  })
})
