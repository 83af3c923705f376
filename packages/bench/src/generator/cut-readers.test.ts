import { expect, test, vi } from 'vitest'
import { cutReaders } from './cut-readers.ts'

/** Who left at which millisecond, of ten readers in two seconds. */
async function cutsOf(seed: number): Promise<string[]> {
  const startedMs = performance.now()
  const cuts: string[] = []
  const end = new AbortController()
  const readers = Array.from({ length: 10 }, (_, number) => ({
    number,
    leave: () => void cuts.push(`${number} leaves`),
    comeBack: () => void cuts.push(`${number} is back`),
  }))
  const plan = { seed, everyMs: 120, offlineMs: 40 }
  const cutting = cutReaders({ plan, readers, signal: end.signal })
  await vi.waitUntil(() => cuts.length >= 60 && performance.now() > startedMs)
  end.abort()
  const offlineMs = await cutting
  expect(offlineMs.length * 2).toBe(cuts.length)
  // Timers are never early.
  expect(Math.min(...offlineMs)).toBeGreaterThanOrEqual(35)
  return cuts
}

test('everybody is cut, and whoever left comes back, also when it ends', async () => {
  const cuts = await cutsOf(5)
  for (let number = 0; number < 10; number += 1) {
    const own = cuts.filter((cut) => cut.startsWith(`${number} `))
    expect(own.length).toBeGreaterThan(0)
    expect(own.every((cut, at) => cut.endsWith(at % 2 === 0 ? 'leaves' : 'back'))).toBe(true)
  }
})
