import { randomUUID } from 'node:crypto'
import { FailPoints } from '@parley/server-kit'
import { freshDatabase } from '@parley/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { createRoomLog } from '../../room-log/room-log.ts'
import { createWriterPool } from '../connect.ts'
import { retryAdviceOf } from '../database-errors.ts'
import { createLogStore } from '../log/log-store.ts'
import { createPendingStore } from './pending-notification-store.ts'

test('silent messages, and such as cannot be read as JSON, are passed over', async () => {
  const database = await freshDatabase()
  onTestFinished(() => database[Symbol.asyncDispose]())
  const pool = createWriterPool(database.url, 2)
  onTestFinished(() => pool.end())
  const { run } = createRoomLog({
    store: createLogStore(pool, new FailPoints(false)),
    transactions: 1,
    retryAdviceOf,
    announce: () => undefined,
  })
  const roomId = randomUUID()
  const actor = { id: 'ada', kind: 'user' } as const
  await run({
    kind: 'room:create',
    actor,
    roomId,
    roomKind: 'room',
    name: 'a room',
    visibility: 'public',
    topic: null,
    history: 'all',
    memberIds: ['bob'],
  })
  const send = { kind: 'message:send', actor, roomId } as const
  const said = async (more: object): Promise<number> =>
    (await run({ ...send, clientMsgId: randomUUID(), ...more })).seq
  const first = await said({ text: 'first' })
  await said({ payload: { half: '\uD83D' } })
  await said({ text: 'silent', silent: true })
  const last = await said({ text: 'last', replyTo: first })
  const found = await createPendingStore(pool).readNotable(
    [{ roomId, fromSeq: 1, toSeq: last }],
    new Date(0),
  )
  expect(found.map(({ seq, answers }) => [seq, answers])).toEqual([
    [first, []],
    [last, [first]],
  ])
})
