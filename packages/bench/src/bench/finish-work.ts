import { setTimeout as passes } from 'node:timers/promises'
import type { Role, Subject } from '../subjects/subject.ts'
import { readCpu, type Window } from './measure-load.ts'
import { settle } from './settle.ts'

/** Those that may put work off. Whoever holds the sockets is done when all was handed over. */
const BEHIND: readonly Role[] = ['api', 'worker', 'broker', 'database']
const QUIET_MS = 1_000

/**
 * The window with what was put off in it: until all is quiet, less what quiet takes. A load without a pace is more than
 * a worker keeps up with; its share of what is left is by the time of the window and of what went before it.
 */
export async function finishWork(
  subject: Subject,
  window: Window,
  { warmMs, windowMs }: { readonly warmMs: number; readonly windowMs: number },
): Promise<Window> {
  const startedMs = performance.now()
  const before = readCpu(subject)
  const isQuiet = await settle(subject, windowMs)
  const tookMs = performance.now() - startedMs
  const after = readCpu(subject)
  await passes(QUIET_MS)
  const quiet = readCpu(subject)
  const share = windowMs / (warmMs + windowMs)
  const cpuUs = { ...window.cpuUs }
  for (const role of BEHIND) {
    const quietUs = isQuiet ? ((quiet[role] - after[role]) / QUIET_MS) * tookMs : 0
    cpuUs[role] += share * Math.max(0, after[role] - before[role] - quietUs)
  }
  return { ...window, cpuUs }
}
