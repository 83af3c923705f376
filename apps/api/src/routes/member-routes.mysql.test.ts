import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type Answer, type TestApi } from '../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const guests = (...names: string[]): Promise<Actor[]> =>
  Promise.all(names.map((name) => api.guest(name)))
const setRole = (by: Actor, room: string, who: Actor, role: string) =>
  by.call('PATCH', `/v1/rooms/${room}/members/${who.id}`, { role })
const ban = (by: Actor, room: string, who: Actor) =>
  by.call('PUT', `/v1/rooms/${room}/bans/${who.id}`, {})
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status)

async function rolesIn(room: string): Promise<Record<string, string>> {
  const rows = await api.database.query(
    'SELECT user_id, role FROM room_member WHERE room_id = ? AND left_seq IS NULL',
    [Buffer.from(room.replaceAll('-', ''), 'hex')],
  )
  return Object.fromEntries(
    rows.map((row: { user_id: string; role: string }) => [row.user_id, row.role]),
  )
}

/** One of each built-in role. */
async function crew(visibility = 'public') {
  const [owner, admin, mod, member, guest] = (await guests('o', 'a', 'm', 'x', 'g')) as [
    Actor,
    Actor,
    Actor,
    Actor,
    Actor,
  ]
  const { id } = await owner.createRoom({ visibility })
  for (const [who, role] of [
    [admin, 'admin'],
    [mod, 'moderator'],
    [member, 'member'],
    [guest, 'guest'],
  ] as const) {
    await owner.call('PUT', `/v1/rooms/${id}/members/${who.id}`, { role })
  }
  return { id, owner, admin, mod, member, guest }
}

describe('roles', () => {
  test('one changes those below, to roles below; oneself only downwards', async () => {
    const { id, owner, admin, mod, member, guest } = await crew()
    expect((await setRole(member, id, guest, 'member')).status).toBe(403)
    expect((await setRole(mod, id, guest, 'member')).status).toBe(403)
    expect((await setRole(admin, id, owner, 'member')).status).toBe(403)
    expect((await setRole(admin, id, mod, 'admin')).status).toBe(403)
    expect((await setRole(admin, id, member, 'owner')).status).toBe(403)
    expect((await setRole(admin, id, member, 'moderator')).body.member).toMatchObject({
      userId: member.id,
      role: 'moderator',
      mutedUntil: null,
    })
    expect((await setRole(owner, id, member, 'no-such-role')).body.code).toBe('INVALID')
    expect((await setRole(member, id, member, 'admin')).status).toBe(403)
    expect((await setRole(member, id, member, 'guest')).body.member.role).toBe('guest')
    expect((await setRole(owner, id, owner, 'admin')).body.code).toBe('CONFLICT')
    const stranger = await api.guest('Stranger')
    expect((await setRole(owner, id, stranger, 'guest')).status).toBe(404)
    expect((await setRole(stranger, id, guest, 'member')).body.code).toBe('NOT_MEMBER')
  })

  test('a room is handed over in one step: its old owner is an admin', async () => {
    const { id, owner, admin, member } = await crew()
    expect((await setRole(owner, id, member, 'owner')).body.member.role).toBe('owner')
    expect(await rolesIn(id)).toMatchObject({ [owner.id]: 'admin', [member.id]: 'owner' })
    expect((await setRole(owner, id, admin, 'owner')).status).toBe(403)
    expect((await setRole(member, id, owner, 'member')).status).toBe(200)
  })

  test('of two who are handed the room at once one has it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, owner, admin, mod } = await crew()
      const answers = await Promise.all([
        setRole(owner, id, admin, 'owner'),
        setRole(owner, id, mod, 'owner'),
      ])
      expect(statuses(answers).toSorted()).toEqual([200, 403])
      const owners = Object.values(await rolesIn(id)).filter((role) => role === 'owner')
      expect(owners).toHaveLength(1)
    }
  })

  test('who was demoted is refused from the next command on', async () => {
    const { id, owner, admin, member } = await crew()
    const removals = () => admin.call('DELETE', `/v1/rooms/${id}/members/${member.id}`)
    const [demotion] = await Promise.all([setRole(owner, id, admin, 'guest'), removals()])
    expect(demotion.status).toBe(200)
    expect((await removals()).status).toBe(403)
    expect((await admin.get(`/v1/rooms/${id}`)).body.room.me).toMatchObject({
      role: 'guest',
      permissions: ['message:send', 'message:react', 'message:edit-own'],
    })
  })
})

describe('leaving', () => {
  test('the room of an owner who leaves goes to the highest, of those to the oldest', async () => {
    const { id, owner, admin, mod, member, guest } = await crew()
    const heirs = [admin, mod, member, guest]
    let current = owner
    for (const heir of heirs) {
      await current.leave(id)
      expect((await rolesIn(id))[heir.id]).toBe('owner')
      current = heir
    }
    await current.leave(id)
    expect(await rolesIn(id)).toEqual({})
    const events = (await owner.get(`/v1/rooms/${id}/events`)).body
    expect(events.code).toBe('NOT_MEMBER')
  })

  test('also when the owner and the next one leave at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, owner, admin, mod, member, guest } = await crew()
      await Promise.all([owner, admin, mod].map((who) => who.leave(id)))
      expect(await rolesIn(id)).toEqual({ [member.id]: 'owner', [guest.id]: 'guest' })
    }
  })

  test('again changes nothing; who never was here is told of nothing', async () => {
    const { id, member } = await crew('private')
    const leave = (who: Actor) => who.call('DELETE', `/v1/rooms/${id}/members/${who.id}`)
    expect(statuses([await leave(member), await leave(member)])).toEqual([204, 204])
    expect((await leave(await api.guest('Stranger'))).status).toBe(404)
  })
})

