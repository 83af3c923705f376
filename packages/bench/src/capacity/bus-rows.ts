import { alignColumns } from './align-columns.ts'
import type { Demand } from './demand.ts'
import type { BusMeasurement, BusPlan } from './measure-bus.ts'
import { MEASURED } from './measured-constants.ts'
import { presencePart } from './redis-load.ts'
import { simulateBus } from './simulate-bus.ts'

const MEMBERS = 8
const SIZES = [1, 2, 4]

export const BUS_PLANS: readonly BusPlan[] = SIZES.flatMap((gateways) =>
  (['together', 'spread'] as const).map((placed) => ({
    gateways,
    placed,
    members: MEMBERS,
    messages: 200,
    textBytes: 200,
  })),
)

export interface BusRow extends BusMeasurement {
  readonly publishes: number
  readonly predictedPublishes: number
  readonly predictedBytes: number
  readonly predictedIdleCommands: number
}

/** Nobody comes, goes or watches. */
const IDLE = {
  sockets: MEMBERS,
  online: 1,
  presencePerUserHour: 0,
  watched: 0,
} as Demand

/** `:1\r\n`: what the publisher is answered. */
const REPLY_BYTES = 4

/** What was measured beside what the simulation of the same room says. */
export function busRows(measured: readonly BusMeasurement[]): BusRow[] {
  return measured.map((one) => {
    const cost = simulateBus({
      gateways: one.placed === 'together' ? 1 : one.gateways,
      rooms: 1,
      onlineMembers: one.members,
      roomsPerUser: 1,
      placement: 'clustered',
      events: one.messages,
      frameBytes: one.frameBytes,
      seed: 1,
    })
    return {
      ...one,
      publishes: one.commandsPerEvent['publish'] ?? 0,
      predictedPublishes: cost.publishes,
      predictedBytes: cost.bytes + REPLY_BYTES,
      predictedIdleCommands: presencePart(IDLE, one.gateways, MEASURED).commands,
    }
  })
}

export function busText(rows: readonly BusRow[]): string {
  const lines = rows.map((row) => [
    String(row.gateways),
    row.placed,
    String(row.hosts),
    `${row.publishes.toFixed(2)} (${row.predictedPublishes})`,
    `${row.outputBytesPerEvent.toFixed(0)} (${row.predictedBytes.toFixed(0)})`,
    `${row.idleCommandsPerSecond.toFixed(1)} (${row.predictedIdleCommands.toFixed(1)})`,
  ])
  const table = [
    ['gateways', 'members', 'hosts', 'PUBLISH an event', 'bytes out an event', 'idle commands/s'],
    ...lines,
  ]
  return ['Redis, an event of the log: measured (predicted).', ...alignColumns(table)].join('\n')
}
