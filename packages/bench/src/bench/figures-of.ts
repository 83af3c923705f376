import type { Role } from '../subjects/subject.ts'
import type { Window } from './measure-load.ts'
import { middle } from './median-of-records.ts'

/** Of one subject at one level of load. Times of processors are microseconds, of clocks milliseconds. */
export interface Figures {
  readonly cpuUsPerDelivery: number
  readonly cpuUsPerMessage: number
  readonly messagesPerSecond: number
  readonly deliveriesPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly ackP50Ms: number
  readonly ackP99Ms: number
  readonly lost: number
  readonly refused: number
  /** Of a message, by what the processes are. */
  readonly cpuUsByRole: Readonly<Record<Role, number>>
  readonly generatorShare: number
}

export function figuresOf(window: Window): Figures {
  const { seconds, messages, deliveries, cpuUs, result, generatorShare } = window
  const totalUs = Object.values(cpuUs).reduce((sum, us) => sum + us, 0)
  const byRole = Object.entries(cpuUs).map(([role, us]) => [role, us / messages])
  return {
    cpuUsPerDelivery: totalUs / deliveries,
    cpuUsPerMessage: totalUs / messages,
    messagesPerSecond: messages / seconds,
    deliveriesPerSecond: deliveries / seconds,
    p50Ms: result.latencyMs.p50,
    p99Ms: result.latencyMs.p99,
    ackP50Ms: result.ackMs.p50,
    ackP99Ms: result.ackMs.p99,
    lost: result.owed - result.delivered,
    refused: result.refused + result.unanswered,
    cpuUsByRole: Object.fromEntries(byRole) as Record<Role, number>,
    generatorShare,
  }
}

/** Of several rounds: the median of each figure by itself. */
export function medianOf(rounds: readonly Figures[]): Figures {
  const [first] = rounds
  if (first === undefined) throw new Error('Nothing was measured.')
  const of = (pick: (figures: Figures) => number): number => middle(rounds.map(pick))
  const roles = Object.keys(first.cpuUsByRole) as Role[]
  return {
    cpuUsPerDelivery: of((one) => one.cpuUsPerDelivery),
    cpuUsPerMessage: of((one) => one.cpuUsPerMessage),
    messagesPerSecond: of((one) => one.messagesPerSecond),
    deliveriesPerSecond: of((one) => one.deliveriesPerSecond),
    p50Ms: of((one) => one.p50Ms),
    p99Ms: of((one) => one.p99Ms),
    ackP50Ms: of((one) => one.ackP50Ms),
    ackP99Ms: of((one) => one.ackP99Ms),
    lost: rounds.reduce((sum, { lost }) => sum + lost, 0),
    refused: rounds.reduce((sum, { refused }) => sum + refused, 0),
    cpuUsByRole: Object.fromEntries(
      roles.map((role) => [role, of(({ cpuUsByRole }) => cpuUsByRole[role])]),
    ) as Record<Role, number>,
    generatorShare: Math.max(...rounds.map(({ generatorShare }) => generatorShare)),
  }
}