describe('bans', () => {
  test('who is banned is told so where they may know of the room, and stays out', async () => {
    for (const visibility of ['public', 'private'] as const) {
      const { id, owner, member } = await crew(visibility)
      const never = await api.guest('Never in')
      expect((await ban(owner, id, member)).status).toBe(200)
      expect((await ban(owner, id, never)).status).toBe(200)
      const codes = async (who: Actor): Promise<string[]> => {
        const answers = await Promise.all([
          who.get(`/v1/rooms/${id}`),
          who.get(`/v1/rooms/${id}/members`),
          who.get(`/v1/rooms/${id}/messages`),
          who.get(`/v1/rooms/${id}/events`),
          who.call('PUT', `/v1/rooms/${id}/members/${who.id}`),
          who.call('POST', `/v1/rooms/${id}/messages`, { text: 'x' }),
        ])
        return [...new Set(answers.map(({ body }) => body.code))]
      }
      expect(await codes(member)).toEqual(['BANNED'])
      expect(await codes(never)).toEqual([visibility === 'public' ? 'BANNED' : 'NOT_FOUND'])
      const add = await owner.call('PUT', `/v1/rooms/${id}/members/${member.id}`)
      expect(add.body.code).toBe('BANNED')
    }
  })

  test('against joining at the same moment: whoever is banned is out in the end', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [owner, ada, bob] = (await guests('Owner', 'Ada', 'Bob')) as [Actor, Actor, Actor]
      const { id } = await owner.createRoom()
      const { code } = (await owner.call('POST', `/v1/rooms/${id}/invites`, {})).body
      const [banned] = await Promise.all([
        ban(owner, id, ada),
        ada.call('PUT', `/v1/rooms/${id}/members/${ada.id}`),
        ada.call('POST', `/v1/invites/${code}/accept`),
        bob.call('POST', `/v1/invites/${code}/accept`),
      ])
      expect(banned.status).toBe(200)
      expect(await rolesIn(id)).toEqual({ [owner.id]: 'owner', [bob.id]: 'member' })
    }
  })
})

describe('lists of members', () => {
  const read = async (by: Actor, room: string, query: string): Promise<string[]> => {
    const seen: string[] = []
    for (let after = ''; ;) {
      const { status, body } = await by.get(`/v1/rooms/${room}/members?${query}${after}`)
      expect(status).toBe(200)
      seen.push(...body.data.map(({ userId }: { userId: string }) => userId))
      if (!body.page.hasMoreAfter) return seen
      after = `&after=${encodeURIComponent(body.page.after)}`
    }
  }

  test('of one role, the oldest first; without those who left', async () => {
    const owner = await api.guest('Owner')
    const { id } = await owner.createRoom()
    const all = await guests('1', '2', '3', '4', '5')
    for (const actor of all) await actor.join(id)
    await all[2]?.leave(id)
    const ids = [0, 1, 3, 4].map((place) => all[place]?.id)
    expect(await read(owner, id, 'role=member&limit=3')).toEqual(ids)
    expect(await read(owner, id, 'role=owner')).toEqual([owner.id])
    expect(await read(owner, id, 'role=admin')).toEqual([])
    expect(await read(owner, id, 'limit=2')).toEqual([owner.id, ...ids].toSorted())
    expect((await owner.get(`/v1/rooms/${id}/members?role=member&after=x`)).status).toBe(400)
  })

  test('by the beginning of a name or username, wildcards being plain characters', async () => {
    const [owner, anna, annika] = (await guests('Owner', 'Änna', 'annika%')) as [
      Actor,
      Actor,
      Actor,
    ]
    await api.guest('Anna, who is not in it')
    const { id } = await owner.createRoom()
    for (const who of [anna, annika]) await who.join(id)
    const registered = await api.call('POST', '/v1/auth/register', {
      body: { username: 'anabel', password: 'a long password', displayName: 'Zoe' },
    })
    const { accessToken, user } = registered.body
    await api.call('PUT', `/v1/rooms/${id}/members/${user.id}`, { token: accessToken })
    const find = (q: string) => read(owner, id, `q=${encodeURIComponent(q)}`)
    expect(await find('ann')).toEqual([anna.id, annika.id])
    expect(await find('ANA')).toEqual([user.id])
    expect(await find('annika%')).toEqual([annika.id])
    expect(await find('%')).toEqual([])
    await annika.leave(id)
    expect(await find('annika')).toEqual([])
    expect((await owner.get(`/v1/rooms/${id}/members?q=a&role=member`)).status).toBe(400)
    expect((await owner.get(`/v1/rooms/${id}/members?q=`)).status).toBe(400)
  })

  test('one member, for members', async () => {
    const { id, owner, member } = await crew()
    const get = (by: Actor, userId: string) => by.get(`/v1/rooms/${id}/members/${userId}`)
    expect((await get(member, owner.id)).body.member).toMatchObject({
      userId: owner.id,
      role: 'owner',
    })
    expect((await get(member, 'nobody')).status).toBe(404)
    expect((await get(await api.guest('Stranger'), owner.id)).status).toBe(403)
  })
})
