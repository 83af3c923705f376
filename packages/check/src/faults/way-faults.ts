import type { Direction, Toxic, ToxicType } from '../proxy/toxic.ts'
import { integerBetween, pick } from '../seeded-random.ts'
import { chooseWay, waysOf } from './choose.ts'
import type { Fault, FaultNeeds } from './fault.ts'

type Draw = (random: () => number) => Toxic

interface WayFault {
  readonly name: string
  readonly needs?: FaultNeeds
  readonly description: string
  readonly toxic: Draw
  readonly among?: RegExp
}

/** `upstream`, `downstream` or both. */
const anyDirection = (random: () => number): { readonly direction?: Direction } => {
  const direction = pick(random, ['upstream', 'downstream', 'both'] as const)
  return direction === 'both' ? {} : { direction }
}

function detailOf({ type, direction, ...how }: Toxic): string {
  const numbers = Object.entries(how).map(([name, value]) => `${name} ${value}`)
  return [type, ...numbers, direction ?? 'both ways'].join(', ')
}

const wayFault = ({ name, needs = 'any', description, toxic, among = /./u }: WayFault): Fault => ({
  name,
  needs,
  description,
  async start(stage, random, on) {
    const way = chooseWay(waysOf(stage), random, { among, on })
    const added = toxic(random)
    const heal = await way.add(added)
    return { target: way.name, detail: detailOf(added), heal }
  },
})

const onAnyWay = (type: ToxicType, description: string, toxic: Draw): Fault =>
  wayFault({ name: `way-${type.replaceAll('_', '-')}`, description, toxic })

const reconnectStorm: Fault = {
  name: 'reconnect-storm',
  needs: 'any',
  description: 'All connections of clients are reset at once; they all come back together.',
  async start(stage) {
    const way = waysOf(stage).get('client>balancer')
    const connections = way.connections()
    const heal = await way.add({ type: 'reset_peer' })
    await heal()
    return { target: way.name, detail: `${connections} connections`, heal }
  },
}

export const WAY_FAULTS: readonly Fault[] = [
  onAnyWay('latency', 'A way takes long, and not always equally long.', (random) => ({
    type: 'latency',
    latencyMs: integerBetween(random, 50, 400),
    jitterMs: integerBetween(random, 0, 50),
    ...anyDirection(random),
  })),
  onAnyWay('bandwidth', 'A way is narrow: 56 to 512 kbit/s.', (random) => ({
    type: 'bandwidth',
    bytesPerSecond: integerBetween(random, 7_000, 64_000),
    ...anyDirection(random),
  })),
  onAnyWay('timeout', 'A way is a black hole: no answer, no end, half-open connections.', () => ({
    type: 'timeout',
  })),
  wayFault({
    name: 'way-one-way',
    description: 'A way is a black hole in one direction only.',
    toxic: (random) => ({
      type: 'timeout',
      direction: pick(random, ['upstream', 'downstream'] as const),
    }),
  }),
  wayFault({
    name: 'redis-partition',
    needs: 'proxy',
    description: 'One gateway does not reach Redis, all others do.',
    toxic: () => ({ type: 'timeout' }),
    among: /^g\d+>redis$/u,
  }),
  onAnyWay('reset_peer', 'Connections of a way are reset, again and again.', (random) => ({
    type: 'reset_peer',
    afterMs: integerBetween(random, 0, 1_000),
    ...anyDirection(random),
  })),
  onAnyWay('slow_close', 'Connections of a way end late.', (random) => ({
    type: 'slow_close',
    delayMs: integerBetween(random, 200, 3_000),
    ...anyDirection(random),
  })),
  onAnyWay('slicer', 'What goes a way comes in pieces of some bytes.', (random) => ({
    type: 'slicer',
    averageBytes: integerBetween(random, 16, 512),
    delayMs: integerBetween(random, 0, 3),
    ...anyDirection(random),
  })),
  onAnyWay('limit_data', 'Connections of a way end in the middle of what is said.', (random) => ({
    type: 'limit_data',
    bytes: integerBetween(random, 200, 20_000),
    ...anyDirection(random),
  })),
  onAnyWay('down', 'A way refuses connections, and those that are there end.', () => ({
    type: 'down',
  })),
  wayFault({
    name: 'slow-consumers',
    description: 'Some clients read 1 KB a second.',
    toxic: () => ({
      type: 'bandwidth',
      bytesPerSecond: 1_024,
      direction: 'downstream',
      toxicity: 0.25,
    }),
    among: /^client>/u,
  }),
  wayFault({
    name: 'database-slow',
    needs: 'proxy',
    description: 'The database answers one API replica 200 ms late.',
    toxic: () => ({ type: 'latency', latencyMs: 200, direction: 'downstream' }),
    among: /^a\d+>database$/u,
  }),
  reconnectStorm,
]
