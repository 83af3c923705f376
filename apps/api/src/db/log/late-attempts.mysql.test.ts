import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRoomLog, type LogStore, type RoomLog } from '../../room-log/room-log.ts'
import { createWriterPool, type Pool } from '../connect.ts'
import { retryAdviceOf } from '../database-errors.ts'
import { createLogStore } from './log-store.ts'

// What a gateway sent again through the other replica, and arrives by the first one afterwards.

let database: FreshDatabase
let pools: Pool[]
let stores: LogStore[]
let replicas: RoomLog[]
beforeAll(async () => {
  database = await freshDatabase()
  pools = [createWriterPool(database.url, 2), createWriterPool(database.url, 2)]
  stores = pools.map((pool) => createLogStore(pool, new FailPoints(false)))
  replicas = stores.map((store) =>
    createRoomLog({ store, transactions: 1, announce: () => undefined, retryAdviceOf }),
  )
})
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()))
  await database[Symbol.asyncDispose]()
})

type Asked = Extract<LogCommand, { attempt?: unknown }>

/** The first attempt, and the one after it, of which `late` is the first. */
const twice = <Command extends Asked>(command: Command): [late: Command, again: Command] => {
  const id = randomUUID()
  return [
    { ...command, attempt: { id, number: 1, isRetry: false } },
    { ...command, attempt: { id, number: 2, isRetry: true } },
  ]
}
const numbered = <Command extends Asked>(command: Command, number: number): Command => ({
  ...command,
  attempt: { id: command.attempt?.id ?? '', number, isRetry: true },
})

async function through(replica: 0 | 1, command: LogCommand): Promise<Record<string, unknown>> {
  const { outcome } = await replicas[replica]!.submit(command)
  if ('refusal' in outcome) return { refused: outcome.refusal.code }
  return outcome.data as Record<string, unknown>
}
async function headOf(id: string): Promise<number> {
  const [row] = await pools[0]!.query<{ head: number }[]>(
    'SELECT head FROM room_head WHERE room_id = ?',
    [Buffer.from(id.replaceAll('-', ''), 'hex')],
  )
  return row?.head ?? 0
}

const user = (id: string) => ({ id, kind: 'user' as const })
let roomId: string
let seq: number
const by = (id: string) => ({ actor: user(id), roomId })
const send = (id: string): LogCommandOf<'message:send'> => ({
  kind: 'message:send',
  ...by(id),
  clientMsgId: randomUUID(),
  text: `from ${id}`,
})
beforeEach(async () => {
  roomId = randomUUID()
  await through(0, {
    kind: 'room:create',
    ...by('ada'),
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history: 'all',
    memberIds: ['bob'],
  })
  for (let n = 0; n < 5; n += 1) seq = Number((await through(0, send('ada')))['seq'])
})

describe('states', () => {
  const react = (on: boolean): LogCommandOf<'reaction:set'> => ({
    kind: 'reaction:set',
    ...by('ada'),
    seq,
    key: 'a',
    on,
  })
  const pin = (on: boolean): LogCommandOf<'pin:set'> => ({ kind: 'pin:set', ...by('ada'), seq, on })
  const read = (upTo: number, mode?: 'set'): LogCommandOf<'read:set'> => ({
    kind: 'read:set',
    ...by('ada'),
    upTo,
    ...(mode && { mode }),
  })

  test('a cursor that was moved forward since stays there', async () => {
    const [late, again] = twice(read(1, 'set'))
    expect(await through(1, again)).toMatchObject({ readSeq: 1 })
    expect(await through(1, read(seq))).toMatchObject({ readSeq: seq })
    expect(await through(0, late)).toMatchObject({ readSeq: seq })
    expect(await through(0, read(0))).toMatchObject({ readSeq: seq, unread: 0 })
  })

  test('a cursor that was set back since is not moved forward again', async () => {
    const [late, again] = twice(read(seq))
    expect(await through(1, again)).toMatchObject({ readSeq: seq })
    expect(await through(1, read(2, 'set'))).toMatchObject({ readSeq: 2 })
    expect(await through(0, late)).toMatchObject({ readSeq: 2 })
  })

  test.each([
    ['a reaction', react],
    ['a pin', pin],
  ])('%s that was taken back since is not set again', async (_what, setTo) => {
    const [late, again] = twice(setTo(true))
    await through(1, again)
    await through(1, setTo(false))
    const head = await headOf(roomId)
    expect(await through(0, late)).toEqual({})
    expect(await headOf(roomId)).toBe(head)
  })

  test('where nothing was set meanwhile, each attempt is told the same', async () => {
    const [late, again] = twice(react(true))
    const answer = await through(0, late)
    expect(await through(1, again)).toEqual(answer)
    expect(await through(0, late)).toEqual(answer)
    expect(await through(1, again)).toEqual(answer)
  })

  test('attempts in one transaction', async () => {
    const [late, again] = twice(read(2, 'set'))
    const { outcomes } = await stores[0]!.runBatch([again, read(seq), late])
    expect(outcomes.at(-1)).toMatchObject({ data: { readSeq: seq } })
  })
})

