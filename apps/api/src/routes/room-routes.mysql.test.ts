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
const countRooms = async (): Promise<number> =>
  (await api.database.query('SELECT COUNT(*) AS n FROM room'))[0].n

describe('creating', () => {
  test('the creator owns the room', async () => {
    const ada = await api.guest('Ada')
    const room = await ada.createRoom({
      name: '  Engines ',
      topic: 'Analytical',
      history: 'since-join',
    })
    expect(room).toMatchObject({
      kind: 'room',
      name: 'Engines',
      topic: 'Analytical',
      memberCount: 1,
      features: { typing: true },
      settings: { history: 'since-join' },
      me: { role: 'owner', unread: 0, mentions: 0 },
    })
    expect(room.head).toBeGreaterThan(0)
  })

  test('one Idempotency-Key makes one room, however often and however fast', async () => {
    const ada = await api.guest('Ada')
    const before = await countRooms()
    const body = { name: 'Once', visibility: 'public' }
    const key = { 'idempotency-key': randomUUID() }
    const create = () => ada.call('POST', '/v1/rooms', body, key)
    const all = [...(await Promise.all(Array.from({ length: 10 }, create))), await create()]
    expect(new Set(all.map((answer) => answer.status))).toEqual(new Set([201]))
    expect(new Set(all.map((answer) => answer.body.room.id)).size).toBe(1)
    expect((await countRooms()) - before).toBe(1)

    const other = await ada.call('POST', '/v1/rooms', { ...body, name: 'Another' }, key)
    expect([other.status, other.body.code]).toEqual([409, 'IDEMPOTENCY_MISMATCH'])
    const bob = await api.guest('Bob')
    const hers = await bob.call('POST', '/v1/rooms', body, key)
    expect(hers.body.room.id).not.toBe(all[0]?.body.room.id)
  })

  test('a first try that died after claiming its key is completed by the retry', async () => {
    const ada = await api.guest('Ada')
    const key = randomUUID()
    const body = { name: 'Half done', visibility: 'public' }
    const first = await ada.call('POST', '/v1/rooms', body, { 'idempotency-key': key })
    const id = Buffer.from(first.body.room.id.replaceAll('-', ''), 'hex')
    for (const table of ['room', 'room_head', 'room_member', 'room_event']) {
      const column = table === 'room' ? 'id' : 'room_id'
      await api.database.query(`DELETE FROM ${table} WHERE ${column} = ?`, [id])
    }
    const retry = await ada.call('POST', '/v1/rooms', body, { 'idempotency-key': key })
    expect([retry.status, retry.body.room.id]).toEqual([201, first.body.room.id])
  })
})

describe('conversations', () => {
  test('twenty people asking at once for the same conversation are given one', async () => {
    const [ada, bob] = (await guests('Ada', 'Bob')) as [Actor, Actor]
    const ask = (index: number) => {
      const [from, to] = index % 2 === 0 ? [ada, bob] : [bob, ada]
      return from.call('POST', '/v1/dms', { userIds: [to.id, to.id, from.id] })
    }
    const all = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(index)))
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201))
    expect(new Set(all.map(({ body }) => body.room.id)).size).toBe(1)
    expect(all[0]?.body.room).toMatchObject({
      kind: 'dm',
      name: null,
      visibility: 'private',
      memberCount: 2,
      peers: [{ id: bob.id, displayName: 'Bob' }],
      me: { role: 'member' },
    })
  })

  test('three are a group, which one may leave and come back to by asking again', async () => {
    const [ada, bob, cid] = (await guests('Ada', 'Bob', 'Cid')) as [Actor, Actor, Actor]
    const ask = (from: Actor, others: Actor[]) =>
      from.call('POST', '/v1/dms', { userIds: others.map(({ id }) => id) })
    const { room } = (await ask(ada, [bob, cid])).body
    expect(room).toMatchObject({ kind: 'group', memberCount: 3 })
    await bob.leave(room.id)
    expect((await bob.get(`/v1/rooms/${room.id}`)).status).toBe(404)
    const again = await ask(bob, [cid, ada])
    expect(again.body.room).toMatchObject({ id: room.id, memberCount: 3 })
  })

  test('nobody is added to a conversation, removed from it, or leaves one of two', async () => {
    const [ada, bob, cid] = (await guests('Ada', 'Bob', 'Cid')) as [Actor, Actor, Actor]
    const dm = (await ada.call('POST', '/v1/dms', { userIds: [bob.id] })).body.room.id
    const group = (await ada.call('POST', '/v1/dms', { userIds: [bob.id, cid.id] })).body.room.id
    const put = await ada.call('PUT', `/v1/rooms/${dm}/members/${cid.id}`)
    const leave = await ada.call('DELETE', `/v1/rooms/${dm}/members/${ada.id}`)
    const remove = await ada.call('DELETE', `/v1/rooms/${group}/members/${cid.id}`)
    expect([put.status, leave.status, remove.status]).toEqual([403, 403, 403])
  })

  test('everybody named has to exist, and there has to be somebody else', async () => {
    const ada = await api.guest('Ada')
    const unknown = await ada.call('POST', '/v1/dms', { userIds: ['nobody-1', ada.id] })
    expect([unknown.status, unknown.body.details]).toEqual([404, { userIds: ['nobody-1'] }])
    const alone = await ada.call('POST', '/v1/dms', { userIds: [ada.id] })
    expect([alone.status, alone.body.code]).toEqual([400, 'INVALID'])
  })
})

