import { setTimeout as sleep } from 'node:timers/promises'
import { showKb } from '../../figures/show.ts'
import { openReaders, startGenerators } from '../../generator/start-generators.ts'
import { COLLECTING, residentBytes } from '../../machine/resident-memory.ts'
import { watchNoise, type Noise } from '../../machine/noise.ts'
import { groupRooms } from '../../peers/group-rooms.ts'
import type { Peer } from '../../peers/peer.ts'
import { barChart } from '../../plot/bar-chart.ts'
import { both, rowOf } from '../delivery-rows.ts'
import { PUBLISHED } from '../published.ts'
import { countOf, durationOf } from '../scaled.ts'
import type { RunContext, Scenario } from '../scenario.ts'

const FULL = { connections: 1_500, settleMs: 10_000 }
const LEAST_SETTLE_MS = 2_000
const ROOMS_EACH = 20
const MEMBERS = 100
/** What a process does for the first time costs memory that no connection costs. */
const WARM_UP = 100
const COLLECTED_MS = 2_000

interface Result {
  readonly bareBytes: number
  readonly inRoomsBytes: number
  readonly noise: Noise
  readonly whyVoid: readonly string[]
}

/** The first so many people are in no room, the others in twenty each, of a hundred each. */
export function peopleAndRooms(connections: number): { people: number; rooms: number[][] } {
  const first = connections + WARM_UP
  const rooms = groupRooms({ first, people: connections, roomsEach: ROOMS_EACH, members: MEMBERS })
  return { people: first + connections, rooms }
}

/** Of all processes that hold sockets, when they have let go of what nobody holds. */
async function memoryOf(peer: Peer): Promise<number> {
  for (const pid of peer.nodePids()) process.kill(pid, 'SIGUSR2')
  await sleep(COLLECTED_MS)
  return peer.nodePids().reduce((sum, pid) => sum + residentBytes(pid), 0)
}

async function measure(peer: Peer, { scale, generators: count, say }: RunContext): Promise<Result> {
  const connections = countOf(FULL.connections, scale)
  const settleMs = durationOf(FULL.settleMs, scale, LEAST_SETTLE_MS)
  const endNoise = watchNoise()
  say(`${peer.name}: ${2 * connections} connections that wait`)
  const people = await peer.stage(peopleAndRooms(connections))
  const open = async (
    generators: ReturnType<typeof startGenerators>,
    from: number,
    size: number,
  ) => {
    const some = people.slice(from, from + size)
    await openReaders(generators, {
      kind: peer.leanReaderKind,
      url: peer.url,
      people: some,
      firstNumber: from,
    })
    await sleep(settleMs)
    return memoryOf(peer)
  }
  {
    await using warmUp = startGenerators(1)
    await open(warmUp, 0, WARM_UP)
  }
  await sleep(settleMs)
  await using generators = startGenerators(count)
  const before = await memoryOf(peer)
  const bare = await open(generators, WARM_UP, connections)
  const inRooms = await open(generators, WARM_UP + connections, connections)
  const counts = await Promise.all(generators.all.map((one) => one.ask('progress')))
  const live = counts.reduce((sum, { live: ofOne }) => sum + ofOne, 0)
  return {
    bareBytes: (bare - before) / connections,
    inRoomsBytes: (inRooms - bare) / connections,
    noise: endNoise(),
    whyVoid: [
      ...(live === 2 * connections ? [] : [`of ${2 * connections} connections ${live} are left`]),
      ...(before < bare && bare < inRooms ? [] : ['memory did not grow with connections']),
    ].map((reason) => `${peer.name}: ${reason}`),
  }
}

/** What a connection costs in memory that does nothing but be there. */
export const idle: Scenario<Result> = {
  name: 'idle',
  title: 'Idle',
  env: COLLECTING,
  measure,
  report(results, { scale }) {
    const connections = countOf(FULL.connections, scale)
    const perRoom = both(
      results,
      ({ bareBytes, inRoomsBytes }) => (inRoomsBytes - bareBytes) / ROOMS_EACH,
    )
    return {
      load: `${connections} connections of people in no room, then ${connections} of people in ${ROOMS_EACH} rooms of up to ${MEMBERS}; the memory (RSS) of the three processes that hold them, each time after a collection of garbage, after less before. Parley authenticates each.`,
      rows: [
        rowOf(
          both(results, ({ bareBytes }) => bareBytes),
          { metric: 'a connection, in no room', show: showKb, published: PUBLISHED.idle },
        ),
        rowOf(
          both(results, ({ inRoomsBytes }) => inRoomsBytes),
          {
            metric: `a connection, in ${ROOMS_EACH} rooms`,
            show: showKb,
            goal: 'at most 15 KB',
            isMet: (bytes) => bytes <= 15 * 1_024,
          },
        ),
        rowOf(perRoom, {
          metric: 'of that a room',
          show: (bytes) => `${(bytes / 1_024).toFixed(2)} KB`,
        }),
      ],
      plots: [
        {
          file: 'scoreboard-idle.svg',
          alt: 'Idle: memory of a connection, in no room and in twenty',
          svg: barChart({
            title: 'Idle: memory of a connection',
            xLabel: 'RSS of the processes that hold the sockets, for each connection',
            bars: (['parley', 'socket-io'] as const).flatMap((name, series) => {
              const { bareBytes, inRoomsBytes } = results[name]
              const title = name === 'parley' ? 'Parley' : 'Socket.IO'
              return [
                { name: `${title}, no room`, value: bareBytes, label: showKb(bareBytes), series },
                {
                  name: `${title}, ${ROOMS_EACH} rooms`,
                  value: inRoomsBytes,
                  label: showKb(inRoomsBytes),
                  series,
                },
              ]
            }),
          }),
        },
      ],
      figures: both(results, ({ bareBytes, inRoomsBytes }) => ({ bareBytes, inRoomsBytes })),
      circumstances: both(results, ({ noise }) => ({ generators: [], noise })),
      whyVoid: [...results.parley.whyVoid, ...results['socket-io'].whyVoid],
    }
  },
}
