import type { LogCommand } from '@parley/message-schema'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @boundaries-ignore the real store, which the one in memory is compared with
import { createWriterPool, type Pool } from '../../../apps/api/src/db/connect.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { readEventRanges } from '../../../apps/api/src/db/log/event-ranges-store.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { createEventStore } from '../../../apps/api/src/db/log/event-store.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { reconcile } from '../../../apps/api/src/db/log/heads-store.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { createLogStore } from '../../../apps/api/src/db/log/log-store.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { createMessageMarksStore } from '../../../apps/api/src/db/messages/message-marks-store.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { createMessageStore } from '../../../apps/api/src/db/messages/message-store.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { createMemberStore } from '../../../apps/api/src/db/rooms/member-store.ts'
// @boundaries-ignore the real store, which the one in memory is compared with
import { readUserStates } from '../../../apps/api/src/db/users/user-state-store.ts'
import { FailPoints, seededRandom, type BatchOutcome } from '../product.ts'
import { MemoryDatabase } from './memory-database.ts'
import { createMemoryLogStore } from './memory-log-store.ts'
import { createInternalReads, createStores } from './memory-reads.ts'

let database: FreshDatabase
let pool: Pool
beforeAll(async () => {
  database = await freshDatabase()
  pool = createWriterPool(database.url, 4)
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})

const USERS = ['ada', 'bob', 'eve', 'joe']

/** Whatever people do, well or badly, with retries of what was said before. */
function createTalk(random: () => number, rooms: readonly string[]) {
  const said: LogCommand[] = []
  const below = (bound: number): number => Math.floor(random() * bound)
  const one = <Item>(items: readonly Item[]): Item => items[below(items.length)]!
  const newId = (): string => {
    const hex = (digits: number): string =>
      below(16 ** digits)
        .toString(16)
        .padStart(digits, '0')
    return `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(8)}${hex(4)}`
  }
  let number = 0
  const numbered = <Command extends LogCommand>(command: Command): Command => {
    number += 1
    const late = below(4)
    const { id = '' } = ('attempt' in command && command.attempt) || {}
    return { ...command, attempt: { id, number: Math.max(1, number - late), isRetry: late < 2 } }
  }
  /** As a gateway sends it again, or as what was sent first arrives after that. */
  const again = (command: LogCommand): LogCommand =>
    'attempt' in command && command.attempt !== undefined ? numbered(command) : command
  /** What mostly somebody with rights does. */
  const orderly = (
    to: { readonly roomId: string; readonly actor: { readonly id: string; readonly kind: 'user' } },
    seq: number,
    attempt: { readonly id: string; readonly number: number; readonly isRetry: boolean },
  ): LogCommand => {
    const by = { ...to, ...(random() < 0.7 && { actor: { id: 'ada', kind: 'user' as const } }) }
    const userId = one(USERS)
    const dice = random()
    if (dice < 0.5) return { kind: 'pin:set', ...by, seq, on: random() < 0.7, attempt }
    if (dice < 0.6) return { kind: 'member:update', ...by, userId, role: one(['admin', 'member']) }
    if (dice < 0.7) {
      const change = one([{ frozen: true }, { frozen: false }, { slowModeS: 0 }, { name: 'other' }])
      return { kind: 'room:update', roomId: by.roomId, actor: by.actor, change }
    }
    const action = one(['mute', 'unmute', 'ban', 'unban', 'kick'] as const)
    return { kind: 'moderation:act', ...by, action, userId }
  }
  return (): LogCommand => {
    if (said.length > 0 && random() < 0.12) return again(one(said))
    const to = { roomId: one(rooms), actor: { id: one(USERS), kind: 'user' as const } }
    const about = { ...to, seq: 1 + below(20) }
    const clientMsgId = newId()
    number += 1
    const attempt = { id: clientMsgId, number, isRetry: false }
    const dice = random()
    let command: LogCommand
    if (dice < 0.36) {
      const mentions = random() < 0.3 ? [one(USERS)] : undefined
      const threadId = random() < 0.3 ? about.seq : undefined
      command = {
        kind: 'message:send',
        ...to,
        clientMsgId,
        attempt,
        text: String(dice),
        ...(mentions && { mentions }),
        ...(threadId && { threadId }),
      }
    } else if (dice < 0.42) {
      command = orderly(to, about.seq, attempt)
    } else if (dice < 0.5) {
      command = { kind: 'message:edit', ...about, clientMsgId, text: `edited ${dice}`, attempt }
    } else if (dice < 0.58) command = { kind: 'message:delete', ...about, clientMsgId, attempt }
    else if (dice < 0.68) {
      command = {
        kind: 'reaction:set',
        ...about,
        key: one(['a', 'b']),
        on: random() < 0.6,
        attempt,
      }
    } else if (dice < 0.78) {
      command = { kind: 'read:set', ...to, upTo: below(25), mode: 'set', attempt }
      if (random() < 0.5) command = { kind: 'read:set', ...to, upTo: below(25) }
    } else {
      const userId = random() < 0.7 ? to.actor.id : one(USERS)
      command =
        dice < 0.9
          ? { kind: 'member:join', ...to, userId, role: 'member' }
          : { kind: 'member:leave', ...to, userId }
    }
    said.push(command)
    return command
  }
}