describe('members', () => {
  const put = (by: Actor, room: string, who: string, role?: string) =>
    by.call('PUT', `/v1/rooms/${room}/members/${who}`, role === undefined ? undefined : { role })

  test('nobody makes their equals but the owner, and nobody removes them', async () => {
    const [owner, admin, mod, member] = (await guests('o', 'a', 'm', 'x')) as [
      Actor,
      Actor,
      Actor,
      Actor,
    ]
    const { id } = await owner.createRoom({ visibility: 'private' })
    expect((await put(owner, id, admin.id, 'admin')).body.member.role).toBe('admin')
    expect((await put(admin, id, mod.id, 'admin')).status).toBe(403)
    expect((await put(admin, id, mod.id, 'moderator')).status).toBe(200)
    expect((await put(mod, id, member.id, 'moderator')).status).toBe(403)
    expect((await put(mod, id, member.id, 'owner')).status).toBe(403)
    expect((await put(owner, id, member.id, 'no-such-role')).status).toBe(400)
    expect((await put(mod, id, member.id)).body.member).toMatchObject({ role: 'member' })
    const remove = (by: Actor, who: Actor) => by.call('DELETE', `/v1/rooms/${id}/members/${who.id}`)
    expect((await remove(mod, admin)).status).toBe(403)
    expect((await remove(admin, owner)).status).toBe(403)
    expect((await remove(admin, mod)).status).toBe(204)
    expect((await remove(admin, mod)).status).toBe(204)
    expect((await owner.get(`/v1/rooms/${id}`)).body.room.memberCount).toBe(3)
  })

  test('joining twice changes nothing, and nobody comes in as more than a member', async () => {
    const [owner, ada] = (await guests('Owner', 'Ada')) as [Actor, Actor]
    const { id } = await owner.createRoom()
    expect((await put(ada, id, ada.id, 'admin')).status).toBe(403)
    const first = await put(ada, id, ada.id)
    const second = await put(ada, id, ada.id)
    // A role that is named is asked for, and not passed over.
    expect((await put(ada, id, ada.id, 'admin')).body.code).toBe('FORBIDDEN')
    expect([first.status, second.status]).toEqual([200, 200])
    expect(second.body.member).toEqual(first.body.member)
    expect((await owner.get(`/v1/rooms/${id}`)).body.room.memberCount).toBe(2)
    expect((await put(owner, id, 'nobody')).status).toBe(404)
  })

  test('who was removed from a private room does not come back alone', async () => {
    const [owner, ada] = (await guests('Owner', 'Ada')) as [Actor, Actor]
    const { id } = await owner.createRoom({ visibility: 'private' })
    await owner.join(id, ada.id)
    await owner.leave(id, ada.id)
    expect((await put(ada, id, ada.id)).status).toBe(403)
    const stranger = await api.guest('Stranger')
    expect((await put(stranger, id, stranger.id)).status).toBe(404)
  })

  test('the list is read to its end, each member once', async () => {
    const owner = await api.guest('Owner')
    const { id } = await owner.createRoom()
    const all = await guests(...Array.from({ length: 9 }, (_, i) => `m${i}`))
    for (const actor of all) await actor.join(id)
    const seen: string[] = []
    for (let after = ''; ;) {
      const { body } = await owner.get(`/v1/rooms/${id}/members?limit=4${after}`)
      seen.push(...body.data.map(({ userId }: { userId: string }) => userId))
      if (!body.page.hasMoreAfter) break
      after = `&after=${encodeURIComponent(body.page.after)}`
    }
    expect(seen).toEqual([owner.id, ...all.map((actor) => actor.id)].toSorted())
  })
})

