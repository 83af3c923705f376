import { findCeiling } from '../find-ceiling.ts'
import { measureLevel } from '../measure-level.ts'
import { warmUp, withClients } from '../measure-load.ts'
import type { Measured, Scenario } from '../scenario.ts'
import { CEILING, whyBroken } from './ceiling.ts'
import { TEXT_LENGTH } from './fanout.ts'

const ROOMS = 200
const MEMBERS = 10
const PER_SECOND = 1_000
const MAIN = `${PER_SECOND}/s in ${ROOMS} rooms`
const SEARCH = { startPerSecond: 1_500, factor: 1.5, mostSteps: 8, halvings: 1 }

/** Many small rooms: what a message costs, not what a delivery does. */
export const rooms: Scenario = {
  name: 'rooms',
  title: 'Many small rooms',
  load: '200 rooms of 10 readers and one sender each, on two nodes; 1,000 messages a second of 200 characters, then more.',
  subjects: ['parley', 'socket.io', 'socket.io-sharded', 'ws', 'nats', 'mosquitto', 'nchan'],
  rounds: 2,
  mainLevel: MAIN,
  async measure(subject, context) {
    context.say('people and rooms')
    const each = MEMBERS + 1
    const members = Array.from({ length: ROOMS }, (_room, room) =>
      Array.from({ length: each }, (_person, person) => room * each + person),
    )
    const people = await subject.stage({ people: ROOMS * each, rooms: members })
    const senders = people.filter((_, index) => index % each === 0)
    const readers = people.filter((_, index) => index % each !== 0)
    const roomIds = senders.flatMap((sender) => sender.rooms)
    return withClients(
      { dialect: subject.dialect, isOrdered: subject.isOrdered, readers, senders },
      async (load) => {
        const planAt = (perSecond: number) => ({
          pace: { perSecond },
          textLength: TEXT_LENGTH,
          rooms: roomIds,
        })
        const measure = (perSecond: number, level: string): Promise<Measured> =>
          measureLevel(subject, load, { level, plan: planAt(perSecond) }, context)
        await warmUp(load, planAt(PER_SECOND / 2), context)
        const main = await measure(PER_SECOND, MAIN)
        if (whyBroken(main, PER_SECOND) !== undefined) return [main]
        const { held, broke } = await findCeiling(
          SEARCH,
          (perSecond) => measure(perSecond, `${perSecond}/s`),
          whyBroken,
        )
        const top = held ?? main
        return [
          main,
          {
            ...top,
            level: CEILING,
            notes: [...(top.notes ?? []), `broken at the next step: ${broke}`],
          },
        ]
      },
    )
  },
}