/** Without the time, which passes between the two. */
const timeless = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, part: unknown) =>
      ['ts', 'editedAt', 'deletedAt', 'joinedAt'].includes(key) && part !== null ? 'then' : part,
    ),
  )

const shown = ({ outcomes, news, changedUsers }: BatchOutcome): unknown =>
  timeless({
    outcomes: outcomes.map((outcome) =>
      'data' in outcome ? outcome.data : [outcome.refusal.code, outcome.refusal.details],
    ),
    news,
    changedUsers: [...changedUsers].toSorted(),
  })

test.each([1, 2, 3])('the tables in memory are those of MySQL (%i)', async (seed) => {
  const random = seededRandom(seed)
  const at = async (): Promise<void> => undefined
  const memory = new MemoryDatabase()
  const inMemory = createMemoryLogStore({ database: memory, before: at, after: at })
  const inMysql = createLogStore(pool, new FailPoints(false))
  const rooms = [0, 1, 2].map((n) => `0000000${seed}-000${n}-7000-8000-000000000000`)
  const both = async (commands: readonly LogCommand[]): Promise<void> => {
    const [is, must] = [await inMemory.runBatch(commands), await inMysql.runBatch(commands)]
    expect(shown(is), JSON.stringify(commands)).toEqual(shown(must))
  }
  for (const [n, roomId] of rooms.entries()) {
    const actor = { id: 'ada', kind: 'user' } as const
    const history = n === 1 ? ('since-join' as const) : ('all' as const)
    const open = { roomKind: 'room', visibility: 'public', topic: null, history } as const
    await both([{ kind: 'room:create', roomId, actor, name: 'r', ...open, memberIds: ['bob'] }])
  }
  const talk = createTalk(random, rooms)
  for (let batch = 0; batch < 120; batch += 1) {
    await both(Array.from({ length: 1 + Math.floor(random() * 5) }, talk))
  }

  const reads = createInternalReads(memory)
  const ranges = { rooms: Object.fromEntries(rooms.map((id) => [id, { after: 3, limit: 60 }])) }
  expect(timeless(reads.eventRanges(ranges))).toEqual(timeless(await readEventRanges(pool, ranges)))
  // Earlier seeds have told MySQL of the same people.
  const { users } = await readUserStates(pool, USERS, 60)
  for (const id of USERS) {
    const ofSeed = users[id]?.rooms.filter(({ roomId }) => rooms.includes(roomId))
    const inOrder = (list: readonly { roomId: string }[] = []): unknown =>
      timeless(list.toSorted((a, b) => (a.roomId < b.roomId ? -1 : 1)))
    expect(inOrder(reads.userStates([id]).users[id]?.rooms)).toEqual(inOrder(ofSeed))
  }
  const known = { rooms: Object.fromEntries(rooms.map((id) => [id, 5])), users: {} }
  const { epoch: _, ...differing } = await reconcile(pool, known)
  expect(reads.reconcile(known)).toMatchObject(differing)
  const memories = createStores(memory, at)
  const stores = {
    events: createEventStore(pool),
    messages: createMessageStore(pool),
    marks: createMessageMarksStore(pool),
    members: createMemberStore(pool),
  }
  const answersOf = async ({ events, messages, marks, members }: typeof memories) => {
    const answers: unknown[] = []
    for (const roomId of rooms) {
      const seqs = await messages.seqsFrom(roomId, 4, 200, 30)
      answers.push(seqs, await messages.seqsBelow(roomId, 2, 90, 20), await marks.pins(roomId, 3))
      for (const seq of seqs) {
        answers.push(await marks.repliesBelow(roomId, seq, 90, 3))
        answers.push(await marks.repliesAbove(roomId, seq, 4, 3))
      }
      const found = await messages.read(roomId, seqs)
      answers.push(found.map(({ sender: _sender, ...message }) => message))
      for (const userId of USERS) {
        answers.push(await members.standing(roomId, userId))
        answers.push([...(await events.positions(userId, rooms))].toSorted())
        const marked = await marks.read(roomId, seqs, userId)
        const inOrder = [...marked].map(([seq, { reactions, ...hung }]) => ({
          seq,
          ...hung,
          reactions: reactions.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
        }))
        answers.push(inOrder.toSorted((a, b) => a.seq - b.seq))
      }
    }
    return timeless(answers)
  }
  expect(await answersOf(memories)).toEqual(await answersOf(stores))
})
