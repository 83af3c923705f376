import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { KeyedBatch, type KeyedBatchOptions } from './keyed-batch.ts'

const LATE_MS = 100

/** An item is `key` and a number. Runs end when they are told to. */
function begin(options: Partial<KeyedBatchOptions<string, string>> = {}) {
  const batches: string[][] = []
  const ends: ({ done: () => void; fail: (error: Error) => void } | undefined)[] = []
  const batch = new KeyedBatch<string, string>({
    keyOf: (item) => item.charAt(0),
    run: (items) => {
      batches.push([...items])
      return new Promise((resolve, reject) => {
        ends.push({ done: () => resolve(items.map((item) => item.toUpperCase())), fail: reject })
      })
    },
    maxBatch: 100,
    maxQueued: 1_000,
    weigh: () => 1,
    maxWeight: Infinity,
    atOnce: 2,
    lateMs: LATE_MS,
    atMost: 3,
    everyMs: 0,
    enough: 100,
    ...options,
  })
  const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)
  const ask = (items: string): Promise<string>[] =>
    items.split(' ').map((item) => batch.add(item) ?? Promise.reject(new Error('refused')))
  /** Whose answers nobody waits for. */
  const add = (items: string): void => {
    for (const item of items.split(' ')) void batch.add(item)
  }
  return {
    batch,
    batches,
    ask,
    add,
    turn,
    done: async (n: number) => {
      ends[n]?.done()
      await turn()
    },
    fail: async (n: number, error: Error) => {
      ends[n]?.fail(error)
      await turn()
    },
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('what is added in one turn goes together, and each is answered its own', async () => {
  const { batches, ask, turn, done } = begin()
  const answers = ask('a1 b1 a2')
  await turn()
  expect(batches).toEqual([['a1', 'a2', 'b1']])
  await done(0)
  expect(await Promise.all(answers)).toEqual(['A1', 'B1', 'A2'])
})

test('a key that is in flight waits; others go beside it, no more than may at once', async () => {
  const { batches, add, turn, done } = begin()
  add('a1')
  await turn()
  add('a2 b1')
  await turn()
  add('c1 a3')
  await turn()
  expect(batches).toEqual([['a1'], ['b1']])
  await done(1)
  expect(batches.slice(2)).toEqual([['c1']])
  await done(0)
  expect(batches.slice(3)).toEqual([['a2', 'a3']])
})

test('who has waited longest goes first, and what did not fit comes after the others', async () => {
  const { batches, add, turn, done } = begin({ maxBatch: 2, atOnce: 1 })
  add('a1 a2 a3 b1 c1')
  await turn()
  expect(batches).toEqual([['a1', 'a2']])
  await done(0)
  await done(1)
  expect(batches.slice(1)).toEqual([['b1', 'c1'], ['a3']])
})

test('the order of a key holds, whatever ends first', async () => {
  const { batches, add, turn, done } = begin({ maxBatch: 3 })
  for (let n = 0; n < 40; n += 1) {
    add(`a${n} ${'bcd'.charAt(n % 3)}${n}`)
    if (n % 4 === 0) await turn()
    if (n % 3 === 0) await done(Math.max(0, batches.length - 1 - (n % 2)))
  }
  for (let n = 0; n < batches.length; n += 1) await done(n)
  for (const key of 'abcd') {
    const numbers = batches.flat().flatMap((item) => (item.startsWith(key) ? [+item.slice(1)] : []))
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  }
  expect(batches.flat()).toHaveLength(80)
})

test('one that is too heavy goes alone, and weight ends a batch', async () => {
  const { batches, add, turn, done } = begin({
    weigh: (item) => Number(item.slice(1)),
    maxWeight: 10,
    atOnce: 1,
  })
  add('a1 b8 c5 d50 e5')
  await turn()
  for (let n = 0; n < 4; n += 1) await done(n)
  expect(batches).toEqual([['a1', 'b8'], ['c5'], ['d50'], ['e5']])
})

test('beyond the bound nothing is queued, and what was queued is still done', async () => {
  const { batch, batches, add, turn, done } = begin({ maxQueued: 2 })
  add('a1')
  await turn()
  add('a2 a3')
  expect(batch.add('b1')).toBeUndefined()
  expect(batch.queued).toBe(2)
  await done(0)
  expect([batches.at(-1), batch.queued]).toEqual([['a2', 'a3'], 0])
})

test('a run that fails is the failure of its batch; its keys go on', async () => {
  const { batches, ask, turn, done, fail } = begin()
  const [first] = ask('a1')
  await turn()
  const [second] = ask('a2')
  const failed = expect(first).rejects.toThrow('lost')
  await fail(0, new Error('lost'))
  await failed
  expect(batches.at(-1)).toEqual(['a2'])
  await done(1)
  expect(await second).toBe('A2')
})

describe('one that takes long', () => {
  test('keeps only its own keys waiting', async () => {
    const { batches, add, turn, done } = begin({ atOnce: 1 })
    add('a1')
    await turn()
    add('b1 a2')
    await vi.advanceTimersByTimeAsync(LATE_MS - 1)
    expect(batches).toEqual([['a1']])
    await vi.advanceTimersByTimeAsync(1)
    expect(batches).toEqual([['a1'], ['b1']])
    await done(0)
    // The prompt one is still under way.
    expect(batches).toHaveLength(2)
    await done(1)
    expect(batches.at(-1)).toEqual(['a2'])
  })

  test('counts among those that may be in flight at all', async () => {
    const { batches, add, done } = begin({ atOnce: 1, atMost: 3 })
    for (const item of ['a1', 'b1', 'c1', 'd1']) {
      add(item)
      await vi.advanceTimersByTimeAsync(LATE_MS)
    }
    expect(batches).toEqual([['a1'], ['b1'], ['c1']])
    await done(1)
    expect(batches.at(-1)).toEqual(['d1'])
  })
})

test('what comes alone goes at once; what comes often goes together, or when a batch is full', async () => {
  const { batches, add, turn, done } = begin({ everyMs: 5, enough: 3 })
  add('a1')
  await turn()
  expect(batches).toEqual([['a1']])
  await vi.advanceTimersByTimeAsync(2)
  add('b1')
  await vi.advanceTimersByTimeAsync(2)
  add('c1')
  expect(batches).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(batches).toEqual([['a1'], ['b1', 'c1']])
  await done(0)
  add('d1 d2 d3')
  await turn()
  expect(batches.at(-1)).toEqual(['d1', 'd2', 'd3'])
  await done(1)
  await done(2)
  await vi.advanceTimersByTimeAsync(5)
  add('e1')
  await turn()
  expect(batches.at(-1)).toEqual(['e1'])
})

test('one who asks again at each answer does not wait; as soon as there are two, both do', async () => {
  const { batches, add, turn, done } = begin({ everyMs: 5 })
  for (const [n, item] of ['a1', 'a2', 'a3'].entries()) {
    add(item)
    await turn()
    expect(batches.at(-1)).toEqual([item])
    await done(n)
  }
  add('a4')
  await turn()
  add('b1')
  await turn()
  await done(3)
  add('a5')
  await turn()
  expect(batches.at(-1)).toEqual(['a4'])
  await vi.advanceTimersByTimeAsync(5)
  expect(batches.at(-1)).toEqual(['b1', 'a5'])
  await done(4)
  add('a6')
  await turn()
  expect(batches.at(-1)).toEqual(['b1', 'a5'])
  await vi.advanceTimersByTimeAsync(5)
  expect(batches.at(-1)).toEqual(['a6'])
})

test('what waits behind a key that is busy is not enough for others to begin', async () => {
  const { batches, add, turn, done } = begin({ everyMs: 5, enough: 3 })
  add('a1 a2')
  await turn()
  add('a3 a4 a5 b1')
  await turn()
  expect(batches).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(5)
  expect(batches.at(-1)).toEqual(['b1'])
  await done(0)
  expect(batches.at(-1)).toEqual(['a3', 'a4', 'a5'])
})

test('idle waits for what is in flight and what is queued behind it', async () => {
  const { batch, add, turn, done } = begin()
  await batch.idle()
  let isIdle = false
  add('a1')
  const idle = batch.idle().then(() => {
    isIdle = true
  })
  await turn()
  add('a2')
  await done(0)
  expect(isIdle).toBe(false)
  await done(1)
  await idle
  expect(isIdle).toBe(true)
})
