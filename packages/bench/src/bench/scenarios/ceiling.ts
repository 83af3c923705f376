import { findCeiling } from '../find-ceiling.ts'
import { measureLevel } from '../measure-level.ts'
import { withClients } from '../measure-load.ts'
import type { Measured, Scenario } from '../scenario.ts'
import { TEXT_LENGTH } from './fanout.ts'

const MEMBERS = 1_000
const MOST_P99_MS = 200
/** Of what was to be sent. */
const LEAST_SENT = 0.97
const SEARCH = { startPerSecond: 40, factor: 1.5, mostSteps: 14, halvings: 2 }
export const CEILING = 'the most that holds'

/** Why a rate is more than it holds. */
export function whyBroken({ figures, whyVoid }: Measured, perSecond: number): string | undefined {
  const { p99Ms, lost, refused, messagesPerSecond } = figures
  const [first] = whyVoid
  if (first !== undefined) return first
  if (lost > 0) return `${lost} deliveries were lost`
  if (refused > 0) return `${refused} messages were refused`
  if (!(p99Ms <= MOST_P99_MS)) return `the latency p99 is ${Math.round(p99Ms)} ms`
  if (messagesPerSecond < perSecond * LEAST_SENT)
    return `it takes ${Math.round(messagesPerSecond)} a second of ${perSecond}`
  return undefined
}

/** The same room as in `fanout`, and ever more is said in it. */
export const ceiling: Scenario = {
  name: 'ceiling',
  title: 'How much one room holds',
  load: 'One sender, one room of 1,000 readers on two nodes; the rate is raised until p99 passes 200 ms or anything is lost.',
  subjects: ['parley', 'socket.io', 'ws', 'nats'],
  rounds: 1,
  mainLevel: CEILING,
  async measure(subject, context) {
    context.say('people and rooms')
    const room = Array.from({ length: MEMBERS + 1 }, (_, person) => person)
    const [sender, ...readers] = await subject.stage({ people: MEMBERS + 1, rooms: [room] })
    if (sender === undefined) throw new Error('Nobody was staged.')
    const clients = {
      dialect: subject.dialect,
      isOrdered: subject.isOrdered,
      readers,
      senders: [sender],
    }
    return withClients(clients, async (load) => {
      const measure = (perSecond: number): Promise<Measured> => {
        const pace = { perSecond }
        const plan = { pace, textLength: TEXT_LENGTH, rooms: sender.rooms }
        return measureLevel(subject, load, { level: `${perSecond}/s`, plan }, context)
      }
      const { held, broke } = await findCeiling(SEARCH, measure, whyBroken)
      if (held === undefined)
        throw new Error(`${subject.name} does not hold the first step: ${broke}.`)
      return [
        {
          ...held,
          level: CEILING,
          notes: [...(held.notes ?? []), `broken at the next step: ${broke}`],
        },
      ]
    })
  },
}
