import { randomUUID } from 'node:crypto'
import type { LogCommand } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase } from '@parley/testkit'
import { expect, test } from 'vitest'
import { UnreadModel } from '../../testing/unread-model.ts'
import { toBytes } from '../binary-id.ts'
import { createWriterPool } from '../connect.ts'
import { createEventStore } from '../log/event-store.ts'
import { createLogStore } from '../log/log-store.ts'
import { createReadStateStore } from './read-state-store.ts'
import { readUnread } from './read-unread.ts'

const OPERATIONS = 10_000
const PEOPLE = ['ada', 'bob', 'cem', 'dee', 'eve', 'fay']

/** The same seed makes the same operations. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Anything that could move a count, and much that must not. */
function createOperations(random: (below: number) => number, roomId: string) {
  const someone = (): string => PEOPLE[random(PEOPLE.length)] ?? 'ada'
  const user = (id: string) => ({ id, kind: 'user' as const })
  const system = { id: 'system', kind: 'system' as const }
  return (head: number): LogCommand => {
    const [by, other, seq] = [someone(), someone(), 1 + random(head)]
    const at = { roomId, actor: user(by) }
    const clientMsgId = randomUUID()
    const kind = random(100)
    if (kind < 42) {
      const wide = random(12) === 0 ? { mentionAll: 'room' as const } : {}
      const named = random(3) === 0 ? { mentions: [other, someone()] } : {}
      const more = { ...wide, ...named, ...(random(9) === 0 && { silent: true }) }
      return { kind: 'message:send', ...at, clientMsgId, text: 'hello', ...more }
    }
    if (kind < 45) {
      const importedAt = '2020-01-01T00:00:00.000Z'
      return {
        kind: 'message:send',
        ...at,
        clientMsgId,
        text: 'old',
        mentions: [other],
        importedAt,
      }
    }
    if (kind < 53) return { kind: 'message:edit', ...at, clientMsgId, seq, text: 'better' }
    if (kind < 63) return { kind: 'message:delete', ...at, clientMsgId, seq }
    if (kind < 70) return { kind: 'reaction:set', ...at, seq, key: '👍', on: random(2) === 0 }
    if (kind < 72) return { kind: 'pin:set', ...at, seq, on: random(2) === 0 }
    if (kind < 77) return { kind: 'member:join', ...at, userId: by, role: 'member' }
    if (kind < 80 && by !== 'ada') return { kind: 'member:leave', ...at, userId: by }
    if (kind < 83) {
      const action = (['ban', 'unban', 'kick', 'mute', 'unmute'] as const)[random(5)] ?? 'unban'
      return { kind: 'moderation:act', roomId, actor: user('ada'), action, userId: other }
    }
    if (kind < 84) {
      const change = { history: random(2) === 0 ? ('all' as const) : ('since-join' as const) }
      return { kind: 'room:update', roomId, actor: system, change }
    }
    if (random(400) === 0) {
      const change = { erasedTo: Math.ceil(seq / 2) }
      return { kind: 'room:update', roomId, actor: system, change }
    }
    const mode = random(3) === 0 ? 'set' : 'forward'
    return { kind: 'read:set', ...at, upTo: random(head + 1), mode }
  }
}

test(
  `after ${OPERATIONS} random operations every count is that of a recomputation from the log`,
  { timeout: 120_000 },
  async () => {
    await using database = await freshDatabase()
    const pool = createWriterPool(database.url, 3)
    const store = createLogStore(pool, new FailPoints(false))
    const events = createEventStore(pool)
    const random = createRandom(20_261_121)
    const roomId = randomUUID()
    const next = createOperations(random, roomId)
    const model = new UnreadModel()
    let head = 0

    async function run(commands: readonly LogCommand[]): Promise<void> {
      const { outcomes } = await store.runBatch(commands)
      const fresh = await events.read(roomId, head + 1, Number.MAX_SAFE_INTEGER, 10_000)
      // Cursors move between events: each is told when its command's turn had come.
      const seqOf = (data: object): number | undefined =>
        'seq' in data ? Number(data.seq) : undefined
      for (const [at, command] of commands.entries()) {
        const outcome = outcomes[at]
        if (outcome === undefined || !('data' in outcome)) continue
        const reached = seqOf(outcome.data)
        while (fresh[0] !== undefined && reached !== undefined && fresh[0].seq <= reached) {
          model.take(fresh.shift() as (typeof fresh)[number])
        }
        if (command.kind === 'read:set') {
          while (fresh[0] !== undefined && fresh[0].seq <= command.upTo) {
            model.take(fresh.shift() as (typeof fresh)[number])
          }
          model.read(command.actor.id, command.upTo, command.mode ?? 'forward')
        }
      }
      for (const event of fresh) model.take(event)
      head =
        (await events.read(roomId, head + 1, Number.MAX_SAFE_INTEGER, 10_000)).at(-1)?.seq ?? head
    }

    async function check(step: number): Promise<void> {
      const members = model.members()
      const counts = await readUnread(
        pool,
        members.map((userId) => ({ roomId, userId })),
      )
      for (const userId of members) {
        const { unread, mentions } = counts.get(`${roomId}/${userId}`) ?? {}
        expect({ unread, mentions }, `${userId} after ${step}`).toEqual(model.countsOf(userId))
      }
    }

    await run([
      {
        kind: 'room:create',
        roomId,
        actor: { id: 'ada', kind: 'user' },
        roomKind: 'room',
        name: 'a room',
        visibility: 'public',
        topic: null,
        history: 'all',
        memberIds: ['bob', 'cem'],
      },
    ])
    for (let done = 0; done < OPERATIONS;) {
      // One command a transaction some of the time, many at other times.
      const size = 1 + random(random(3) === 0 ? 1 : 40)
      await run(Array.from({ length: size }, () => next(head)))
      done += size
      await check(done)
    }
    expect(head).toBeGreaterThan(OPERATIONS / 10)

    const listed = await createReadStateStore(pool).unreadOf('ada')
    expect(listed).toMatchObject([{ roomId, head, ...model.countsOf('ada') }])
    const [row] = await pool.query<{ rows: number }[]>(
      'SELECT COUNT(*) AS `rows` FROM room_event WHERE room_id = ?',
      [toBytes(roomId)],
    )
    expect(row?.rows).toBe(head)
    await pool.end()
  },
)
