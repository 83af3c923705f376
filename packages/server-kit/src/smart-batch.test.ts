import { expect, test } from 'vitest'
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
