import { randomUUID } from 'node:crypto'
import type { LogCommand, LogCommandOf } from '@parley/message-schema'
import { FailPoints } from '@parley/server-kit'
import { eventually, freshDatabase, type FreshDatabase } from '@parley/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BatchOutcome } from '../../room-log/batch-outcome.ts'
import { createRoomLog, type LogStore } from '../../room-log/room-log.ts'
import { createWriterPool, type Pool } from '../connect.ts'
import { retryAdviceOf } from '../database-errors.ts'
import { createLogStore } from './log-store.ts'

let database: FreshDatabase
let pool: Pool
let store: LogStore
let roomId: string
beforeAll(async () => {
  database = await freshDatabase()
  pool = createWriterPool(database.url, 6)
  store = createLogStore(pool, new FailPoints(false))
})
afterAll(async () => {
  await pool.end()
  await database[Symbol.asyncDispose]()
})
beforeEach(async () => {
  roomId = randomUUID()
  await run({
    kind: 'room:create',
    roomId,
    actor: user('ada'),
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history: 'all',
    memberIds: ['bob'],
  })
})

const user = (id: string) => ({ id, kind: 'user' as const })
const send = (text: string, more: Partial<LogCommandOf<'message:send'>> = {}) => ({
  kind: 'message:send' as const,
  actor: user('ada'),
  roomId,
  clientMsgId: randomUUID(),
  text,
  ...more,
})
const edit = (seq: number, text: string) => ({
  kind: 'message:edit' as const,
  actor: user('ada'),
  roomId,
  seq,
  clientMsgId: randomUUID(),
  text,
})
const erase = (seq: number) => ({
  kind: 'message:delete' as const,
  actor: user('ada'),
  roomId,
  seq,
  clientMsgId: randomUUID(),
})
const answersOf = ({ outcomes }: BatchOutcome) =>
  outcomes.map((outcome) => ('data' in outcome ? outcome.data : outcome.refusal.code))
async function run(...commands: LogCommand[]) {
  return answersOf(await store.runBatch(commands))
}
const hexOf = (id: string): string => id.replaceAll('-', '')

/** Every table that holds `needle` in any of its columns, as text or as bytes. */
async function whereIs(needle: string): Promise<string[]> {
  const columns = await pool.query<{ table: string; column: string }[]>(
    `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS \`column\` FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE()`,
  )
  const found: string[] = []
  for (const { table, column } of columns) {
    const rows = await pool.query<unknown[]>(
      `SELECT 1 FROM \`${table}\` WHERE INSTR(CAST(\`${column}\` AS BINARY), CAST(? AS BINARY)) > 0 LIMIT 1`,
      [needle],
    )
    if (rows.length > 0) found.push(`${table}.${column}`)
  }
  return found
}

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return pool.query(`${sql} WHERE room_id = UNHEX('${hexOf(roomId)}')`)
}

describe('deleting leaves nothing of the body, in no column of no table', () => {
  const secret = () => `secret-${randomUUID()}`

  test('when everything happens in one batch', async () => {
    const [first, second, third] = [secret(), secret(), secret()]
    const answers = await run(send(first), edit(4, second), edit(4, third), erase(4))
    expect(answers).toMatchObject([{ seq: 4 }, { version: 1 }, { version: 2 }, { seq: 7 }])
    for (const text of [first, second, third]) expect(await whereIs(text)).toEqual([])
  })

  test('when each happens in a batch of its own', async () => {
    const [first, second, third] = [secret(), secret(), secret()]
    await run(send(first, { payload: { note: first }, mentions: ['bob'] }))
    expect(await whereIs(first)).toEqual(['room_event.data'])
    await run(edit(4, second))
    expect(await whereIs(second)).toContain('message_state.data')
    await run(edit(4, third))
    await run(erase(4))
    for (const text of [first, second, third]) expect(await whereIs(text)).toEqual([])
    expect(await rowsOf('SELECT * FROM room_mention')).toEqual([])
  })

  test('when a message is edited in the batch in which another is deleted', async () => {
    const [gone, kept] = [secret(), secret()]
    await run(send(gone), send('other'))
    await run(edit(4, `${gone} again`), edit(5, kept), erase(4))
    expect(await whereIs(gone)).toEqual([])
    expect(await whereIs(kept)).toEqual(['room_event.data', 'message_state.data'].toSorted())
  })

  test('nor does a fingerprint tell a guess from the text', async () => {
    const message = send(secret())
    await run(message, edit(4, secret()))
    await run(erase(4))
    const prints = await rowsOf('SELECT seq, type, fingerprint FROM room_event')
    const ofBodies = prints.filter(({ type }) => type === 1 || type === 2)
    expect(ofBodies.map(({ fingerprint }) => fingerprint)).toEqual([null, null])
  })
})

