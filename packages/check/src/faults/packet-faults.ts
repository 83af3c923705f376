import { dropPackets } from '../isolation/drop-packets.ts'
import { integerBetween, pick } from '../seeded-random.ts'
import { chooseWay, waysOf } from './choose.ts'
import type { Fault } from './fault.ts'

const wayLost: Fault = {
  name: 'way-lost',
  needs: 'namespace',
  description: 'All packets of a way are dropped: nothing ends, and no connection can be made.',
  async start(stage, random, on) {
    const way = chooseWay(waysOf(stage), random, { among: /./u, on })
    return { target: way.name, heal: await dropPackets({ ports: [way.port] }) }
  },
}

const wayLossy: Fault = {
  name: 'way-lossy',
  needs: 'namespace',
  description: 'Of the packets of a way 2 to 20 % are dropped, and sent again by TCP.',
  async start(stage, random, on) {
    const way = chooseWay(waysOf(stage), random, { among: /./u, on })
    const percent = integerBetween(random, 2, 20)
    const heal = await dropPackets({ ports: [way.port], percent })
    return { target: way.name, detail: `${percent} %`, heal }
  },
}

const processCutOff: Fault = {
  name: 'process-cut-off',
  needs: 'namespace',
  description: 'A process, Redis or the database goes on, and no packet reaches or leaves it.',
  async start(stage, random, on) {
    const ways = waysOf(stage).matching(/./u)
    const all = new Set(ways.flatMap(({ name }) => name.split('>')))
    // The balancer stands for whatever is behind it, and clients are everybody.
    const names = [...all].filter((name) => !['client', 'balancer', 'api'].includes(name))
    if (on !== undefined && !names.includes(on)) {
      throw new Error(`${on} is none of ${names.join(', ')}.`)
    }
    const target = on ?? pick(random, names)
    const own = ways.filter(({ name }) => name.split('>').includes(target))
    return { target, heal: await dropPackets({ ports: own.map(({ port }) => port) }) }
  },
}

export const PACKET_FAULTS: readonly Fault[] = [wayLost, wayLossy, processCutOff]
