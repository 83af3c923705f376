import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as passes } from 'node:timers/promises'
import type { Person } from '../../generator/readers/reader.ts'
import { inTurns } from '../in-turns.ts'
import type { StagePlan } from '../peer.ts'
import type { Host } from './host-token.ts'

const USERS_PER_BATCH = 500
const MEMBERS_OF_A_NEW_ROOM = 100
const AT_ONCE = 16

type Call = (
  request: readonly [method: string, path: string],
  body: object,
  actAs?: string,
) => Promise<Record<string, unknown>>

/** Makes people and rooms as a backend would, with an API key. */
export async function stagePeople(
  { people, rooms }: StagePlan,
  { url, dir, host }: { readonly url: string; readonly dir: string; readonly host: Host },
): Promise<Person[]> {
  const call = createCall(url, readFileSync(join(dir, 'secrets/root-api-key'), 'utf8').trim())
  const userIds = Array.from({ length: people }, (_, index) => `bench-${index + 1}`)
  for (let from = 0; from < people; from += USERS_PER_BATCH) {
    const users = userIds.slice(from, from + USERS_PER_BATCH).map((id) => ({ id, displayName: id }))
    await call(['POST', '/v1/users/batch'], { users })
  }
  const created = await inTurns(rooms, AT_ONCE, async (members, index) => {
    const [owner = '', ...others] = members.map((member) => userIds[member] ?? '')
    const memberIds = others.slice(0, MEMBERS_OF_A_NEW_ROOM)
    const body = { name: `Room ${index + 1}`, visibility: 'private', memberIds }
    const { room } = await call(['POST', '/v1/rooms'], body, owner)
    const { id } = room as { readonly id: string }
    return { id, owner, more: others.slice(MEMBERS_OF_A_NEW_ROOM) }
  })
  const joinings = created.flatMap(({ id, owner, more }) =>
    more.map((userId) => ({ path: `/v1/rooms/${id}/members/${userId}`, owner })),
  )
  await inTurns(joinings, AT_ONCE, ({ path, owner }) => call(['PUT', path], {}, owner))
  const roomIds = created.map(({ id }) => id)
  const roomsOf = new Map<number, string[]>()
  rooms.forEach((members, index) => {
    for (const member of members) {
      const own = roomsOf.get(member) ?? []
      roomsOf.set(member, own)
      own.push(roomIds[index] ?? '')
    }
  })
  return userIds.map((userId, index) => ({
    userId,
    token: host.tokenOf(userId),
    rooms: roomsOf.get(index) ?? [],
  }))
}

const TIMEOUT_MS = 60_000

const TRIES = 8
const BUSY = new Set([409, 429, 503])
const WAIT_MS = 1_000

const createCall =
  (url: string, key: string): Call =>
  async ([method, path], body, actAs) => {
    const init = {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        // A machine that is loaded has the same asked again, and nothing made twice.
        'idempotency-key': randomUUID(),
        ...(actAs !== undefined && { 'parley-act-as': actAs }),
      },
      body: JSON.stringify(body),
    }
    for (let tries = 1; ; tries += 1) {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      const response = await fetch(new URL(path, url), { ...init, signal })
      const text = await response.text()
      if (response.ok) return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
      if (!BUSY.has(response.status) || tries === TRIES)
        throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
      await passes(WAIT_MS)
    }
  }