describe('a retry in another transaction', () => {
  test('answers what the first was answered, to the millisecond', async () => {
    const message = send('hello', {
      payload: { b: 1, a: [1, 2] },
      mentions: ['bob'],
      replyTo: undefined,
    })
    const [first] = await run(message)
    await run(send('between'))
    expect(await run(message)).toEqual([{ ...(first as object), dup: true }])
    expect(await run({ ...message, text: 'other' })).toEqual(['IDEMPOTENCY_MISMATCH'])
    expect(await rowsOf('SELECT seq FROM room_event')).toHaveLength(5)
  })

  test('of each kind of writing answers the first, also when its message is gone', async () => {
    const commands = [send('hello'), edit(4, 'better'), erase(4)]
    const first: object[] = []
    for (const command of commands) first.push(...((await run(command)) as object[]))
    for (const again of [await run(...commands), await run(...commands.toReversed())].entries()) {
      const expected = first.map((data) => ({ ...data, dup: true }))
      expect(again[1]).toEqual(again[0] === 0 ? expected : expected.toReversed())
    }
    expect(await rowsOf('SELECT seq FROM room_event')).toHaveLength(6)
  })
})

test('a batch of many rooms and kinds is all there, as it was answered', async () => {
  const texts = [
    '漢字 und Ümläute',
    '\u{1F600}\u{1F468}\u200D\u{1F469}',
    `it's "quoted" \\ %_`,
    '\u0000 x',
  ]
  const answers = await run(...texts.map((text) => send(text, { payload: { text } })))
  const rows = await rowsOf('SELECT seq, data FROM room_event')
  for (const [index, text] of texts.entries()) {
    const { seq } = answers[index] as { seq: number }
    const row = rows.find((one) => one['seq'] === seq)
    expect(JSON.parse(String(row?.['data']))).toEqual({ type: 'text', text, payload: { text } })
  }
})

test('the heads, counts and versions that are kept are those of the events', async () => {
  const join = (userId: string) => ({
    kind: 'member:join' as const,
    actor: user(userId),
    roomId,
    userId,
    role: 'member' as const,
  })
  const leave = (userId: string) => ({
    kind: 'member:leave' as const,
    actor: user(userId),
    roomId,
    userId,
  })
  await run(join('eve'), send('x'), leave('bob'), join('tom'), send('y'))
  await run(leave('eve'), join('bob'), join('tom'))
  const [head] = await rowsOf(
    'SELECT head, last_msg_no, member_version, member_count FROM room_head',
  )
  expect(head).toEqual({ head: 10, last_msg_no: 2, member_version: 7, member_count: 3 })
  const active = await rowsOf('SELECT user_id, left_seq FROM room_member')
  expect(
    active
      .filter((row) => row['left_seq'] === null)
      .map((row) => row['user_id'])
      .toSorted(),
  ).toEqual(['ada', 'bob', 'tom'])
})

