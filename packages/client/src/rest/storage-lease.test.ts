import { expect, test } from 'vitest'
import { createLaggingStorage } from '../testing/lagging-storage.ts'
import { seededRandom } from '../testing/seeded-random.ts'
import { createTestClock } from '../testing/test-clock.ts'
import type { Pause } from './pause.ts'
import { createMemoryStorage, type SignInStorage } from './saved-sign-in.ts'
import { createStorageLease } from './storage-lease.ts'

const KEY = 'lease'

function setUp() {
  const clock = createTestClock()
  const sleep: Pause = (ms) => new Promise((resolve) => void clock.after(ms, resolve))
  const open = (storage: SignInStorage) =>
    createStorageLease({ storage, key: KEY, now: clock.now, sleep })
  return { clock, sleep, open }
}

test('tabs that see late what the others write are never in it together', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = seededRandom(seed)
    const { clock, sleep, open } = setUp()
    const views = createLaggingStorage(4, () => random() * 90, clock.after)
    let inside = 0
    let most = 0
    let done = 0
    for (const view of views) {
      const exclusively = open(view)
      clock.after(random() * 150, () => {
        for (let n = 0; n < 2; n += 1) {
          void exclusively(async () => {
            inside += 1
            most = Math.max(most, inside)
            await sleep(random() * 500)
            inside -= 1
            done += 1
          })
        }
      })
    }
    await clock.advance(60_000)
    expect([seed, most, done]).toEqual([seed, 1, 8])
    expect(views.map((view) => view.getItem(KEY))).toEqual([null, null, null, null])
  }
})

test('a tab that is gone keeps the others waiting until its lease ends, and not for ever', async () => {
  const { clock, open } = setUp()
  const storage = createMemoryStorage()
  void open(storage)(() => new Promise(() => {}))
  await clock.advance(1_000)
  const ran: number[] = []
  const from = clock.now()
  void open(storage)(async () => void ran.push(clock.now() - from))
  await clock.advance(20_000)
  expect(ran).toEqual([])
  await clock.advance(60_000)
  expect(ran).toHaveLength(1)
  // It is not the other's to end.
  expect(storage.getItem(KEY)).toBeNull()
})

test('what is no lease, or ends too far away to be one, is none', async () => {
  for (const text of ['no', '{}', 'null', '{"owner":"x","until":9e15}']) {
    const { clock, open } = setUp()
    const storage = createMemoryStorage()
    storage.setItem(KEY, text)
    let isDone = false
    void open(storage)(async () => void (isDone = true))
    await clock.advance(1_000)
    expect([text, isDone]).toEqual([text, true])
  }
})

test('a storage that takes or keeps nothing holds nobody up, and an error is told', async () => {
  const { clock, open } = setUp()
  const full: SignInStorage = {
    ...createMemoryStorage(),
    setItem: () => {
      throw new Error('no space')
    },
  }
  expect(await open(full)(async () => 'done')).toBe('done')
  const forgetful: SignInStorage = { ...createMemoryStorage(), setItem: () => undefined }
  const failed = open(forgetful)(() => Promise.reject(new Error('refused')))
  const seen = expect(failed).rejects.toThrow('refused')
  await clock.advance(300_000)
  await seen
})
