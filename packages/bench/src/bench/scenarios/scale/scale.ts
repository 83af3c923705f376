import { Redis } from 'ioredis'
import type { ClientPlan, Subject, SubjectName } from '../../../subjects/subject.ts'
import type { Flags } from '../../flags.ts'
import type { Report } from '../../report.ts'
import { settle } from '../../settle.ts'
import type { Stage } from '../../stage.ts'
import { STARTERS } from '../../starters.ts'
import { withSubject } from '../../with-subject.ts'
import { measureMessages } from './measure-messages.ts'
import { measureSigns, type SignKind } from './measure-signs.ts'
import { hostsOf } from './placed-clients.ts'
import { scaleReport, type ScaledMessages, type ScaledSigns } from './scale-report.ts'

const SUBJECTS: readonly SubjectName[] = ['parley', 'socket.io', 'socket.io-sharded']
const GATEWAYS = [1, 2, 4, 8]
/** Beats and looks come each few seconds: in so long, several of them. */
const SECONDS = 10
/** In as many as eight nodes evenly, and one who speaks. */
const READERS = 24

interface Crowd {
  readonly kind: SignKind
  readonly members: number
  readonly rooms: number
}

const CROWDS: readonly Crowd[] = [
  { kind: 'presence', members: 10, rooms: 1 },
  { kind: 'presence', members: 100, rooms: 1 },
  { kind: 'presence', members: 100, rooms: 20 },
  { kind: 'typing', members: 10, rooms: 1 },
  { kind: 'typing', members: 100, rooms: 1 },
  { kind: 'typing', members: 100, rooms: 20 },
]

interface Found {
  readonly messages: ScaledMessages[]
  readonly signs: ScaledSigns[]
}

/** The same work for ever more gateways. */
export async function scale(flags: Flags, stage: Stage): Promise<Report> {
  const { subjects = SUBJECTS, gateways = GATEWAYS, rounds = 1, seconds = SECONDS } = flags
  const found: Found = { messages: [], signs: [] }
  for (let round = 1; round <= rounds; round += 1) {
    for (const nodes of gateways) {
      for (const name of subjects) {
        const say = (step: string): void =>
          stage.say(`scale, round ${round} of ${rounds}: ${name} on ${nodes}: ${step}`)
        await withSubject(
          { start: STARTERS[name], name: `scale-${name}-${nodes}`, nodes, isWithoutJobs: true },
          { ...stage, say },
          (subject) => measureNodes({ subject, nodes, windowMs: seconds * 1_000, say }, found),
        )
      }
    }
  }
  return scaleReport(found, { gateways, readers: READERS, rounds })
}

interface Measuring {
  readonly subject: Subject
  readonly nodes: number
  readonly windowMs: number
  readonly say: (step: string) => void
}

async function measureNodes(
  { subject, nodes, windowMs, say }: Measuring,
  { messages, signs }: Found,
): Promise<void> {
  if (subject.redisUrl === undefined) throw new Error(`${subject.name} has no Redis.`)
  const isParley = subject.name === 'parley'
  const crowds = isParley ? CROWDS : []
  const speaking = READERS + 1
  const hosts = hostsOf(nodes)
  const people = Math.max(speaking, ...crowds.map(({ members }) => members))
  const first = (size: number): number[] => Array.from({ length: size }, (_, person) => person)
  say('people and rooms')
  const rooms = [
    ...hosts.map(() => first(speaking)),
    ...crowds.flatMap((crowd) => Array.from({ length: crowd.rooms }, () => first(crowd.members))),
  ]
  const staged = await subject.stage({ people, rooms })
  const ids = staged[0]?.rooms ?? []
  const redis = new Redis(subject.redisUrl)
  try {
    await settle(subject, windowMs)
    for (const [at, count] of hosts.entries()) {
      say(`a room on ${count}`)
      const plan = { hosts: count, room: ids[at] ?? '', windowMs }
      const some = staged.slice(0, speaking)
      const found = await measureMessages({ subject, redis }, some, plan)
      messages.push({ name: subject.name, gateways: nodes, ...found })
    }
    let next = hosts.length
    for (const { kind, members, rooms: count } of crowds) {
      say(`${kind}, ${members} people in ${count === 1 ? 'a room' : `${count} rooms`}`)
      const own = ids.slice(next, next + count)
      next += count
      const crowd = staged.slice(0, members).map((one): ClientPlan => ({ ...one, rooms: own }))
      const plan = { kind, people: crowd, rooms: own, windowMs }
      signs.push({ gateways: nodes, ...(await measureSigns({ subject, redis }, plan)) })
    }
  } finally {
    redis.disconnect()
  }
}