describe('a message that was refused', () => {
  const letIn = (id: string): LogCommand => ({
    kind: 'member:join',
    ...by(id),
    userId: id,
    role: 'member',
  })
  const moderate = (action: 'ban' | 'unban'): LogCommand => ({
    kind: 'moderation:act',
    ...by('ada'),
    action,
    userId: 'bob',
    ...(action === 'ban' && { until: new Date(Date.now() + 3_600_000).toISOString() }),
  })

  test('is not stored when its sender is let in again', async () => {
    const [late, again] = twice(send('bob'))
    await through(1, moderate('ban'))
    expect(await through(1, again)).toEqual({ refused: 'BANNED' })
    await through(1, moderate('unban'))
    await through(1, letIn('bob'))
    const head = await headOf(roomId)
    expect(await through(0, late)).toEqual({ refused: 'SERVER_BUSY' })
    expect(await headOf(roomId)).toBe(head)
    // A third attempt is later than the one that was refused, and what it has done is done.
    expect(await through(1, numbered(again, 3))).toMatchObject({ seq: head + 1 })
    expect(await through(0, late)).toMatchObject({ seq: head + 1, dup: true })
  })

  test.each(['message:edit', 'message:delete'] as const)('nor is a %s done', async (kind) => {
    await through(0, letIn('eve'))
    const { seq: said } = await through(0, send('eve'))
    const id = { clientMsgId: randomUUID(), seq: Number(said) }
    const [late, again] = twice(
      kind === 'message:edit'
        ? { kind, ...by('eve'), ...id, text: 'changed' }
        : { kind, ...by('eve'), ...id },
    )
    await through(1, { kind: 'member:leave', ...by('eve'), userId: 'eve' })
    expect(await through(1, again)).toEqual({ refused: 'NOT_MEMBER' })
    await through(1, letIn('eve'))
    const head = await headOf(roomId)
    expect(await through(0, late)).toEqual({ refused: 'SERVER_BUSY' })
    expect(await headOf(roomId)).toBe(head)
  })

  test('in one transaction', async () => {
    const [late, again] = twice(send('eve'))
    const { outcomes } = await stores[0]!.runBatch([again, letIn('eve'), late])
    expect(outcomes[0]).toMatchObject({ refusal: { code: 'NOT_MEMBER' } })
    expect(outcomes[2]).toMatchObject({ refusal: { code: 'SERVER_BUSY' } })
  })

  test('the highest number stands, whichever is noted last', async () => {
    const [, again] = twice(send('eve'))
    for (const number of [5, 3]) {
      expect(await through(0, numbered(again, number))).toHaveProperty('refused')
    }
    await through(1, letIn('eve'))
    expect(await through(0, numbered(again, 4))).toEqual({ refused: 'SERVER_BUSY' })
    expect(await through(0, numbered(again, 6))).toHaveProperty('seq')
  })

  test('the first attempt alone may be made again by whoever is let in', async () => {
    const [first] = twice(send('eve'))
    expect(await through(0, first)).toEqual({ refused: 'NOT_MEMBER' })
    await through(1, letIn('eve'))
    expect(await through(0, first)).toHaveProperty('seq')
  })
})

test('what nobody has asked for again leaves no note', async () => {
  const count = async (): Promise<unknown> => {
    const [row] = await pools[0]!.query('SELECT COUNT(*) AS notes FROM command_retry')
    return row.notes
  }
  const before = await count()
  const [first, again] = twice(send('ada'))
  await through(0, first)
  // Nor what was asked for again and stored: it is found by its id.
  await through(0, again)
  const [cursor] = twice<LogCommandOf<'read:set'>>({ kind: 'read:set', ...by('ada'), upTo: 3 })
  await through(0, cursor)
  expect(await count()).toEqual(before)
})
