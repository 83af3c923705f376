import { setTimeout as passes } from 'node:timers/promises'
import { clockMs } from '../../../clock.ts'
import { startLoad } from '../../../load/start-load.ts'
import { readKernelMemory, type KernelMemory } from '../../../machine/kernel-memory.ts'
import { watchNoise, type Noise } from '../../../machine/noise.ts'
import { residentBytes } from '../../../machine/resident-memory.ts'
import { groupRooms } from '../../../peers/group-rooms.ts'
import type { ClientPlan, Role, Subject } from '../../../subjects/subject.ts'
import { readCpu, ROLES, withClients } from '../../measure-load.ts'
import { settle } from '../../settle.ts'

export interface IdlePlan {
  readonly clients: number
  readonly windowMs: number
  readonly say: (step: string) => void
}

/** Of one subject, once. Bytes and microseconds are of one connection. */
export interface IdleFigures {
  /** Of the processes that hold sockets: what they have with all connections, less what they had before. */
  readonly rssBytes: number
  /** What they have with all connections, their programs included. */
  readonly rssBytesWithProgram: number
  /** Of the kernel, for the server's end: half of what both ends have added. */
  readonly kernelBufferBytes: number
  readonly kernelSlabBytes: number
  /** Processor time until it is in all its rooms, of the processes that hold sockets and of all servers. */
  readonly handshakeCpuUs: number
  readonly handshakeAllCpuUs: number
  readonly handshakesPerSecondPerCore: number
  /** By the clock, with the load generator on the same machine. */
  readonly handshakesPerSecond: number
  /** While nothing is said: milliseconds of processor time a second, of each process by what it is. */
  readonly idleMsPerSecond: Readonly<Record<Role, number>>
  readonly processes: Readonly<Record<Role, number>>
}

export interface MeasuredIdle {
  readonly figures: IdleFigures
  readonly noise: Noise
  readonly notes: readonly string[]
  readonly whyVoid: readonly string[]
}

export const ROOMS_EACH = 20
/** As many as come into a room with its creation, with the one who makes it. */
export const MEMBERS = 101
/** What a process does for the first time costs memory that no connection costs. */
const WARM_UP = 100
const COLLECTED_MS = 2_000

/** Of all processes that hold sockets, when they have let go of what nobody holds. */
async function frontBytes(subject: Subject): Promise<number> {
  const pids = subject.processes().flatMap(({ role, pid }) => (role === 'front' ? [pid] : []))
  for (const pid of pids) process.kill(pid, 'SIGUSR2')
  await passes(COLLECTED_MS)
  return pids.reduce((sum, pid) => sum + residentBytes(pid), 0)
}

const planOf = (subject: Subject, readers: readonly ClientPlan[]) => ({
  dialect: subject.dialect,
  isOrdered: subject.isOrdered,
  readers,
  senders: [],
})

const allOf = (cpu: Readonly<Record<Role, number>>): number =>
  ROLES.reduce((sum, role) => sum + cpu[role], 0)

const lessOf = (
  after: Readonly<Record<Role, number>>,
  before: Readonly<Record<Role, number>>,
): Record<Role, number> =>
  Object.fromEntries(ROLES.map((role) => [role, after[role] - before[role]])) as Record<
    Role,
    number
  >

export async function measureIdle(subject: Subject, plan: IdlePlan): Promise<MeasuredIdle> {
  const { clients, windowMs, say } = plan
  say(`${clients + WARM_UP} people, ${ROOMS_EACH} rooms each`)
  const rooms = [
    ...groupRooms({ first: 0, people: WARM_UP, roomsEach: ROOMS_EACH, members: MEMBERS }),
    ...groupRooms({ first: WARM_UP, people: clients, roomsEach: ROOMS_EACH, members: MEMBERS }),
  ]
  const people = await subject.stage({ people: WARM_UP + clients, rooms })
  say('warming up')
  await withClients(planOf(subject, people.slice(0, WARM_UP)), () => settle(subject, windowMs))
  const isSettled = await settle(subject, windowMs)
  const endNoise = watchNoise()
  const rssBefore = await frontBytes(subject)
  const kernelBefore = readKernelMemory()
  const load = startLoad()
  try {
    await load.ask('violations')
    say(`${clients} connections`)
    const cpuBefore = readCpu(subject)
    const startedMs = clockMs()
    await load.ask('connect', planOf(subject, people.slice(WARM_UP)))
    const tookMs = clockMs() - startedMs
    const handshakes = lessOf(readCpu(subject), cpuBefore)
    const isQuiet = await settle(subject, windowMs)
    const rssAfter = await frontBytes(subject)
    const kernel = kernelLess(readKernelMemory(), kernelBefore)
    say(`nothing, for ${Math.round(windowMs / 1_000)} s`)
    const idle = await measureQuiet(subject, windowMs)
    const noise = endNoise()
    const lost = await load.ask('violations')
    const crashes = subject.crashes()
    return {
      figures: {
        rssBytes: (rssAfter - rssBefore) / clients,
        rssBytesWithProgram: rssAfter / clients,
        kernelBufferBytes: kernel.bufferBytes / 2 / clients,
        kernelSlabBytes: kernel.slabBytes / 2 / clients,
        handshakeCpuUs: handshakes.front / clients,
        handshakeAllCpuUs: allOf(handshakes) / clients,
        handshakesPerSecondPerCore: (clients * 1e6) / handshakes.front,
        handshakesPerSecond: (clients * 1_000) / tookMs,
        ...idle,
      },
      noise,
      notes: isSettled && isQuiet ? [] : ['the servers had not come to rest when it was measured'],
      whyVoid: [
        ...lost,
        ...(crashes > 0 ? [`${crashes} processes have died`] : []),
        ...(rssAfter > rssBefore ? [] : ['memory did not grow with connections']),
      ],
    }
  } finally {
    await load.stop()
  }
}

const kernelLess = (after: KernelMemory, before: KernelMemory): KernelMemory => ({
  bufferBytes: after.bufferBytes - before.bufferBytes,
  slabBytes: after.slabBytes - before.slabBytes,
})

async function measureQuiet(
  subject: Subject,
  windowMs: number,
): Promise<Pick<IdleFigures, 'idleMsPerSecond' | 'processes'>> {
  const before = readCpu(subject)
  const startedMs = clockMs()
  await passes(windowMs)
  const seconds = (clockMs() - startedMs) / 1_000
  const spent = lessOf(readCpu(subject), before)
  const processes = Object.fromEntries(ROLES.map((role) => [role, 0])) as Record<Role, number>
  for (const { role } of subject.processes()) processes[role] += 1
  const each = ROLES.map((role) => [
    role,
    spent[role] / 1_000 / seconds / Math.max(1, processes[role]),
  ])
  return { idleMsPerSecond: Object.fromEntries(each) as Record<Role, number>, processes }
}
