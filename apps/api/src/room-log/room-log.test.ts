import { randomUUID } from 'node:crypto'
import { ParleyError, type LogCommand, type LogCommandOf } from '@parley/message-schema'
import { expect, test } from 'vitest'
import type { BatchOutcome } from './batch-outcome.ts'
import { createRoomLog, type RoomLogPorts } from './room-log.ts'

type Send = LogCommandOf<'message:send'>
const oneRoom = randomUUID()
const say = (text: string, roomId = oneRoom): Send => ({
  kind: 'message:send',
  actor: { id: 'ada', kind: 'user' },
  roomId,
  clientMsgId: randomUUID(),
  text,
})
const textOf = (command: LogCommand): string => ('text' in command ? (command.text ?? '') : '')

class Again extends Error {}
class Later extends Error {}

/** A store that commits every batch, unless `fail` has something against it. */
function aStore(fail: (commands: readonly LogCommand[]) => unknown = () => undefined) {
  const asked: string[][] = []
  const committed: string[] = []
  const runBatch = async (commands: readonly LogCommand[]): Promise<BatchOutcome> => {
    asked.push(commands.map(textOf))
    await Promise.resolve()
    const error = fail(commands)
    if (error !== undefined) throw error
    committed.push(...commands.map(textOf))
    return {
      outcomes: commands.map((command) => ({ data: { said: textOf(command) } })),
      news: [],
      changedUsers: [],
    }
  }
  return { asked, committed, store: { runBatch } }
}

function aLog(store: RoomLogPorts['store'], more: Partial<RoomLogPorts> = {}) {
  const announced: BatchOutcome[] = []
  const log = createRoomLog({
    store,
    transactions: 4,
    announce: (outcome) => announced.push(outcome),
    retryAdviceOf: (error) =>
      error instanceof Again ? 'again' : error instanceof Later ? 'later' : 'never',
    ...more,
  })
  const submit = async (command: LogCommand): Promise<string> => {
    const { outcome } = await log.submit(command)
    return 'data' in outcome ? (outcome.data as { said: string }).said : outcome.refusal.code
  }
  const all = (commands: readonly LogCommand[]) => Promise.all(commands.map(submit))
  return { log, announced, submit, all }
}

const some = (count: number): Send[] => Array.from({ length: count }, (_, n) => say(`m${n}`))
const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `m${n}`)

test('what is asked in one turn is one transaction, and each is answered its own', async () => {
  const { asked, store } = aStore()
  const { all, announced } = aLog(store)
  expect(await all(some(5))).toEqual(texts(5))
  expect(asked).toEqual([texts(5)])
  expect(announced).toHaveLength(1)
})

test('a batch that lost against another is run again, the same, until it wins', async () => {
  let left = 3
  const { asked, committed, store } = aStore(() => ((left -= 1) >= 0 ? new Again() : undefined))
  const { all, announced } = aLog(store)
  expect(await all(some(3))).toEqual(texts(3))
  expect(asked).toEqual([texts(3), texts(3), texts(3), texts(3)])
  expect(committed).toEqual(texts(3))
  expect(announced).toHaveLength(1)
})

test('one that always loses is given up as busy, after a bounded number of tries', async () => {
  const { asked, store } = aStore(() => new Again())
  const { all, announced } = aLog(store)
  expect(await all(some(2))).toEqual(['SERVER_BUSY', 'SERVER_BUSY'])
  expect(asked.length).toBeGreaterThan(2)
  expect(asked.length).toBeLessThan(20)
  expect(announced).toEqual([])
})

test.each([
  ['the first', [0]],
  ['the last', [36]],
  ['one in the middle', [17]],
  ['several', [3, 4, 20, 36]],
  ['all', texts(37).map((_, index) => index)],
])(
  '%s of 37 is poison: it is refused alone, and its neighbours commit once, in order',
  async (_, poison) => {
    const isPoison = (text: string): boolean => poison.includes(Number(text.slice(1)))
    const { committed, store } = aStore((commands) =>
      commands.map(textOf).some(isPoison) ? new Error('out of range') : undefined,
    )
    const { all } = aLog(store)
    expect(await all(some(37))).toEqual(
      texts(37).map((text) => (isPoison(text) ? 'INTERNAL' : text)),
    )
    expect(committed).toEqual(texts(37).filter((text) => !isPoison(text)))
  },
)

test('a half of a bisected batch that loses against another is run again too', async () => {
  let lost = false
  const { store } = aStore((commands) => {
    const names = commands.map(textOf)
    if (names.includes('m0')) return new Error('poison')
    if (names.length === 2 && !lost) {
      lost = true
      return new Again()
    }
    return undefined
  })
  const { all } = aLog(store)
  expect(await all(some(4))).toEqual(['INTERNAL', 'm1', 'm2', 'm3'])
  expect(lost).toBe(true)
})