describe('lists of rooms', () => {
  async function readAll(actor: Actor, query: string): Promise<string[]> {
    const seen: string[] = []
    for (let after = ''; ;) {
      const { status, body } = await actor.get(`/v1/rooms?limit=3&${query}${after}`)
      expect(status).toBe(200)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      if (!body.page.hasMoreAfter) return seen
      after = `&after=${body.page.after}`
    }
  }

  test('mine come latest joined first, each once, with what I have not read', async () => {
    const [ada, bob] = (await guests('Ada', 'Bob')) as [Actor, Actor]
    const rooms: string[] = []
    for (let i = 0; i < 8; i += 1) {
      const { id } = await bob.createRoom({ name: `Room ${i}`, visibility: 'private' })
      await bob.join(id, ada.id)
      rooms.unshift(id)
    }
    await ada.leave(rooms[7] ?? '')
    await bob.send(rooms[0] ?? '', 'one', { mentions: [ada.id] })
    const two = await bob.send(rooms[0] ?? '', 'two')
    await ada.send(rooms[0] ?? '', 'mine')
    await bob.send(rooms[0] ?? '', 'three')
    await bob.call('DELETE', `/v1/rooms/${rooms[0]}/messages/${two}`)
    const dm = (await bob.call('POST', '/v1/dms', { userIds: [ada.id] })).body.room.id
    expect(await readAll(ada, '')).toEqual([dm, ...rooms.slice(0, 7)])

    const { data } = (await ada.get('/v1/rooms')).body
    expect(data[0].peers).toEqual([{ id: bob.id, displayName: 'Bob' }])
    expect(data[1]).toMatchObject({ id: rooms[0], lastMsgNo: 4, me: { unread: 2, mentions: 1 } })
    expect(data[2].me).toMatchObject({ unread: 0, mentions: 0 })
  })

  test('mine may be asked for by kind, by a part of the name, and by what is unread', async () => {
    const [ada, bob] = (await guests('Ada', 'Bob')) as [Actor, Actor]
    const { id: quiet } = await bob.createRoom({ name: 'A quiet place' })
    const { id: loud } = await bob.createRoom({ name: 'A loud place' })
    const { id: mine } = await bob.createRoom({ name: 'Where I speak' })
    for (const room of [quiet, loud, mine]) await ada.join(room)
    const dm = (await bob.call('POST', '/v1/dms', { userIds: [ada.id] })).body.room.id
    for (const room of [loud, dm]) await bob.send(room, 'hello')
    await ada.send(mine, 'hello')
    expect(await readAll(ada, 'kind=dm')).toEqual([dm])
    expect(await readAll(ada, 'kind=room&q=PLACE')).toEqual([loud, quiet])
    expect(await readAll(ada, 'q=%25')).toEqual([])
    expect(await readAll(ada, 'unread=1')).toEqual([dm, loud])
    const { head } = (await ada.get(`/v1/rooms/${loud}`)).body.room
    await ada.call('PUT', `/v1/rooms/${loud}/read`, { upTo: head })
    expect(await readAll(ada, 'unread=1')).toEqual([dm])
    expect(await readAll(ada, 'unread=0')).toHaveLength(4)
    expect((await ada.get('/v1/rooms?scope=public&unread=1')).status).toBe(400)
  })

  test('public rooms are found by the beginning of their name, wildcards being plain characters', async () => {
    const [ada, bob] = (await guests('Ada', 'Bob')) as [Actor, Actor]
    const tag = randomUUID().slice(0, 8)
    const ids: string[] = []
    for (let i = 0; i < 5; i += 1) {
      ids.push((await ada.createRoom({ name: `${tag} 100%_${i}` })).id)
    }
    await ada.createRoom({ name: `${tag} 100 percent` })
    await ada.createRoom({ name: `${tag} 100%_secret`, visibility: 'private' })
    const q = encodeURIComponent(`${tag.toUpperCase()} 100%_`)
    expect(await readAll(bob, `scope=public&q=${q}`)).toEqual(ids)
    const { data } = (await bob.get(`/v1/rooms?scope=public&q=${q}`)).body
    expect(data[0]).not.toHaveProperty('me')
  })

  test('a cursor of something else is refused', async () => {
    const ada = await api.guest('Ada')
    for (const after of ['x', '__proto__', Buffer.from('1.2').toString('base64url')]) {
      expect((await ada.get(`/v1/rooms?after=${after}`)).status).toBe(400)
    }
  })
})

describe('people', () => {
  test('are found by the beginning of a name, and by ids', async () => {
    const tag = randomUUID().slice(0, 8)
    const [ada] = (await guests(`Ñ${tag} Ada`, `ñ${tag} Bob`)) as [Actor]
    const q = encodeURIComponent(`Ñ${tag.toUpperCase()}`)
    const found = (await ada.get(`/v1/users?q=${q}`)).body.data
    expect(found).toHaveLength(2)
    expect((await ada.get(`/v1/users?q=${encodeURIComponent(`%${tag}`)}`)).body.data).toEqual([])
    expect((await ada.get(`/v1/users?ids=${ada.id},nobody`)).body.data).toEqual([ada.user])
    expect((await ada.get('/v1/users')).status).toBe(400)
    expect((await ada.get(`/v1/users/${ada.id}`)).body.user).toEqual(ada.user)
  })
})
