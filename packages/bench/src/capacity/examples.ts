import { parseFlags } from './flags.ts'
import { CONSTANTS } from './measured-constants.ts'
import { planCapacity, type CapacityPlan } from './plan-capacity.ts'
import { planRows } from './plan-rows.ts'
import { amount, bytes, percent } from './show-amount.ts'
import { simulateBus, type BusScenario } from './simulate-bus.ts'

/** The tables of docs/capacity.md, which a test compares with it. */

const SIZES = ['10k', '100k', '1M', '10M']

/** What the same sockets need when people are otherwise, or it is set up otherwise. */
const VARIANTS = [
  '',
  '--watched 0',
  '--watched 0 --reads-per-user-hour 2',
  '--watched 0 --heads-interval-ms 30000',
  '--messages-per-user-hour 60',
  '--members 3 --rooms-per-user 50',
  '--members 500 --rooms-per-user 5',
]

const planOf = (flags: string): CapacityPlan => {
  const { demand, supply } = parseFlags(flags.split(' ').filter((word) => word !== ''))
  return planCapacity(demand, supply)
}
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** A line of the answer a row, a number of sockets a column. */
export function exampleRows(): string[] {
  const plans = SIZES.map((sockets) => planOf(`--sockets ${sockets}`))
  const columns = plans.map((plan) =>
    planRows(plan).map(({ count, because, what }) =>
      what === 'bottleneck' ? `${count}: ${because.split(': ').slice(1).join(': ')}` : count,
    ),
  )
  const [first] = plans
  const names = first === undefined ? [] : planRows(first).map(({ what }) => what)
  const messages = plans.map(({ demand }) => amount(demand.messagesPerSecond))
  return [
    row(['messages/s', ...messages]),
    ...names.map((name, at) =>
      row([
        /^(?:gateways|APIs|workers)/u.test(name) ? `${name} of a cluster` : name,
        ...columns.map((cells) => cells[at] ?? ''),
      ]),
    ),
  ]
}

export function variantRows(): string[] {
  return VARIANTS.map((flags) => {
    const { clusters, cluster, oneWouldNeed, bottleneck, machines } = planOf(
      `--sockets 1M ${flags}`,
    )
    return row([
      flags === '' ? 'nothing else' : `\`${flags}\``,
      amount(clusters),
      amount(clusters * cluster.gateways),
      amount(machines),
      `${oneWouldNeed.of}, ${oneWouldNeed.share <= 1 ? percent(oneWouldNeed.share) : `${amount(oneWouldNeed.share)} ×`}`,
      `${bottleneck.of}, ${percent(bottleneck.share)}`,
    ])
  })
}

const BUS: BusScenario = {
  gateways: 1,
  rooms: 20_000,
  onlineMembers: 6,
  roomsPerUser: 20,
  placement: 'random',
  events: 20_000,
  frameBytes: CONSTANTS.newsBytes.value + 200,
  seed: 1,
}

export function busSimulationRows(): string[] {
  return [1, 2, 4, 8, 16, 64, 256, 1_000].map((gateways) => {
    const random = simulateBus({ ...BUS, gateways })
    const clustered = simulateBus({ ...BUS, gateways, placement: 'clustered' })
    return row([
      amount(gateways),
      String(random.publishes),
      random.receivers.toFixed(2),
      bytes(random.bytes),
      clustered.receivers.toFixed(2),
      bytes(clustered.bytes),
      bytes(random.bytesIfAllHeard),
    ])
  })
}

export function constantRows(): string[] {
  return Object.entries(CONSTANTS).map(([name, { value, unit, from, ...more }]) =>
    row([
      `\`${name}\``,
      value.toLocaleString('en', { maximumFractionDigits: 3 }),
      unit,
      'isEstimate' in more ? `estimate: ${from}` : from,
    ]),
  )
}
