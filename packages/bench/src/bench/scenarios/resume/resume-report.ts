import { showCount, showMs } from '../../../figures/show.ts'
import { medianOfRecords } from '../../median-of-records.ts'
import type { Report } from '../../report.ts'
import { isNoisy } from '../../why-void.ts'
import {
  MEMBERS,
  OUTAGES,
  ROOMS_EACH,
  type MeasuredResume,
  type ResumeFigures,
} from './measure-resume.ts'

interface Level extends ResumeFigures {
  readonly name: 'parley'
  readonly level: string
  readonly clients: number
  readonly rooms: number
  readonly gateways: number
  readonly rounds: number
  readonly noisyRounds: number
  /** Statements beyond those of the same storm in which nothing was missed, of a room and gateway. */
  readonly statementsPerRoomAndGateway: number | null
}

const HEAD = [
  'how',
  'caught up, p50',
  'p99',
  'all',
  'turned away',
  'API: users',
  'heads',
  'events',
  'other',
  'SQL',
  'SQL a room and gateway for what was missed',
  'CPU a client',
  'lost',
]

const rowOf = (one: Level): string[] => [
  one.level,
  showMs(one.caughtUpP50Ms),
  showMs(one.caughtUpP99Ms),
  showMs(one.allCaughtUpMs),
  showCount(one.turnedAway),
  showCount(one.requests.users),
  showCount(one.requests.reconcile),
  showCount(one.requests.events),
  showCount(one.requests.other),
  showCount(one.statements),
  one.statementsPerRoomAndGateway === null ? '–' : one.statementsPerRoomAndGateway.toFixed(2),
  `${showCount(one.cpuUsPerClient)} µs`,
  showCount(one.lost),
]

function levelsOf(measured: readonly MeasuredResume[], clients: number): Level[] {
  const summaries = OUTAGES.flatMap(({ level, isKilled, missed }) => {
    const all = measured.filter((one) => one.level === level)
    const [first] = all
    if (first === undefined) return []
    const quiet = all.filter((one) => !isNoisy(one))
    const used = quiet.length > 0 ? quiet : all
    const { rooms, gateways } = first
    const figures = medianOfRecords(used.map((one) => one.figures))
    const rounds = { rounds: all.length, noisyRounds: all.length - quiet.length }
    return { level, isKilled, missed, clients, rooms, gateways, ...figures, ...rounds }
  })
  return summaries.map((one) => {
    const base = summaries.find(({ isKilled, missed }) => isKilled === one.isKilled && missed === 0)
    const beyond = one.statements - (base?.statements ?? Number.NaN)
    const perRoom = beyond / (one.rooms * one.gateways)
    return {
      name: 'parley',
      ...one,
      statementsPerRoomAndGateway: one.missed === 0 ? null : perRoom,
    }
  })
}

export function resumeReport(
  measured: readonly MeasuredResume[],
  options: {
    readonly clients: number
    readonly rounds: number
    readonly handshakesPerSecond: number
  },
): Report {
  const { clients, rounds, handshakesPerSecond } = options
  const levels = levelsOf(measured, clients)
  const [first] = levels
  const notes = measured.flatMap(({ level, notes: its }) => its.map((note) => `${level}: ${note}`))
  const bars = levels.map(({ level, allCaughtUpMs }) => ({
    name: level
      .replace('all gateways killed', 'killed')
      .replace('a message', '1')
      .replace(' in each room', ''),
    value: allCaughtUpMs,
    label: showMs(allCaughtUpMs),
    series: 0,
  }))
  return {
    scenario: 'resume',
    title: 'Everybody back at once',
    load: `${showCount(clients)} clients in ${ROOMS_EACH} rooms each of up to ${MEMBERS}, ${showCount(first?.rooms ?? 0)} rooms on ${first?.gateways ?? 0} gateways, ${rounds === 1 ? 'once' : `${rounds} times`}. All lose their connections, messages are sent over REST meanwhile, and each comes back after 0.5 to 1.5 s, as the official client does. A gateway admits ${handshakesPerSecond} a second; who is turned away comes again when it was told to. Times are from when they could come back. Requests and SQL statements are those beyond what goes on when nobody comes. Afterwards everybody has to hear one more message in each of their rooms.`,
    tables: [
      {
        title: '',
        head: HEAD,
        rows: levels.map(rowOf),
        notes: [...new Set(notes)],
      },
    ],
    plots: [
      {
        file: 'performance-resume.svg',
        alt: `Time until all ${showCount(clients)} clients have caught up`,
        chart: {
          title: `Resume: ${showCount(clients)} clients back at once`,
          xLabel: 'time until all have caught up',
          bars,
        },
      },
    ],
    subjects: levels.filter(({ level }) => level === OUTAGES[1].level),
    noise: {
      rounds: measured.length,
      noisyRounds: measured.filter((one) => isNoisy(one)).length,
    },
    whyVoid: measured.flatMap(({ level, whyVoid }) => whyVoid.map((why) => `${level}: ${why}`)),
    more: { levels },
  }
}
