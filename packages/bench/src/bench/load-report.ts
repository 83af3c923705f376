import { showCount, showMs } from '../figures/show.ts'
import type { Plot, Report, Table } from './report.ts'
import type { BenchResult, SubjectFigures } from './run-bench.ts'
import type { LoadName } from './scenario.ts'

const HEAD = [
  'subject',
  'µs/delivery',
  'µs/message',
  'of these',
  'messages/s',
  'deliveries/s',
  'p50',
  'p99',
  'ack p50',
  'ack p99',
  'lost',
]

/** Front, API, worker, broker, database: what a message costs in each. */
function shares({ cpuUsByRole }: SubjectFigures): string {
  const { front, api, worker, broker, database } = cpuUsByRole
  return [front, api, worker, broker, database].map((us) => Math.round(us)).join('/')
}

const rowOf = (one: SubjectFigures): string[] => [
  one.name,
  one.cpuUsPerDelivery.toFixed(2),
  showCount(one.cpuUsPerMessage),
  shares(one),
  showCount(one.messagesPerSecond),
  showCount(one.deliveriesPerSecond),
  showMs(one.p50Ms),
  showMs(one.p99Ms),
  showMs(one.ackP50Ms),
  showMs(one.ackP99Ms),
  showCount(one.lost + one.refused),
]

function tableOf(level: string, all: readonly SubjectFigures[]): Table {
  const here = all.filter((one) => one.level === level)
  const noisy = here.filter(({ rounds, noisyRounds }) => noisyRounds === rounds)
  const notes = here.flatMap((one) => one.notes.map((note) => `${one.name}: ${note}`))
  if (noisy.length > 0) {
    const names = noisy.map(({ name }) => name).join(', ')
    notes.push(`Noisy, others had a good part of the machine: ${names}`)
  }
  return { title: level, head: HEAD, rows: here.map(rowOf), notes }
}

interface Shown {
  readonly xLabel: string
  readonly value: (figures: SubjectFigures) => number
  readonly label: (value: number) => string
}

const PER_DELIVERY: Shown = {
  xLabel: 'processor time of all servers a delivery',
  value: ({ cpuUsPerDelivery }) => cpuUsPerDelivery,
  label: (us) => `${us.toFixed(2)} µs`,
}
const PER_MESSAGE: Shown = {
  xLabel: 'processor time of all servers a message',
  value: ({ cpuUsPerMessage }) => cpuUsPerMessage,
  label: (us) => `${showCount(us)} µs`,
}
const perSecond = (what: 'messages' | 'deliveries'): Shown => ({
  xLabel: `${what} a second`,
  value: (figures) =>
    what === 'messages' ? figures.messagesPerSecond : figures.deliveriesPerSecond,
  label: showCount,
})

/** What each is judged by. */
const SHOWN: Readonly<Record<LoadName, Shown>> = {
  fanout: PER_DELIVERY,
  ceiling: perSecond('deliveries'),
  rooms: PER_MESSAGE,
  send: perSecond('messages'),
}

function plotOf(name: LoadName, { title, mainLevel, figures }: BenchResult): Plot {
  const { xLabel, value, label } = SHOWN[name]
  const bars = figures
    .filter(({ level }) => level === mainLevel)
    .map((one) => ({
      name: one.name,
      value: value(one),
      label: label(value(one)),
      series: one.name === 'parley' ? 0 : 1,
    }))
  return {
    file: `performance-${name}.svg`,
    alt: `${title}, ${mainLevel}: ${xLabel}`,
    chart: { title: `${title}: ${mainLevel}`, xLabel, bars },
  }
}

/** `subjects` are those of the level that the scenario is named for, `levels` are all. */
export function loadReport(name: LoadName, result: BenchResult): Report {
  const { title, load, mainLevel, figures, whyVoid } = result
  const levels = [...new Set(figures.map(({ level }) => level))]
  const subjectsAt = (level: string): SubjectFigures[] =>
    figures.filter((one) => one.level === level)
  return {
    scenario: name,
    title,
    load,
    tables: levels.map((level) => tableOf(level, figures)),
    plots: [plotOf(name, result)],
    subjects: subjectsAt(mainLevel),
    noise: {
      rounds: figures.reduce((sum, { rounds }) => sum + rounds, 0),
      noisyRounds: figures.reduce((sum, { noisyRounds }) => sum + noisyRounds, 0),
    },
    whyVoid,
    more: { levels: levels.map((level) => ({ level, subjects: subjectsAt(level) })) },
  }
}
