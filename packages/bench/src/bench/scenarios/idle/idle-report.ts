import { showCount, showKb } from '../../../figures/show.ts'
import type { SubjectName } from '../../../subjects/subject.ts'
import { medianOfRecords } from '../../median-of-records.ts'
import type { Report, Table } from '../../report.ts'
import { isNoisy } from '../../why-void.ts'
import { MEMBERS, ROOMS_EACH, type IdleFigures, type MeasuredIdle } from './measure-idle.ts'

interface Idle extends IdleFigures {
  readonly name: SubjectName
  readonly clients: number
  readonly roomsEach: number
  readonly rounds: number
  readonly noisyRounds: number
}

const HEAD = [
  'subject',
  'RSS a connection',
  'with the program',
  'kernel buffers',
  'kernel slabs',
  'CPU a handshake',
  'of all servers',
  'handshakes/s a core',
  'handshakes/s here',
]

const rowOf = (one: Idle): string[] => [
  one.name,
  showKb(one.rssBytes),
  showKb(one.rssBytesWithProgram),
  showKb(one.kernelBufferBytes),
  showKb(one.kernelSlabBytes),
  `${showCount(one.handshakeCpuUs)} µs`,
  `${showCount(one.handshakeAllCpuUs)} µs`,
  showCount(one.handshakesPerSecondPerCore),
  showCount(one.handshakesPerSecond),
]

const WAITING = [
  ['front', 'node'],
  ['api', 'API'],
  ['worker', 'worker'],
  ['broker', 'Redis'],
  ['database', 'database'],
] as const

function waitingTable(all: readonly Idle[]): Table {
  return {
    title: 'While nothing is said: milliseconds of processor time a second, of one process',
    head: ['subject', ...WAITING.map(([, title]) => title)],
    rows: all.map(({ name, idleMsPerSecond, processes }) => [
      name,
      ...WAITING.map(([role]) => (processes[role] === 0 ? '–' : idleMsPerSecond[role].toFixed(1))),
    ]),
    notes: [],
  }
}

function summarise(name: SubjectName, all: readonly MeasuredIdle[], clients: number): Idle {
  const quiet = all.filter((one) => !isNoisy(one))
  const used = quiet.length > 0 ? quiet : all
  return {
    name,
    clients,
    roomsEach: ROOMS_EACH,
    ...medianOfRecords(used.map(({ figures }) => figures)),
    rounds: all.length,
    noisyRounds: all.length - quiet.length,
  }
}

export function idleReport(
  measured: ReadonlyMap<SubjectName, readonly MeasuredIdle[]>,
  { clients, rounds }: { readonly clients: number; readonly rounds: number },
): Report {
  const subjects = [...measured].map(([name, all]) => summarise(name, all, clients))
  const notes = [...measured].flatMap(([name, all]) =>
    [...new Set(all.flatMap((one) => one.notes))].map((note) => `${name}: ${note}`),
  )
  const bars = subjects.map(({ name, rssBytes }) => ({
    name,
    value: rssBytes,
    label: showKb(rssBytes),
    series: name === 'parley' ? 0 : 1,
  }))
  const handshakes = subjects.map(({ name, handshakesPerSecondPerCore: value }) => ({
    name,
    value,
    label: showCount(value),
    series: name === 'parley' ? 0 : 1,
  }))
  return {
    scenario: 'idle',
    title: 'Idle connections',
    load: `${showCount(clients)} connections on two nodes, in ${ROOMS_EACH} rooms each of up to ${MEMBERS}, ${rounds === 1 ? 'once' : `${rounds} times`}. Parley authenticates each and reads its rooms from the database; the others are told which rooms to join. Memory is what the nodes hold after a collection of garbage, less what they held before; of the kernel it is half of what both ends have added on the whole machine.`,
    tables: [{ title: '', head: HEAD, rows: subjects.map(rowOf), notes }, waitingTable(subjects)],
    plots: [
      {
        file: 'performance-idle.svg',
        alt: `Memory of an idle connection in ${ROOMS_EACH} rooms`,
        chart: {
          title: `Idle: memory of a connection in ${ROOMS_EACH} rooms`,
          xLabel: 'RSS of the nodes, for each connection',
          bars,
        },
      },
      {
        file: 'performance-handshakes.svg',
        alt: `Handshakes a second and core, into ${ROOMS_EACH} rooms`,
        chart: {
          title: `Idle: handshakes into ${ROOMS_EACH} rooms`,
          xLabel: 'handshakes a second of processor time of the nodes',
          bars: handshakes,
        },
      },
    ],
    subjects,
    noise: {
      rounds: subjects.reduce((sum, one) => sum + one.rounds, 0),
      noisyRounds: subjects.reduce((sum, one) => sum + one.noisyRounds, 0),
    },
    whyVoid: [...measured].flatMap(([name, all]) =>
      all.flatMap((one) => one.whyVoid.map((why) => `${name}: ${why}`)),
    ),
  }
}
