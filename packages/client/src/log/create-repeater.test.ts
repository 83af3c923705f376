import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ChatError } from '../chat-error.ts'
import { createRepeater, type RepeaterPorts } from './create-repeater.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A repeater whose runs end when the test says so. */
function setUp(ports: Partial<RepeaterPorts> = {}) {
  const runs: { readonly end: () => void; readonly fail: (error: unknown) => void }[] = []
  const repeater = createRepeater({
    random: () => 0.5,
    run: () => new Promise((end, fail) => void runs.push({ end, fail })),
    ...ports,
  })
  const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
  return { repeater, runs, settle }
}

test('what is asked for within a while is one run, and once more if it is asked for meanwhile', async () => {
  const { repeater, runs, settle } = setUp({ gatherMs: 100 })
  repeater.ask()
  repeater.ask()
  await settle(99)
  expect(runs).toHaveLength(0)
  await settle(1)
  expect(runs).toHaveLength(1)
  repeater.ask()
  repeater.ask()
  await settle(1_000)
  expect(runs).toHaveLength(1)
  runs[0]?.end()
  await settle(100)
  expect(runs).toHaveLength(2)
  runs[1]?.end()
  await settle(60_000)
  expect(runs).toHaveLength(2)
})

test('what failed is tried again with growing pauses, or not where that is of no use', async () => {
  const { repeater, runs, settle } = setUp({ mayRetry: (error) => error !== 'for good' })
  repeater.ask()
  await settle()
  for (const pauseMs of [200, 400, 800]) {
    const before = runs.length
    runs.at(-1)?.fail('away')
    await settle(pauseMs - 1)
    expect(runs).toHaveLength(before)
    await settle(1)
    expect(runs).toHaveLength(before + 1)
  }
  const busy = new ChatError({ code: 'SERVER_BUSY', message: '', retryAfterMs: 5_000 })
  runs.at(-1)?.fail(busy)
  await settle(5_000)
  expect(runs).toHaveLength(4)
  await settle(1_600)
  expect(runs).toHaveLength(5)
  runs.at(-1)?.fail('for good')
  await settle(60_000)
  expect(runs).toHaveLength(5)
})

test('stopped, what is not begun is not run', async () => {
  const { repeater, runs, settle } = setUp({ gatherMs: 100 })
  repeater.ask()
  repeater.stop()
  await settle(60_000)
  expect(runs).toHaveLength(0)
})

test('stopped while it runs, it is neither tried again nor run once more', async () => {
  for (const end of ['end', 'fail'] as const) {
    const { repeater, runs, settle } = setUp()
    repeater.ask()
    await settle()
    repeater.ask()
    const now = repeater.now()
    repeater.stop()
    runs[0]?.[end](new Error('away'))
    await now
    await settle(60_000)
    expect([end, runs.length]).toEqual([end, 1])
    // No timer is left that would keep a program from ending.
    expect(vi.getTimerCount()).toBe(0)
  }
})

test('stopped and asked again, it runs, with the first pause after a failure', async () => {
  const { repeater, runs, settle } = setUp()
  repeater.ask()
  await settle()
  repeater.stop()
  repeater.ask()
  runs[0]?.fail('away')
  await settle(200)
  expect(runs).toHaveLength(2)
})

test('now is at once, and resolves when it has run; during a run it is right after it', async () => {
  const { repeater, runs, settle } = setUp({ gatherMs: 1_000 })
  let ended = 0
  const now = () => void repeater.now().then(() => (ended += 1))
  repeater.ask()
  now()
  expect(runs).toHaveLength(1)
  now()
  now()
  runs[0]?.end()
  await settle()
  expect([runs.length, ended]).toEqual([2, 1])
  runs[1]?.fail('away')
  await settle()
  expect(ended).toBe(3)
  await settle(60_000)
  expect(runs).toHaveLength(3)
})
