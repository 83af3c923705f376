import { setTimeout as sleep } from 'node:timers/promises'
import { allowedAfter, isWithin } from '../gauges/allowed-after.ts'
import type { Probe } from '../gauges/create-probe.ts'
import type { Reading } from '../gauges/gauge.ts'
import type { Recorder } from '../load/recorder.ts'

/** Connections that are kept open for the next request are closed within it. */
const SETTLED_MS = 90_000
const LOOK_EVERY_MS = 1_000

/** What it still has when all have gone, beside what it may have. */
export async function observeResources(
  probe: Probe,
  before: Reading,
  recorder: Recorder,
): Promise<void> {
  const allowed = allowedAfter(before)
  const untilMs = performance.now() + SETTLED_MS
  let reading = await probe.readIdle()
  while (!isWithin(reading, allowed) && performance.now() < untilMs) {
    await sleep(LOOK_EVERY_MS)
    reading = await probe.readIdle()
  }
  for (const [subject, value] of reading) {
    const expected = allowed.get(subject)
    if (expected === undefined || Object.keys(value).length === 0) continue
    const atMs = recorder.now()
    recorder.write({ kind: 'observation', what: 'resource', subject, value, expected, atMs })
  }
}
