import { LIMITS } from '@parley/message-schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'

const KEY = 'the-root-key-of-a-test-the-root-key-of-a-test'

let api: TestApi
beforeAll(async () => {
  api = await startTestApi({ ROOT_API_KEY: KEY })
})
afterAll(() => api[Symbol.asyncDispose]())

const put = (name: string, rank: number, permissions: string[]) =>
  api.call('PUT', `/v1/roles/${name}`, { token: KEY, body: { rank, permissions } })
const remove = (name: string) => api.call('DELETE', `/v1/roles/${name}`, { token: KEY })
const setRole = (by: Actor, room: string, who: Actor, role: string) =>
  by.call('PATCH', `/v1/rooms/${room}/members/${who.id}`, { role })

async function roomOfThree() {
  const [owner, mod, ada] = (await Promise.all(['Owner', 'Mod', 'Ada'].map(api.guest))) as [
    Actor,
    Actor,
    Actor,
  ]
  const { id } = await owner.createRoom()
  await owner.call('PUT', `/v1/rooms/${id}/members/${mod.id}`, { role: 'moderator' })
  await ada.join(id)
  return { id, owner, mod, ada }
}

describe('the table of roles', () => {
  test('is kept by backends and seen by everybody', async () => {
    const made = await put('helper', 30, ['message:send', 'message:pin', 'message:pin'])
    expect(made.body.role).toEqual({
      name: 'helper',
      rank: 30,
      permissions: ['message:send', 'message:pin'],
      builtIn: false,
    })
    expect((await put('helper', 31, ['message:send'])).body.role.rank).toBe(31)
    const ada = await api.guest('Ada')
    const { data } = (await ada.get('/v1/roles')).body
    expect(data.map(({ name }: { name: string }) => name)).toEqual([
      'owner',
      'admin',
      'moderator',
      'helper',
      'member',
      'guest',
    ])
    expect((await ada.call('PUT', '/v1/roles/other', { rank: 1, permissions: [] })).status).toBe(
      403,
    )
    expect((await remove('helper')).status).toBe(204)
    expect((await remove('helper')).status).toBe(404)
    const audit = await api.database.query(
      "SELECT action, actor_id FROM audit_entry WHERE action LIKE 'role:%' ORDER BY id",
    )
    expect(audit.map((row: { action: string }) => row.action)).toEqual([
      'role:put',
      'role:put',
      'role:delete',
    ])
  })

  test('built-in ones are not changed, ranks are between theirs, and they are few', async () => {
    expect((await put('admin', 10, [])).body.code).toBe('CONFLICT')
    expect((await remove('guest')).body.code).toBe('CONFLICT')
    expect((await put('x', 0, [])).status).toBe(400)
    expect((await put('x', 100, [])).status).toBe(400)
    expect((await put('X', 10, [])).status).toBe(400)
    expect((await put('x', 10, ['everything'])).status).toBe(400)
    for (let i = 0; i < LIMITS.customRoles; i += 1) await put(`r${i}`, 10, [])
    expect((await put('one-more', 10, [])).body.code).toBe('TOO_LARGE')
    expect((await put('r0', 11, [])).status).toBe(200)
    for (let i = 0; i < LIMITS.customRoles; i += 1) await remove(`r${i}`)
  })
})

describe('having one', () => {
  test('one may what it may, at once when it changes, and nothing when it is deleted', async () => {
    const { id, owner, mod, ada } = await roomOfThree()
    const seq = await owner.send(id, 'to be pinned')
    await put('curator', 30, ['message:send', 'message:pin'])
    expect((await setRole(owner, id, ada, 'curator')).body.member.role).toBe('curator')
    const me = async () => (await ada.get(`/v1/rooms/${id}`)).body.room.me
    expect(await me()).toMatchObject({
      role: 'curator',
      permissions: ['message:send', 'message:pin'],
    })
    await ada.send(id, 'hello')
    // Between moderator and member.
    expect((await ada.call('DELETE', `/v1/rooms/${id}/members/${mod.id}`)).status).toBe(403)
    await put('curator', 30, ['message:send', 'message:delete-any'])
    expect((await ada.call('DELETE', `/v1/rooms/${id}/messages/${seq}`)).status).toBe(200)
    await remove('curator')
    expect(await me()).toMatchObject({ role: 'curator', permissions: [] })
    expect((await ada.call('POST', `/v1/rooms/${id}/messages`, { text: 'x' })).status).toBe(403)
    expect((await mod.call('DELETE', `/v1/rooms/${id}/members/${ada.id}`)).status).toBe(204)
  })

  test('nobody takes one, or gives more by one than they have', async () => {
    const { id, owner, mod, ada } = await roomOfThree()
    await put('trapdoor', 1, ['room:delete'])
    const stranger = await api.guest('Stranger')
    const join = (by: Actor, who: Actor) =>
      by.call('PUT', `/v1/rooms/${id}/members/${who.id}`, { role: 'trapdoor' })
    expect((await join(stranger, stranger)).status).toBe(403)
    expect((await join(mod, stranger)).status).toBe(403)
    expect((await setRole(ada, id, ada, 'trapdoor')).status).toBe(403)
    const invite = (by: Actor) => by.call('POST', `/v1/rooms/${id}/invites`, { role: 'trapdoor' })
    expect((await invite(ada)).status).toBe(403)
    expect((await invite(mod)).status).toBe(403)
    const { code } = (await invite(owner)).body
    expect((await stranger.call('POST', `/v1/invites/${code}/accept`)).body.room.me).toMatchObject({
      role: 'trapdoor',
      permissions: ['room:delete'],
    })
    await remove('trapdoor')
    const late = await api.guest('Late')
    expect((await late.call('POST', `/v1/invites/${code}/accept`)).body.code).toBe('GONE')
  })

  test('the next owner may be one of them, by its rank', async () => {
    const { id, owner, ada, mod } = await roomOfThree()
    await put('lead', 60, [])
    await setRole(owner, id, ada, 'lead')
    await owner.leave(id)
    expect((await ada.get(`/v1/rooms/${id}`)).body.room.me.role).toBe('owner')
    await put('lead', 60, [])
    await setRole(ada, id, mod, 'lead')
    await remove('lead')
    await ada.leave(id)
    expect((await mod.get(`/v1/rooms/${id}`)).body.room.me.role).toBe('owner')
  })
})
