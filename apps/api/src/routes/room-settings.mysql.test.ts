import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const guests = (...names: string[]): Promise<Actor[]> =>
  Promise.all(names.map((name) => api.guest(name)))
const patch = (by: Actor, room: string, change: object) =>
  by.call('PATCH', `/v1/rooms/${room}`, change)
const setRole = (by: Actor, room: string, who: Actor, role: string) =>
  by.call('PATCH', `/v1/rooms/${room}/members/${who.id}`, { role })
const block = (by: Actor, who: Actor) =>
  api.database.query('INSERT INTO user_block (user_id, blocked_id) VALUES (?, ?)', [by.id, who.id])

describe('changing a room', () => {
  test('what is named is changed, told in the log, and answered; the rest stays', async () => {
    const ada = await api.guest('Ada')
    const { id, head } = await ada.createRoom({ topic: 'Old' })
    const change = {
      name: ' New  ',
      avatarUrl: 'https://example.com/a.png',
      visibility: 'private',
      history: 'since-join',
      slowModeS: 30,
      retentionDays: 90,
      roleOverrides: { member: { deny: ['message:attach'] } },
    }
    const { status, body } = await patch(ada, id, change)
    expect(status).toBe(200)
    expect(body.room).toMatchObject({
      name: 'New',
      topic: 'Old',
      avatarUrl: change.avatarUrl,
      visibility: 'private',
      settings: {
        history: 'since-join',
        slowModeS: 30,
        retentionDays: 90,
        roleOverrides: change.roleOverrides,
      },
      head: head + 1,
      frozen: false,
      archived: false,
    })
    const { data } = (await ada.get(`/v1/rooms/${id}/events?after=${head}`)).body
    expect(data).toMatchObject([{ type: 'room:updated', data: { ...change, name: 'New' } }])

    // The same again is no event.
    expect((await patch(ada, id, change)).body.room.head).toBe(head + 1)
  })

  test('bad input is refused with what is wrong', async () => {
    const ada = await api.guest('Ada')
    const { id } = await ada.createRoom()
    for (const change of [
      {},
      { name: null },
      { name: '   ' },
      { color: 'red' },
      { avatarUrl: 'javascript:alert(1)' },
      { slowModeS: 3_601 },
      { retentionDays: 0 },
      { deleted: true },
      { roleOverrides: { owner: { deny: ['room:delete'] } } },
      { roleOverrides: { 'no-such-role': { allow: ['message:pin'] } } },
      { roleOverrides: { member: { allow: ['everything'] } } },
    ]) {
      const { status, body } = await patch(ada, id, change)
      expect([JSON.stringify(change), status, body.code]).toEqual([
        JSON.stringify(change),
        400,
        'INVALID',
      ])
    }
  })

  test('each field needs its own permission, and all are changed or none', async () => {
    const [owner, mod, member] = (await guests('Owner', 'Mod', 'Member')) as [Actor, Actor, Actor]
    const { id } = await owner.createRoom({ name: 'Before' })
    await mod.join(id)
    await member.join(id)
    await setRole(owner, id, mod, 'moderator')
    expect((await patch(member, id, { topic: 'mine' })).body.code).toBe('FORBIDDEN')
    expect((await patch(mod, id, { frozen: true, name: 'After' })).body).toMatchObject({
      code: 'FORBIDDEN',
      details: { permission: 'room:update' },
    })
    expect((await owner.get(`/v1/rooms/${id}`)).body.room).toMatchObject({
      name: 'Before',
      frozen: false,
    })
    expect((await patch(mod, id, { frozen: true })).status).toBe(200)
    expect((await member.call('POST', `/v1/rooms/${id}/messages`, { text: 'x' })).body.code).toBe(
      'ROOM_FROZEN',
    )
    expect((await mod.call('POST', `/v1/rooms/${id}/messages`, { text: 'x' })).status).toBe(201)
  })

  test('an archived room stands still until it is brought back, and is listed apart', async () => {
    const [owner, member] = (await guests('Owner', 'Member')) as [Actor, Actor]
    const { id } = await owner.createRoom()
    await member.join(id)
    expect((await patch(owner, id, { archived: true })).body.room.archived).toBe(true)
    const late = await api.guest('Late')
    const refused = [
      await member.call('POST', `/v1/rooms/${id}/messages`, { text: 'x' }),
      await patch(owner, id, { name: 'Other' }),
      await setRole(owner, id, member, 'admin'),
      await late.call('PUT', `/v1/rooms/${id}/members/${late.id}`),
      await owner.call('POST', `/v1/rooms/${id}/invites`, {}),
    ]
    expect(refused.map(({ body }) => body.code)).toEqual(Array(5).fill('ROOM_ARCHIVED'))
    const ids = async (query: string): Promise<string[]> =>
      (await member.get(`/v1/rooms?${query}`)).body.data.map((room: { id: string }) => room.id)
    expect(await ids('')).toEqual([])
    expect(await ids('archived=1')).toEqual([id])
    expect(await ids('scope=public&archived=1')).toContain(id)
    expect(await ids('scope=public')).not.toContain(id)
    expect((await patch(owner, id, { archived: false })).status).toBe(200)
    expect(await ids('')).toEqual([id])
  })

  test('what roles may do in a room can be overridden, below one’s own and with what one has', async () => {
    const [owner, admin, member] = (await guests('Owner', 'Admin', 'Member')) as [
      Actor,
      Actor,
      Actor,
    ]
    const { id } = await owner.createRoom()
    await admin.join(id)
    await member.join(id)
    await setRole(owner, id, admin, 'admin')
    const override = (by: Actor, roleOverrides: object) => patch(by, id, { roleOverrides })
    expect((await override(member, { guest: { deny: ['message:send'] } })).status).toBe(403)
    expect((await override(admin, { admin: { allow: ['room:delete'] } })).status).toBe(403)
    expect((await override(admin, { member: { allow: ['room:delete'] } })).status).toBe(403)
    const given = { member: { allow: ['message:pin'], deny: ['members:invite'] } }
    expect((await override(admin, given)).status).toBe(200)
    const { permissions } = (await member.get(`/v1/rooms/${id}`)).body.room.me
    expect(permissions).toContain('message:pin')
    expect(permissions).not.toContain('members:invite')
    expect((await override(owner, { admin: { deny: ['room:archive'] } })).status).toBe(200)
    expect((await patch(admin, id, { archived: true })).body.code).toBe('FORBIDDEN')
    expect((await patch(owner, id, { roleOverrides: null })).status).toBe(200)
    expect((await patch(admin, id, { archived: true })).status).toBe(200)
  })

  test('of a group anybody in it changes the name, of a DM nobody anything', async () => {
    const [ada, bob, cid] = (await guests('Ada', 'Bob', 'Cid')) as [Actor, Actor, Actor]
    const open = async (others: Actor[]): Promise<string> =>
      (await ada.call('POST', '/v1/dms', { userIds: others.map((one) => one.id) })).body.room.id
    const [dm, group] = [await open([bob]), await open([bob, cid])]
    expect((await patch(bob, group, { name: 'Us', topic: null })).body.room.name).toBe('Us')
    expect((await patch(bob, group, { name: null })).body.room.name).toBeNull()
    expect((await patch(bob, group, { visibility: 'public' })).status).toBe(403)
    expect((await patch(bob, dm, { name: 'Us' })).status).toBe(403)
    expect((await bob.call('DELETE', `/v1/rooms/${dm}`)).status).toBe(403)
    expect((await ada.get(`/v1/rooms/${dm}`)).body.room.me).toMatchObject({
      role: 'member',
      permissions: expect.arrayContaining(['message:pin', 'message:mention-all']),
    })
  })
})

