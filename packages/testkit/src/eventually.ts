import { setTimeout as delay } from 'node:timers/promises'

/** Tries until the assertion holds; after the time-out throws what it threw last. */
export async function eventually<Value>(
  assertion: () => Value | Promise<Value>,
  { timeoutMs = 15_000, everyMs = 20 }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<Value> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return await assertion()
    } catch (error) {
      if (performance.now() >= deadline) throw error
    }
    await delay(everyMs)
  }
}
