import { circumstancesText } from './result-text.ts'
import { TITLES } from '../peers/peer.ts'
import { SOURCES } from './published.ts'
import type { Row, ScenarioName } from './scenario.ts'
import type { StoredScenario } from './write-page.ts'

/** Of each scenario what it is about, for the short table. */
const HEADLINES: Readonly<Record<ScenarioName, readonly string[]>> = {
  jitter: ['delivered, of what was acknowledged', 'send to receive, p99'],
  deploy: ['delivered, of what was acknowledged', 'longest gap of a reader, p99'],
  avalanche: ['readers that never came back', 'back and caught up, p95'],
  redis: ['delivered, of what was acknowledged', 'until acknowledged, meanwhile, p99'],
  throughput: ['send to receive, p50', 'send to receive, p99'],
  idle: ['a connection, in no room', 'a connection, in 20 rooms'],
}

/** The short table, for the first page. */
export function tableOf(scenarios: readonly StoredScenario[]): string {
  const rows = scenarios.flatMap(({ name, title, rows: all }) =>
    HEADLINES[name].flatMap((metric) => {
      const row = all.find((one) => one.metric === metric)
      return row === undefined
        ? []
        : [`| ${title}: ${metric} | ${row.parley} | ${row.socketIo} | ${row.published} |`]
    }),
  )
  const head = ['| | Parley | plain Socket.IO | published by others |', '|---|---|---|---|']
  return `${[...head, ...rows].join('\n')}\n`
}

export function pageOf(scenarios: readonly StoredScenario[]): string {
  return `${[
    '# Scoreboard',
    '',
    'Parley beside a plain Socket.IO cluster, measured by `npm run scoreboard`, which wrote this page. The same',
    'machine for both, one after the other; the same load, cuts and seed; one clock for what is sent and what is',
    'received.',
    '',
    ...METHOD,
    '',
    '## In short',
    '',
    tableOf(scenarios),
    ...scenarios.flatMap(sectionOf),
    '## What others have published',
    '',
    'The column *published* is of other machines and other loads: it tells in which order of magnitude a figure',
    'is, and no more.',
    '',
    ...SOURCES.map(([name, url]) => `- ${name}: <${url}>`),
  ].join('\n')}\n`
}

const METHOD = [
  '- **Parley** is the cluster of `npm start`: HAProxy, 3 gateways, 2 APIs, a worker, Redis, MariaDB that syncs',
  '  each commit. Its settings are its own, but for limits of rate, which one fast sender would hit.',
  '- **Socket.IO + redis-adapter** is 3 nodes of Socket.IO 4 with `@socket.io/redis-adapter`, a Redis of their own',
  '  and the same HAProxy configuration, set up as their documentation shows, with default settings. A node joins',
  '  and broadcasts, and stores nothing. Clients use WebSocket from the beginning, and join again when they are back.',
  '- **Delivered** is counted of what was acknowledged to its sender: each message owes one delivery to each reader.',
  '  Latency is from the first attempt to send to the receipt, so that the time away from the network counts.',
  '- Readers are Parley’s SDK and `socket.io-client`, in processes of their own; where nothing is cut, Parley’s are the',
  '  [bare client](protocol.md#a-bare-client). Percentiles are of all raw values together.',
  '- A run is **void**, and not written here, when delivery is above 100 %, a latency is negative, it took more than',
  '  one and a half times as long as planned, all processes of readers stopped at the same count, the two were offline',
  '  for unequal times, or a process that makes the load was the wall (95 % of a core, or an event loop that is late).',
]

function sectionOf({
  title,
  load,
  rows,
  plots,
  circumstances,
  measured,
}: StoredScenario): string[] {
  const { machine } = measured
  return [
    `## ${title}`,
    '',
    load,
    '',
    '| | Parley | Socket.IO + redis-adapter | published | goal |',
    '|---|---|---|---|---|',
    ...rows.map(lineOf),
    '',
    ...plots.flatMap(({ file, alt }) => [`![${alt}](images/${file})`, '']),
    `Measured on ${measured.at} at commit \`${measured.commit}\`, on ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, ${machine.system}, Node ${machine.node}; scale ${measured.scale}, ${measured.generators} processes of readers:`,
    '',
    '```',
    measured.command,
    '```',
    '',
    ...(['parley', 'socket-io'] as const).map(
      (peer) => `- ${TITLES[peer]}: ${circumstancesText(circumstances[peer])}`,
    ),
    '',
  ]
}

const lineOf = ({ metric, parley, socketIo, published, goal, isMet }: Row): string => {
  const reached = isMet === null ? '' : isMet ? ', met' : ', **missed**'
  return `| ${metric} | ${parley} | ${socketIo} | ${published} | ${goal === null ? '' : `${goal}${reached}`} |`
}