describe('all or nothing', () => {
  test('a connection that is killed in the middle of a batch leaves nothing of it', async () => {
    const killer = createWriterPool(database.url, 1)
    for (let round = 0; round < 12; round += 1) {
      const victims = createWriterPool(database.url, 1)
      const victim = await victims.getConnection()
      const id = victim.threadId
      await victim.release()
      const size = 400
      const texts = Array.from({ length: size }, (_, n) =>
        send(`${round}/${n} ${'x'.repeat(2_000)}`),
      )
      const running = createLogStore(victims, new FailPoints(false))
        .runBatch(texts)
        .then(answersOf, (error: unknown) => retryAdviceOf(error))
      for (let turns = 0; turns < round * 4; turns += 1) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
      await killer.query(`KILL CONNECTION ${id}`).catch(() => undefined)
      const answer = await running
      const inLog = async () =>
        Number(
          (
            await pool.query(`SELECT COUNT(*) AS n FROM room_event WHERE data LIKE '%"${round}/%'`)
          )[0].n,
        )
      await eventually(async () => expect([0, size]).toContain(await inLog()))
      if (Array.isArray(answer)) expect(await inLog()).toBe(size)
      await victims.end()
      // At one moment: what was under way may still be committed.
      const [log] = await rowsOf(
        `SELECT MAX(head) AS head, MAX(seq) AS top, COUNT(*) AS n
         FROM room_event JOIN room_head USING (room_id)`,
      )
      expect([log?.['top'], log?.['n']]).toEqual([log?.['head'], log?.['head']])
    }
    await killer.end()
  })

  test('a connection that is killed between its writes leaves nothing of them', async () => {
    const helpers = createWriterPool(database.url, 3)
    const blocker = await helpers.getConnection()
    await blocker.query('START TRANSACTION')
    // The last that a batch writes waits for this row: its events and heads are written by then.
    await blocker.query("INSERT INTO user_head (user_id, version) VALUES ('blocked', 1)")
    const blocked = createWriterPool(database.url, 1)
    const join = {
      kind: 'member:join' as const,
      actor: user('blocked'),
      roomId,
      userId: 'blocked',
      role: 'member' as const,
    }
    const running = createLogStore(blocked, new FailPoints(false))
      .runBatch([send('a'), join, send('b'), edit(4, 'c')])
      .then(answersOf, (error: unknown) => error)
    const id = await eventually(async () => {
      const [row] = await helpers.query(
        // Other tests write to other databases of this server.
        `SELECT ID AS id FROM information_schema.PROCESSLIST
         WHERE DB = DATABASE() AND INFO LIKE '%INSERT INTO user_head%' AND INFO NOT LIKE '%PROCESSLIST%'`,
      )
      expect(row).toBeDefined()
      return Number(row.id)
    })
    await helpers.query(`KILL CONNECTION ${id}`)
    // Its commit was in the same packet: whoever asked cannot know how far it came.
    expect(await running).toMatchObject({ code: 'UNKNOWN_OUTCOME' })
    await blocker.query('ROLLBACK')
    await blocker.release()
    for (const table of ['room_event', 'message_state', 'message_version', 'room_mention']) {
      const rows = await rowsOf(`SELECT seq FROM ${table}`)
      expect(rows, table).toHaveLength(table === 'room_event' ? 3 : 0)
    }
    expect(await rowsOf('SELECT head, member_count FROM room_head')).toEqual([
      { head: 3, member_count: 2 },
    ])
    expect(await run(send('after'))).toMatchObject([{ seq: 4, msgNo: 1 }])
    await Promise.all([blocked.end(), helpers.end()])
  })

  test('a commit whose answer is lost is an unknown outcome, and its retry finds the first', async () => {
    let lose = true
    const losing = new Proxy(pool, {
      get(target, property) {
        if (property !== 'getConnection') return Reflect.get(target, property) as unknown
        return async () => {
          const connection = await target.getConnection()
          return new Proxy(connection, {
            get(inner, name) {
              const value = Reflect.get(inner, name) as (...args: unknown[]) => unknown
              if (name !== 'query') return typeof value === 'function' ? value.bind(inner) : value
              return async (sql: string, values: unknown) => {
                const answer = await inner.query(sql, values)
                if (!sql.endsWith('COMMIT') || !lose) return answer
                lose = false
                throw new Error('socket closed')
              }
            },
          })
        }
      },
    })
    const unlucky = createLogStore(losing, new FailPoints(false))
    const message = send('hello')
    await expect(unlucky.runBatch([message])).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
    expect(answersOf(await unlucky.runBatch([message]))).toMatchObject([{ seq: 4, dup: true }])
    expect(await rowsOf('SELECT seq FROM room_event')).toHaveLength(4)
  })

  test('a locked room that is killed gives its lock back: others go on', async () => {
    const victims = createWriterPool(database.url, 1)
    const victim = await victims.getConnection()
    await victim.query('START TRANSACTION')
    await victim.query('SELECT head FROM room_head WHERE room_id = UNHEX(?) FOR UPDATE', [
      hexOf(roomId),
    ])
    const waiting = run(send('behind the lock'))
    await pool.query(`KILL CONNECTION ${victim.threadId}`)
    expect(await waiting).toMatchObject([{ seq: 4 }])
    victim.destroy()
    await victims.end()
  })

  test('one command that the database refuses is refused alone, with the rest of its batch stored', async () => {
    const log = createRoomLog({ store, transactions: 1, announce: () => undefined, retryAdviceOf })
    const tooLong = 'x'.repeat(101)
    const create: LogCommandOf<'room:create'> = {
      kind: 'room:create',
      roomId: randomUUID(),
      actor: user('ada'),
      roomKind: 'room',
      name: tooLong,
      visibility: 'public',
      topic: null,
      history: 'all',
      memberIds: [],
    }
    const settled = await Promise.all(
      [send('a'), create, send('b'), send('c')].map((one) => log.submit(one)),
    )
    const answers = settled.map(({ outcome }) => ('data' in outcome ? 'ok' : outcome.refusal.code))
    expect(answers).toEqual(['ok', 'INTERNAL', 'ok', 'ok'])
    expect(await rowsOf('SELECT seq FROM room_event')).toHaveLength(6)
    expect(
      await pool.query('SELECT * FROM room_head WHERE room_id = UNHEX(?)', [hexOf(create.roomId)]),
    ).toEqual([])
  })
})

test('a full batch in which everybody mentions fifty others is not too much for one statement', async () => {
  const commands = Array.from({ length: 500 }, (_, n) =>
    send(`m${n}`, { mentions: Array.from({ length: 50 }, (_unused, k) => `user-${n}-${k}`) }),
  )
  const startedAt = performance.now()
  const answers = await run(...commands)
  expect(answers.every((answer) => typeof answer === 'object')).toBe(true)
  expect(performance.now() - startedAt).toBeLessThan(8_000)
})