describe('deleting a room', () => {
  test('only who may, and then it is there for nobody', async () => {
    const [owner, admin, member] = (await guests('Owner', 'Admin', 'Member')) as [
      Actor,
      Actor,
      Actor,
    ]
    const { id } = await owner.createRoom()
    await admin.join(id)
    await member.join(id)
    await setRole(owner, id, admin, 'admin')
    const { code } = (await owner.call('POST', `/v1/rooms/${id}/invites`, {})).body
    const remove = (by: Actor) => by.call('DELETE', `/v1/rooms/${id}`)
    expect((await remove(admin)).status).toBe(403)
    expect((await remove(owner)).status).toBe(204)
    expect((await remove(owner)).status).toBe(404)
    for (const by of [owner, member]) {
      const answers = await Promise.all([
        by.get(`/v1/rooms/${id}`),
        by.get(`/v1/rooms/${id}/members`),
        by.get(`/v1/rooms/${id}/messages`),
        by.get(`/v1/rooms/${id}/events`),
        by.call('POST', `/v1/rooms/${id}/messages`, { text: 'x' }),
        by.call('PUT', `/v1/rooms/${id}/members/${by.id}`),
        by.call('DELETE', `/v1/rooms/${id}/members/${by.id}`),
        by.get(`/v1/invites/${code}`),
        by.call('POST', `/v1/invites/${code}/accept`),
      ])
      expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(404))
      expect((await by.get('/v1/rooms')).body.data).toEqual([])
      const { data } = (await by.get('/v1/rooms?scope=public')).body
      expect(data.map((room: { id: string }) => room.id)).not.toContain(id)
      const sync = (await by.call('POST', '/v1/sync', {})).body
      expect(sync.rooms[id]).toBeUndefined()
    }
  })
})

