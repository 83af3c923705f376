import type { ConnectPlan, Counters, LoadGenerator, LoadResult } from '../load/load-generator.ts'
import type { LoadPlan } from '../load/sending.ts'
import { cpuUsOf } from '../machine/cpu-of-processes.ts'
import { watchNoise, type Noise } from '../machine/noise.ts'
import type { Remote } from '../remote/start-remote.ts'
import { startLoad } from '../load/start-load.ts'
import type { Role, Subject } from '../subjects/subject.ts'

export interface WindowPlan {
  readonly load: LoadPlan
  /** Before anything is measured: code becomes warm, connections come into step. */
  readonly warmMs: number
  readonly windowMs: number
}

/** What one stretch of time cost and brought. */
export interface Window {
  readonly seconds: number
  /** Sent and taken in it. */
  readonly messages: number
  readonly deliveries: number
  /** Processor time of the servers, by what they are. */
  readonly cpuUs: Readonly<Record<Role, number>>
  /** Of the load generator, of one core. */
  readonly generatorShare: number
  readonly result: LoadResult
  readonly noise: Noise
}

export const ROLES: readonly Role[] = ['front', 'api', 'worker', 'broker', 'database']

export function readCpu(subject: Subject): Record<Role, number> {
  const cpu: Record<Role, number> = { front: 0, api: 0, worker: 0, broker: 0, database: 0 }
  for (const { role, pid } of subject.processes()) cpu[role] += cpuUsOf(pid)
  return cpu
}

/** Connects everybody, hands over the load generator, and lets them go in the end. */
export async function withClients<Result>(
  plan: ConnectPlan,
  work: (load: Remote<LoadGenerator>) => Promise<Result>,
): Promise<Result> {
  const load = startLoad()
  try {
    await load.ask('connect', plan)
    return await work(load)
  } finally {
    await load.stop()
  }
}

export async function measureWindow(
  subject: Subject,
  load: Remote<LoadGenerator>,
  { load: plan, warmMs, windowMs }: WindowPlan,
): Promise<Window> {
  await load.ask('begin', plan)
  await passes(warmMs)
  const endNoise = watchNoise()
  const before = await mark(subject, load, true)
  await passes(windowMs)
  const after = await mark(subject, load, false)
  const noise = endNoise()
  const result = await load.ask('end')
  const tookMs = after.counters.atMs - before.counters.atMs
  const cpuUs = Object.fromEntries(
    ROLES.map((role) => [role, after.cpu[role] - before.cpu[role]]),
  ) as Record<Role, number>
  return {
    seconds: tookMs / 1_000,
    messages: after.counters.acked - before.counters.acked,
    deliveries: after.counters.delivered - before.counters.delivered,
    cpuUs,
    generatorShare: (after.counters.cpuUs - before.counters.cpuUs) / (tookMs * 1_000),
    result,
    noise,
  }
}

/** The same for every subject, and nothing of it is measured. */
export async function warmUp(
  load: Remote<LoadGenerator>,
  plan: LoadPlan,
  { warmUpMs, say }: { readonly warmUpMs: number; readonly say: (step: string) => void },
): Promise<void> {
  say('warming up')
  await load.ask('begin', plan)
  await passes(warmUpMs)
  await load.ask('end')
}

async function mark(
  subject: Subject,
  load: Remote<LoadGenerator>,
  isMeasured: boolean,
): Promise<{ readonly counters: Counters; readonly cpu: Record<Role, number> }> {
  const counters = await load.ask('mark', isMeasured)
  return { counters, cpu: readCpu(subject) }
}

const passes = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
