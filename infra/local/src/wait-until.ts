import { setTimeout as delay } from 'node:timers/promises'

/** Asks again until it is so. False: it was not, in time. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  { timeoutMs, everyMs = 50 }: { timeoutMs: number; everyMs?: number },
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    if (await isSo()) return true
    if (performance.now() >= deadline) return false
    await delay(everyMs)
  }
}
