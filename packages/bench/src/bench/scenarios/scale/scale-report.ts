import { showCount, showMs } from '../../../figures/show.ts'
import type { SubjectName } from '../../../subjects/subject.ts'
import { medianOfRecords } from '../../median-of-records.ts'
import type { Report, Table } from '../../report.ts'
import { isNoisy } from '../../why-void.ts'
import { PER_SECOND, type MeasuredMessages, type MessageFigures } from './measure-messages.ts'
import type { MeasuredSigns, SignFigures } from './measure-signs.ts'

export interface ScaledMessages extends MeasuredMessages {
  readonly name: SubjectName
  readonly gateways: number
}

export interface ScaledSigns extends MeasuredSigns {
  readonly gateways: number
}

interface Messages extends MessageFigures {
  readonly name: SubjectName
  readonly gateways: number
  readonly hosts: number
}

interface Signs extends SignFigures {
  readonly kind: string
  readonly members: number
  readonly rooms: number
  readonly gateways: number
}

/** The rounds of each together, in the order in which they first came. */
function together<One extends Pick<MeasuredMessages, 'noise'> & { readonly figures: object }>(
  all: readonly One[],
  keyOf: (one: One) => string,
): One[] {
  return [...new Set(all.map(keyOf))].flatMap((key) => {
    const rounds = all.filter((one) => keyOf(one) === key)
    const quiet = rounds.filter((one) => !isNoisy(one))
    const used = quiet.length > 0 ? quiet : rounds
    const [first] = used
    if (first === undefined) return []
    return [{ ...first, figures: medianOfRecords(used.map(({ figures }) => figures)) }]
  })
}

const messagesTable = (all: readonly Messages[]): Table => ({
  title: 'A message in a room',
  head: [
    'subject',
    'nodes',
    'that host the room',
    'bytes out of Redis',
    'bytes in',
    'commands',
    'PUBLISH',
    'CPU a delivery',
    'of the nodes',
    'p50',
    'lost',
  ],
  rows: all.map((one) => [
    one.name,
    String(one.gateways),
    String(one.hosts),
    showCount(one.busOutBytes),
    showCount(one.busInBytes),
    one.busCommands.toFixed(1),
    one.busPublishes.toFixed(2),
    `${one.cpuUsPerDelivery.toFixed(1)} µs`,
    `${one.frontCpuUsPerDelivery.toFixed(1)} µs`,
    showMs(one.p50Ms),
    showCount(one.lost),
  ]),
  notes: [],
})

const signsTable = (all: readonly Signs[]): Table => ({
  title:
    'A change of presence, and a sign of typing, among people on all gateways of whom each watches all',
  head: [
    'what',
    'people',
    'rooms',
    'gateways',
    'bytes out of Redis',
    'commands',
    'CPU of the gateways',
    'handed to sockets',
  ],
  rows: all.map((one) => [
    one.kind,
    String(one.members),
    String(one.rooms),
    String(one.gateways),
    showCount(one.busOutBytes),
    one.busCommands.toFixed(1),
    `${showCount(one.frontCpuUs)} µs`,
    one.handed.toFixed(1),
  ]),
  notes: [],
})

/** Of the largest cluster of each subject all that there is, and of Parley the smaller ones too. */
function bytesPlot(all: readonly Messages[], most: number): Report['plots'][number] {
  const shown = all.filter(({ name, gateways }) => name === 'parley' || gateways === most)
  return {
    file: 'performance-scale.svg',
    alt: 'Bytes that Redis sends for one message, by the gateways and by those of them that host the room',
    chart: {
      title: 'Scale: bytes out of Redis a message',
      xLabel: 'bytes a message, by nodes and by those that host the room',
      bars: shown.map(({ name, gateways, hosts, busOutBytes }) => ({
        name: `${name}, room on ${hosts} of ${gateways}`,
        value: busOutBytes,
        label: showCount(busOutBytes),
        series: name === 'parley' ? 0 : 1,
      })),
    },
  }
}

function signsPlot(all: readonly Signs[], least: number, most: number): Report['plots'][number] {
  const shown = all.filter(({ gateways }) => gateways === least || gateways === most)
  return {
    file: 'performance-signs.svg',
    alt: 'Processor time of a change of presence and of a sign of typing, by members, rooms and gateways',
    chart: {
      title: 'Scale: CPU of presence and typing',
      xLabel: 'CPU of the gateways a sign, by people, rooms and gateways',
      bars: shown.map(({ kind, members, rooms, gateways, frontCpuUs }) => ({
        name: `${kind}: ${members}, ${rooms}, ${gateways}`,
        value: frontCpuUs,
        label: `${showCount(frontCpuUs)} µs`,
        series: kind === 'presence' ? 0 : 1,
      })),
    },
  }
}

export function scaleReport(
  found: { readonly messages: readonly ScaledMessages[]; readonly signs: readonly ScaledSigns[] },
  options: {
    readonly gateways: readonly number[]
    readonly readers: number
    readonly rounds: number
  },
): Report {
  const { gateways, readers, rounds } = options
  const [least, most] = [Math.min(...gateways), Math.max(...gateways)]
  const messages = together(
    found.messages,
    ({ name, gateways: nodes, hosts }) => `${name} ${nodes} ${hosts}`,
  ).map(({ name, gateways: nodes, hosts, figures }) => ({
    name,
    level: `room on ${hosts} of ${nodes}`,
    gateways: nodes,
    hosts,
    ...figures,
  }))
  const signs = together(
    found.signs,
    ({ kind, members, rooms, gateways: nodes }) => `${kind} ${members} ${rooms} ${nodes}`,
  ).map(({ kind, members, rooms, gateways: nodes, figures }) => ({
    kind,
    members,
    rooms,
    gateways: nodes,
    ...figures,
  }))
  const all = [...found.messages, ...found.signs]
  const voidOf = (what: string, reasons: readonly string[]): string[] =>
    reasons.map((why) => `${what}: ${why}`)
  return {
    scenario: 'scale',
    title: 'More gateways',
    load: `Clusters of ${gateways.join(', ')} nodes, ${rounds === 1 ? 'once' : `${rounds} times`}. A room of ${readers} readers on one, two or all of them, ${PER_SECOND} messages a second of 200 characters; then changes of presence and signs of typing, 5 a second. What Redis and the servers do when nothing happens is taken off. Without workers: what jobs say to Redis is the same for any number of gateways.`,
    tables: [messagesTable(messages), ...(signs.length > 0 ? [signsTable(signs)] : [])],
    plots: [
      bytesPlot(messages, most),
      ...(signs.length > 0 ? [signsPlot(signs, least, most)] : []),
    ],
    // The goal is about a room that is on few of many.
    subjects: messages.filter((one) => one.gateways === most && one.hosts === Math.min(2, most)),
    noise: { rounds: all.length, noisyRounds: all.filter((one) => isNoisy(one)).length },
    whyVoid: [
      ...found.messages.flatMap(({ name, gateways: nodes, hosts, whyVoid }) =>
        voidOf(`${name}, room on ${hosts} of ${nodes}`, whyVoid),
      ),
      ...found.signs.flatMap(({ kind, members, gateways: nodes, whyVoid }) =>
        voidOf(`${kind} of ${members} on ${nodes}`, whyVoid),
      ),
    ],
    more: { levels: messages, signs },
  }
}
