import type { ClientPlan, Subject } from '../../subjects/subject.ts'
import { measureLevel } from '../measure-level.ts'
import { warmUp, withClients } from '../measure-load.ts'
import type { MeasureContext, Measured, Scenario } from '../scenario.ts'
import { TEXT_LENGTH } from './fanout.ts'

const HOT_SENDERS = 16
const ROOMS = 200
/** At any time so many are on their way, of all senders together. */
const IN_FLIGHT = 512
const SHARES = [0.1, 0.5, 0.9] as const
const WARM_UP_PACE = { perSecond: 500 }

const capacityOf = (where: string): string => `${where}, as fast as answers come`
const HOT = 'one hot room'
const SPREAD = `${ROOMS} rooms`

/** First as fast as answers come, which is what it can; then parts of that at an even pace, for the latency. */
async function measureSends(
  subject: Subject,
  where: string,
  clients: { readonly readers: readonly ClientPlan[]; readonly senders: readonly ClientPlan[] },
  context: MeasureContext,
): Promise<Measured[]> {
  const rooms = [...new Set(clients.senders.flatMap((sender) => sender.rooms))]
  return withClients(
    { dialect: subject.dialect, isOrdered: subject.isOrdered, ...clients },
    async (load) => {
      const plan = { textLength: TEXT_LENGTH, rooms }
      await warmUp(load, { ...plan, pace: WARM_UP_PACE }, context)
      const capacity = await measureLevel(
        subject,
        load,
        { level: capacityOf(where), plan: { ...plan, pace: { inFlight: IN_FLIGHT } } },
        context,
      )
      const measured = [capacity]
      for (const share of SHARES) {
        const perSecond = Math.max(1, Math.round(capacity.figures.messagesPerSecond * share))
        const level = `${where}, ${share * 100} % of that`
        const even = { level, plan: { ...plan, pace: { perSecond } } }
        measured.push(await measureLevel(subject, load, even, context))
      }
      return measured
    },
  )
}

/** What storing a message costs, and how many are stored a second. */
export const send: Scenario = {
  name: 'send',
  title: 'Durable sends',
  load: '16 senders in one room of 2 readers, then 200 senders in 200 rooms of 1 reader; the ack means that it is in the database.',
  subjects: ['parley', 'naive'],
  rounds: 2,
  mainLevel: capacityOf(HOT),
  async measure(subject, context) {
    context.say('people and rooms')
    const hot = Array.from({ length: HOT_SENDERS + 2 }, (_, person) => person)
    const first = hot.length
    const pairs = Array.from({ length: ROOMS }, (_, room) => [
      first + 2 * room,
      first + 2 * room + 1,
    ])
    const people = await subject.stage({ people: first + 2 * ROOMS, rooms: [hot, ...pairs] })
    const inHot = people.slice(0, first)
    const inPairs = people.slice(first)
    const hotClients = { senders: inHot.slice(0, HOT_SENDERS), readers: inHot.slice(HOT_SENDERS) }
    const pairClients = {
      senders: inPairs.filter((_, index) => index % 2 === 0),
      // Neighbours are on different nodes: a sender and its reader are.
      readers: inPairs.filter((_, index) => index % 2 === 1),
    }
    return [
      ...(await measureSends(subject, HOT, hotClients, context)),
      ...(await measureSends(subject, SPREAD, pairClients, context)),
    ]
  },
}
