import type { Visibility } from '@parley/message-schema'
import { ROOT_API_KEY, type Actor, type TestApi } from '../test-api.ts'

/** Kinds of callers; those who may least come first, so that the others meet what they asked about. */
export const CALLERS = [
  'anonymous',
  'wrongScope',
  'otherRoom',
  'banned',
  'formerMember',
  'member',
  'moderator',
  'owner',
] as const
export type Caller = (typeof CALLERS)[number]

/** The callers that are people, and two more to whom things are done. */
export interface People {
  readonly owner: Actor
  readonly moderator: Actor
  readonly member: Actor
  readonly formerMember: Actor
  /** A member of another room only. */
  readonly otherRoom: Actor
  readonly banned: Actor
  /** A member, of the lowest rank there is here. */
  readonly target: Actor
  /** Of no room. */
  readonly outsider: Actor
}

/** A room with one of each, in which the owner has said something. */
export interface Stage extends People {
  readonly api: TestApi
  readonly room: string
  readonly seq: number
}

export async function gatherPeople(api: TestApi): Promise<People> {
  const names = [
    'owner',
    'moderator',
    'member',
    'formerMember',
    'otherRoom',
    'banned',
    'target',
    'outsider',
  ] as const
  const actors = await Promise.all(names.map((name) => api.guest(name)))
  const people = Object.fromEntries(
    names.map((name, at) => [name, actors[at]]),
  ) as unknown as People
  await people.otherRoom.createRoom()
  return people
}

async function must(call: Promise<{ status: number; body: unknown }>): Promise<void> {
  const { status, body } = await call
  if (status >= 300) throw new Error(JSON.stringify(body))
}

export async function setStage(
  api: TestApi,
  people: People,
  visibility: Visibility,
): Promise<Stage> {
  const { owner, moderator, member, formerMember, banned, target } = people
  const inside = [moderator, member, formerMember, banned, target]
  const { id: room } = await owner.createRoom({
    visibility,
    memberIds: inside.map(({ id }) => id),
  })
  const of = `/v1/rooms/${room}`
  await must(owner.call('PATCH', `${of}/members/${moderator.id}`, { role: 'moderator' }))
  await must(owner.call('PATCH', `${of}/members/${target.id}`, { role: 'guest' }))
  await formerMember.leave(room)
  await must(owner.call('PUT', `${of}/bans/${banned.id}`, {}))
  return { ...people, api, room, seq: await owner.send(room, 'hello') }
}

/** Keys that lack what a route asks for: one of them does. */
export async function makeWrongKeys(api: TestApi): Promise<Record<'admin' | 'audit', string>> {
  const make = async (scope: string): Promise<string> => {
    const body = { name: scope, scopes: [scope] }
    return (await api.call('POST', '/v1/api-keys', { token: ROOT_API_KEY, body })).body.token
  }
  return { admin: await make('admin:read'), audit: await make('audit:read') }
}