describe('creating', () => {
  test('with members and settings from the beginning', async () => {
    const [ada, bob, cid] = (await guests('Ada', 'Bob', 'Cid')) as [Actor, Actor, Actor]
    const room = await ada.createRoom({
      avatarUrl: 'https://example.com/a.png',
      memberIds: [bob.id, cid.id, bob.id, ada.id],
      settings: {
        history: 'since-join',
        slowModeS: 10,
        retentionDays: 7,
        roleOverrides: { member: { deny: ['message:react'] } },
      },
    })
    expect(room).toMatchObject({
      memberCount: 3,
      avatarUrl: 'https://example.com/a.png',
      settings: {
        history: 'since-join',
        slowModeS: 10,
        retentionDays: 7,
        roleOverrides: { member: { deny: ['message:react'] } },
      },
      features: { typing: true, readReceipts: 'people', notifyAll: true },
      me: { role: 'owner', mutedUntil: null, notify: 'mentions' },
    })
    const bobs = (await bob.get(`/v1/rooms/${room.id}`)).body.room
    expect(bobs.me.permissions).not.toContain('message:react')
    expect((await bob.get(`/v1/rooms/${room.id}/events`)).body.data[0].data).toMatchObject({
      slowModeS: 10,
      retentionDays: 7,
    })
  })

  test('everybody named has to exist, and must not have blocked who asks', async () => {
    const [ada, bob] = (await guests('Ada', 'Bob')) as [Actor, Actor]
    await block(bob, ada)
    const create = (memberIds: string[], more: object = {}) =>
      ada.call('POST', '/v1/rooms', { name: 'x', visibility: 'private', memberIds, ...more })
    expect((await create(['nobody', bob.id])).body.details).toEqual({ userIds: ['nobody'] })
    expect((await create([bob.id])).body).toMatchObject({
      code: 'BLOCKED',
      details: { userIds: [bob.id] },
    })
    expect((await create(Array.from({ length: 101 }, () => randomUUID()))).status).toBe(400)
    const settings = { roleOverrides: { 'no-such-role': {} } }
    expect((await create([], { settings })).body.code).toBe('INVALID')
  })
})

describe('blocks', () => {
  test('no new conversation with who has blocked one, and the one that is there stays', async () => {
    const [ada, bob, cid] = (await guests('Ada', 'Bob', 'Cid')) as [Actor, Actor, Actor]
    const open = (by: Actor, ...others: Actor[]) =>
      by.call('POST', '/v1/dms', { userIds: others.map((one) => one.id) })
    const first = await open(ada, bob)
    await block(bob, ada)
    await block(cid, ada)
    expect((await open(ada, bob)).body.room.id).toBe(first.body.room.id)
    expect((await open(ada, cid)).body.code).toBe('BLOCKED')
    expect((await open(ada, bob, cid)).body.code).toBe('BLOCKED')
    // Who blocks may still ask.
    expect((await open(cid, ada)).status).toBe(201)
  })

  test('nobody is added to a room, or invited, by whom they have blocked', async () => {
    const [ada, bob] = (await guests('Ada', 'Bob')) as [Actor, Actor]
    await block(bob, ada)
    const { id } = await ada.createRoom()
    const add = await ada.call('PUT', `/v1/rooms/${id}/members/${bob.id}`)
    const invite = await ada.call('POST', `/v1/rooms/${id}/invites`, { userId: bob.id })
    expect([add.body.code, invite.body.code]).toEqual(['BLOCKED', 'BLOCKED'])
    await bob.join(id)
  })
})
