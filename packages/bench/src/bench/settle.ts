import { setTimeout as passes } from 'node:timers/promises'
import type { Subject } from '../subjects/subject.ts'
import { readCpu } from './measure-load.ts'

const EVERY_MS = 1_000
/** Of one core, of all that hold no sockets. */
const QUIET_SHARE = 0.15
const QUIET_TIMES = 2
/** Who measures for a short time does not want to wait for long. */
const WINDOWS = 5
const LONGEST_MS = 90_000

/**
 * Until what was begun before has been done: jobs, pages that are written, news that are on their way. What
 * sockets themselves take goes on. Answers whether it came to that within some of the windows in which it is
 * measured then.
 */
export async function settle(subject: Subject, windowMs: number): Promise<boolean> {
  const timeoutMs = Math.min(LONGEST_MS, WINDOWS * windowMs)
  const behind = (): number => {
    const { api, worker, broker, database } = readCpu(subject)
    return api + worker + broker + database
  }
  let quiet = 0
  let before = behind()
  for (let tookMs = 0; tookMs < timeoutMs; tookMs += EVERY_MS) {
    await passes(EVERY_MS)
    const now = behind()
    quiet = now - before < QUIET_SHARE * EVERY_MS * 1_000 ? quiet + 1 : 0
    if (quiet >= QUIET_TIMES) return true
    before = now
  }
  return false
}
