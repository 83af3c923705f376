import { measureLevel } from '../measure-level.ts'
import { warmUp, withClients } from '../measure-load.ts'
import type { Measured, Scenario } from '../scenario.ts'

const LEVELS = [
  { perSecond: 10, members: 1_000 },
  { perSecond: 50, members: 1_000 },
  // Fewer where it is said more often, so that the machine holds what is handed over.
  { perSecond: 200, members: 500 },
  { perSecond: 500, members: 200 },
] as const

const levelOf = ({ perSecond, members }: (typeof LEVELS)[number]): string =>
  `${perSecond}/s, ${members} members`

export const TEXT_LENGTH = 200
const WARM_UP_PACE = { perSecond: 200 }

/** One room of many readers on two nodes, and one who speaks in it. */
export const fanout: Scenario = {
  name: 'fanout',
  title: 'One room, many readers',
  load: 'One sender, one room, readers on two nodes; texts of 200 characters.',
  subjects: ['parley', 'socket.io', 'socket.io-sharded', 'ws', 'nats', 'mosquitto', 'nchan'],
  rounds: 2,
  mainLevel: levelOf(LEVELS[1]),
  async measure(subject, context) {
    const sizes = [...new Set<number>(LEVELS.map(({ members }) => members))]
    const people = Math.max(...sizes) + 1
    context.say('people and rooms')
    const rooms = sizes.map((size) => Array.from({ length: size + 1 }, (_, person) => person))
    const [sender, ...readers] = await subject.stage({ people, rooms })
    if (sender === undefined) throw new Error('Nobody was staged.')
    const inRoomOf = (size: number) => {
      const room = sender.rooms[sizes.indexOf(size)] ?? ''
      const plan = {
        dialect: subject.dialect,
        isOrdered: subject.isOrdered,
        readers: readers.slice(0, size).map((reader) => ({ ...reader, rooms: [room] })),
        senders: [{ ...sender, rooms: [room] }],
      }
      return { room, plan }
    }
    const least = inRoomOf(Math.min(...sizes))
    await withClients(least.plan, (load) =>
      warmUp(load, { pace: WARM_UP_PACE, textLength: TEXT_LENGTH, rooms: [least.room] }, context),
    )
    const measured: Measured[] = []
    for (const size of sizes) {
      const { room, plan } = inRoomOf(size)
      await withClients(plan, async (load) => {
        for (const one of LEVELS.filter(({ members }) => members === size)) {
          const pace = { perSecond: one.perSecond }
          const level = {
            level: levelOf(one),
            plan: { pace, textLength: TEXT_LENGTH, rooms: [room] },
          }
          measured.push(await measureLevel(subject, load, level, context))
        }
      })
    }
    return measured
  },
}