test('while the database is away everybody is told to come again, and nothing is tried in halves', async () => {
  const { asked, store } = aStore(() => new Later('connection lost'))
  const { log, all } = aLog(store)
  expect(await all(some(8))).toEqual(Array.from({ length: 8 }, () => 'SERVER_BUSY'))
  expect(asked).toHaveLength(1)
  const { outcome } = await log.submit(say('x'))
  expect(outcome).toMatchObject({ refusal: { retryAfterMs: expect.any(Number) as number } })
})

test.each(['UNKNOWN_OUTCOME', 'SERVER_BUSY'] as const)(
  '%s of the store is said to everybody in the batch and tried no second time',
  async (code) => {
    const { asked, store } = aStore(() => new ParleyError(code))
    const { all, announced } = aLog(store)
    expect(await all(some(4))).toEqual([code, code, code, code])
    expect(asked).toHaveLength(1)
    expect(announced).toEqual([])
  },
)

test('a room keeps the order in which it was asked, however long each transaction takes', async () => {
  const { committed, store } = aStore()
  const slow: RoomLogPorts['store'] = {
    runBatch: async (commands) => {
      for (let turns = commands.length % 3; turns >= 0; turns -= 1) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
      return store.runBatch(commands)
    },
  }
  const { submit } = aLog(slow)
  const answers: Promise<string>[] = []
  for (let n = 0; n < 200; n += 1) {
    answers.push(submit(say(`m${n}`)))
    if (n % 7 === 0) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }
  await Promise.all(answers)
  expect(committed).toEqual(texts(200))
})

test('two transactions of one room never run at the same time, those of others may', async () => {
  const running = new Map<string, number>()
  let most = 0
  let mostOfOne = 0
  const { log } = aLog({
    runBatch: async (commands) => {
      for (const { roomId } of commands) running.set(roomId, (running.get(roomId) ?? 0) + 1)
      const sum = [...running.values()].filter((count) => count > 0).length
      most = Math.max(most, sum)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      const own = new Set(commands.map(({ roomId }) => roomId))
      for (const roomId of own) {
        const inThis = commands.filter((command) => command.roomId === roomId).length
        mostOfOne = Math.max(mostOfOne, (running.get(roomId) ?? 0) - inThis)
      }
      for (const { roomId } of commands) running.set(roomId, (running.get(roomId) ?? 0) - 1)
      return { outcomes: commands.map(() => ({ data: {} })), news: [], changedUsers: [] }
    },
  })
  const rooms = Array.from({ length: 16 }, () => randomUUID())
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < 400; n += 1) {
    answers.push(log.submit(say('x', rooms[n % rooms.length])))
    if (n % 20 === 0) {
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
  }
  await Promise.all(answers)
  expect(mostOfOne).toBe(0)
  expect(most).toBeGreaterThan(1)
})

test('beyond what may wait it refuses at once, and does what it took', async () => {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const { committed, store } = aStore()
  const { submit } = aLog({
    runBatch: async (commands) => {
      await opened
      return store.runBatch(commands)
    },
  })
  const answers = Array.from({ length: 11_000 }, (_, n) => submit(say(`m${n}`)))
  expect(await answers.at(-1)).toBe('SERVER_BUSY')
  expect(committed).toEqual([])
  open()
  const taken = (await Promise.all(answers)).filter((answer) => answer !== 'SERVER_BUSY')
  expect(taken.length).toBeGreaterThanOrEqual(10_000)
  expect(committed).toEqual(taken)
})

test('a transaction holds at most 500 commands', async () => {
  const { asked, store } = aStore()
  await aLog(store).all(some(1_201))
  expect(Math.max(...asked.map((batch) => batch.length))).toBe(500)
  expect(asked.flat()).toEqual(texts(1_201))
})

test('run answers data or throws the refusal, and idle waits for what is in flight', async () => {
  const { store, committed } = aStore((commands) =>
    textOf(commands[0]!) === 'no' ? new ParleyError('UNKNOWN_OUTCOME') : undefined,
  )
  const { log } = aLog(store)
  const fine = log.run(say('yes'))
  await log.idle()
  expect(committed).toEqual(['yes'])
  expect(await fine).toEqual({ said: 'yes' })
  await expect(log.run(say('no'))).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
})

test('what was committed is answered as such, also if telling others of it fails', async () => {
  const { store } = aStore()
  const { submit } = aLog(store, {
    announce: () => {
      throw new Error('nobody listens')
    },
  })
  expect(await submit(say('m0')).catch((error: unknown) => error)).toBe('m0')
})
