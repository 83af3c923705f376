import type { Redis } from 'ioredis'
import { differenceOf, readRedisCounts } from '../../../capacity/redis-counts.ts'
import { clockMs } from '../../../clock.ts'
import type { Subject } from '../../../subjects/subject.ts'
import { readCpu, ROLES } from '../../measure-load.ts'

/** What Redis and the servers did in a stretch of time. */
export interface BusCost {
  readonly ms: number
  readonly commands: number
  readonly publishes: number
  /** What Redis has sent. */
  readonly outBytes: number
  readonly inBytes: number
  /** Of all servers. */
  readonly cpuUs: number
  /** Of the nodes that hold sockets. */
  readonly frontCpuUs: number
}

const PUBLISH = /^s?publish$/u

function cpuOf(subject: Subject): Pick<BusCost, 'cpuUs' | 'frontCpuUs'> {
  const cpu = readCpu(subject)
  return { cpuUs: ROLES.reduce((sum, role) => sum + cpu[role], 0), frontCpuUs: cpu.front }
}

export async function costDuring(
  { subject, redis }: { readonly subject: Subject; readonly redis: Redis },
  work: () => Promise<unknown>,
): Promise<BusCost> {
  // Asking is answered at length: what that took between two questions is known, and is none of the work.
  const asked = await readRedisCounts(redis)
  const before = await readRedisCounts(redis)
  const own = differenceOf(before, asked)
  const cpuBefore = cpuOf(subject)
  const startedMs = clockMs()
  await work()
  const ms = clockMs() - startedMs
  const cpu = cpuOf(subject)
  const counts = differenceOf(await readRedisCounts(redis), before)
  const calls = Object.entries(counts.commands)
  const sum = (some: typeof calls): number => some.reduce((all, [, count]) => all + count, 0)
  return {
    ms,
    commands: sum(calls),
    publishes: sum(calls.filter(([name]) => PUBLISH.test(name))),
    outBytes: counts.outputBytes - own.outputBytes,
    inBytes: counts.inputBytes - own.inputBytes,
    cpuUs: cpu.cpuUs - cpuBefore.cpuUs,
    frontCpuUs: cpu.frontCpuUs - cpuBefore.frontCpuUs,
  }
}

/** Of one of so many things that were done: less what goes on when nothing is done. */
export function costOfOne(busy: BusCost, quiet: BusCost, count: number): Omit<BusCost, 'ms'> {
  const share = busy.ms / quiet.ms
  const of = (pick: (cost: BusCost) => number): number => (pick(busy) - pick(quiet) * share) / count
  return {
    commands: of(({ commands }) => commands),
    publishes: of(({ publishes }) => publishes),
    outBytes: of(({ outBytes }) => outBytes),
    inBytes: of(({ inBytes }) => inBytes),
    cpuUs: of(({ cpuUs }) => cpuUs),
    frontCpuUs: of(({ frontCpuUs }) => frontCpuUs),
  }
}
