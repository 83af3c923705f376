import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SmartBatch, type SmartBatchOptions } from './smart-batch.ts'

/** Runs that end when they are told to, and what each was given. */
function heldRuns() {
  const batches: number[][] = []
  const ends: { done: () => void; fail: (error: Error) => void }[] = []
  const run = (items: readonly number[]): Promise<number[]> => {
    batches.push([...items])
    return new Promise((resolve, reject) => {
      ends.push({ done: () => resolve(items.map((item) => -item)), fail: reject })
    })
  }
  return {
    batches,
    run,
    done: () => ends.shift()?.done(),
    fail: (e: Error) => ends.shift()?.fail(e),
  }
}

const batchOf = (
  run: SmartBatchOptions<number, number>['run'],
  options: Partial<SmartBatchOptions<number, number>> = {},
) => new SmartBatch<number, number>({ run, maxBatch: 100, maxQueued: 1_000, ...options })

/** Lets everything that is due, and nothing that waits for a timer, happen. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

test('what is added in one turn goes together, and each is answered its own', async () => {
  const { batches, run, done } = heldRuns()
  const batch = batchOf(run)
  const answers = Promise.all([1, 2, 3].map((item) => batch.add(item)))
  await turn()
  done()
  expect(await answers).toEqual([-1, -2, -3])
  expect(batches).toEqual([[1, 2, 3]])
})

test('one batch at a time: what comes meanwhile goes next, together and in order', async () => {
  const { batches, run, done } = heldRuns()
  const batch = batchOf(run)
  const first = batch.add(1)
  await turn()
  const others = [2, 3, 4].map((item) => batch.add(item))
  await turn()
  expect(batches).toEqual([[1]])
  done()
  await first
  await turn()
  expect(batches).toEqual([[1], [2, 3, 4]])
  done()
  expect(await Promise.all(others)).toEqual([-2, -3, -4])
})

test('a batch holds at most so many, and so much weight; one that is too heavy goes alone', async () => {
  const { batches, run, done } = heldRuns()
  const batch = batchOf(run, { maxBatch: 3, weigh: (item) => item, maxWeight: 10 })
  const items = [1, 1, 1, 1, 9, 5, 50, 5, 5]
  const answers = Promise.all(items.map((item) => batch.add(item)))
  for (let i = 0; i < items.length; i += 1) {
    await turn()
    done()
  }
  await answers
  expect(batches).toEqual([[1, 1, 1], [1, 9], [5], [50], [5, 5]])
})

test('beyond the bound nothing is queued, and what was queued is still done', async () => {
  const { batches, run, done } = heldRuns()
  const batch = batchOf(run, { maxQueued: 2 })
  const first = batch.add(1)
  await turn()
  const waiting = [batch.add(2), batch.add(3)]
  expect(batch.add(4)).toBeUndefined()
  expect(batch.queued).toBe(2)
  done()
  await first
  await turn()
  expect(batch.add(5)).toBeDefined()
  done()
  expect(await Promise.all(waiting)).toEqual([-2, -3])
  await turn()
  done()
  await batch.idle()
  expect(batches).toEqual([[1], [2, 3], [5]])
})

test('a run that fails is the failure of its batch and of no other', async () => {
  const { run, done, fail } = heldRuns()
  const batch = batchOf(run)
  const first = batch.add(1)
  await turn()
  const second = batch.add(2)
  fail(new Error('lost'))
  await expect(first).rejects.toThrow('lost')
  await turn()
  done()
  expect(await second).toBe(-2)
})

test('idle waits for what is in flight and what is queued behind it', async () => {
  const { run, done } = heldRuns()
  const batch = batchOf(run)
  await batch.idle()
  const answers = [batch.add(1)]
  await turn()
  answers.push(batch.add(2))
  let idle = false
  const waited = batch.idle().then(() => {
    idle = true
  })
  done()
  await turn()
  expect(idle).toBe(false)
  done()
  await waited
  expect(await Promise.all(answers)).toEqual([-1, -2])
})

describe('with patience', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Items wait for as many ms as they say. */
  const patient = (options: Partial<SmartBatchOptions<number, number>> = {}) => {
    const held = heldRuns()
    return { ...held, batch: batchOf(held.run, { patience: (item) => item, ...options }) }
  }

  test('what may wait goes when the first of it is due', async () => {
    const { batch, batches } = patient()
    void batch.add(50)
    await vi.advanceTimersByTimeAsync(20)
    void batch.add(40)
    await vi.advanceTimersByTimeAsync(29)
    expect(batches).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(batches).toEqual([[50, 40]])
  })

  test('what may not wait goes at once, and takes along what came before', async () => {
    const { batch, batches } = patient()
    void batch.add(50)
    await vi.advanceTimersByTimeAsync(10)
    void batch.add(0)
    await vi.advanceTimersByTimeAsync(0)
    expect(batches).toEqual([[50, 0]])
  })

  test('a full batch does not wait', async () => {
    const { batch, batches } = patient({ maxBatch: 2 })
    void batch.add(50)
    void batch.add(51)
    await vi.advanceTimersByTimeAsync(0)
    expect(batches).toEqual([[50, 51]])
    void batch.add(52)
    await vi.advanceTimersByTimeAsync(0)
    void batch.add(53)
    await vi.advanceTimersByTimeAsync(0)
    expect(batches).toEqual([[50, 51]])
  })

  test('what was due while another was in flight goes at once', async () => {
    const { batch, batches, done } = patient()
    void batch.add(0)
    await vi.advanceTimersByTimeAsync(0)
    void batch.add(30)
    await vi.advanceTimersByTimeAsync(40)
    done()
    await vi.advanceTimersByTimeAsync(0)
    expect(batches).toEqual([[0], [30]])
  })

  test('a clock that is set back makes nobody wait for longer', async () => {
    const { batch, batches, done } = patient()
    void batch.add(0)
    await vi.advanceTimersByTimeAsync(0)
    void batch.add(30)
    vi.setSystemTime(Date.now() - 3_600_000)
    done()
    await vi.advanceTimersByTimeAsync(30)
    expect(batches).toEqual([[0], [30]])
  })

  test('idle waits for what waits', async () => {
    const { batch, batches, done } = patient()
    void batch.add(30)
    let isIdle = false
    void batch.idle().then(() => {
      isIdle = true
    })
    await vi.advanceTimersByTimeAsync(29)
    expect([isIdle, batches]).toEqual([false, []])
    await vi.advanceTimersByTimeAsync(1)
    done()
    await vi.advanceTimersByTimeAsync(0)
    expect(isIdle).toBe(true)
  })
})
