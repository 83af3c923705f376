import { setTimeout as passes } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { watchNoise, type Noise } from '../../../machine/noise.ts'
import type { ClientPlan, Subject } from '../../../subjects/subject.ts'
import { measureWindow, withClients, type Window } from '../../measure-load.ts'
import { whyVoid } from '../../why-void.ts'
import { costDuring, costOfOne } from './bus-cost.ts'
import { placedOn } from './placed-clients.ts'

/** Of a room on so many of the nodes. All is of one event, but for the processor time of a delivery. */
export interface MessageFigures {
  readonly busOutBytes: number
  readonly busInBytes: number
  readonly busCommands: number
  readonly busPublishes: number
  readonly cpuUsPerDelivery: number
  /** Of the nodes alone. */
  readonly frontCpuUsPerDelivery: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly lost: number
}

export interface MeasuredMessages {
  readonly hosts: number
  readonly figures: MessageFigures
  readonly noise: Noise
  readonly whyVoid: readonly string[]
}

export const PER_SECOND = 20
const TEXT_LENGTH = 200
const WARM_MS = 2_000

/** The first of the people speaks, all others read. */
export async function measureMessages(
  { subject, redis }: { readonly subject: Subject; readonly redis: Redis },
  people: readonly ClientPlan[],
  { hosts, room, windowMs }: { hosts: number; room: string; windowMs: number },
): Promise<MeasuredMessages> {
  const [sender, ...readers] = placedOn(
    hosts,
    people.map((person) => ({ ...person, rooms: [room] })),
  )
  if (sender === undefined) throw new Error('Nobody was staged.')
  const { dialect, isOrdered } = subject
  return withClients({ dialect, isOrdered, readers, senders: [sender] }, async (load) => {
    const plan = { pace: { perSecond: PER_SECOND }, textLength: TEXT_LENGTH, rooms: [room] }
    // Said before it is counted: channels are followed, statements prepared.
    await measureWindow(subject, load, {
      load: plan,
      warmMs: 0,
      windowMs: Math.min(WARM_MS, windowMs),
    })
    const endNoise = watchNoise()
    const quiet = await costDuring({ subject, redis }, () => passes(windowMs))
    let window: Window | undefined
    const busy = await costDuring({ subject, redis }, async () => {
      window = await measureWindow(subject, load, { load: plan, warmMs: 0, windowMs })
    })
    if (window === undefined) throw new Error('Nothing was measured.')
    const { result } = window
    const one = costOfOne(busy, quiet, result.acked)
    const crashes = subject.crashes()
    return {
      hosts,
      figures: {
        busOutBytes: one.outBytes,
        busInBytes: one.inBytes,
        busCommands: one.commands,
        busPublishes: one.publishes,
        cpuUsPerDelivery: (one.cpuUs * result.acked) / result.delivered,
        frontCpuUsPerDelivery: (one.frontCpuUs * result.acked) / result.delivered,
        p50Ms: result.latencyMs.p50,
        p99Ms: result.latencyMs.p99,
        lost: result.owed - result.delivered + result.refused + result.unanswered,
      },
      noise: endNoise(),
      whyVoid: [...whyVoid(window), ...(crashes > 0 ? [`${crashes} processes have died`] : [])],
    }
  })
}
