import type { RouteAnswer } from '@parley/client'
import { useChat } from '@parley/react'
import { type ReactElement, useState } from 'react'
import { agoWords, fullWhen } from '../app/time-words.ts'
import { LookedAt } from './looked-at.tsx'
import { Sparkline } from './sparkline.tsx'
import { Table } from './table.tsx'
import { useLook } from './use-look.ts'

type Cluster = RouteAnswer<'GET /v1/admin/cluster'>['cluster']
type Process = Cluster['processes'][number]

const EVERY_MS = 3_000
const REMEMBERED = 60

const sumOf = ({ processes }: Cluster, of: (one: Process) => number | null): number =>
  processes.reduce((sum, one) => sum + (of(one) ?? 0), 0)

interface Past {
  readonly at: string
  readonly sockets: readonly number[]
  readonly messages: readonly number[]
}

const add = (before: readonly number[], value: number): readonly number[] =>
  [...before, value].slice(-REMEMBERED)

/** What lives now, and how it is. */
export function ClusterPage(): ReactElement {
  const { call } = useChat()
  const [past, setPast] = useState<Past>({ at: '', sockets: [], messages: [] })
  const look = useLook(
    'cluster',
    async (signal) => (await call('GET /v1/admin/cluster', { signal })).cluster,
    EVERY_MS,
  )
  const seen = look.value
  if (seen !== null && seen.at !== past.at) {
    setPast({
      at: seen.at,
      sockets: add(
        past.sockets,
        sumOf(seen, ({ sockets }) => sockets),
      ),
      messages: add(
        past.messages,
        Math.round(sumOf(seen, ({ messagesPerSecond }) => messagesPerSecond) * 10) / 10,
      ),
    })
  }
  return (
    <LookedAt look={look} what="The cluster">
      {(cluster) => (
        <>
          {!cluster.redis && (
            <p className="admin-warning" role="status">
              Redis is away: only the API that answers is known.
            </p>
          )}
          <div className="admin-figures">
            <Sparkline label="Signed-in sockets" values={past.sockets} />
            <Sparkline label="Messages a second" values={past.messages} />
          </div>
          <Table
            label="Servers"
            columns={[
              'Server',
              'State',
              'Since',
              'Sockets',
              'Rooms',
              'Messages/s',
              'Loop p99',
              'Redis',
              'MySQL',
              'Version',
            ]}
          >
            {cluster.processes.map((one) => (
              <ProcessRow key={`${one.kind} ${one.name} ${one.startedAt}`} process={one} />
            ))}
          </Table>
          <p className="admin-note">
            A server that was killed is gone from here after ten seconds.
          </p>
        </>
      )}
    </LookedAt>
  )
}

const numberWords = (value: number | null): string => value?.toLocaleString() ?? '–'

function Link({ isUp }: { readonly isUp: boolean | null }): ReactElement {
  if (isUp === null) return <>–</>
  return (
    <span className="panel-chip" data-kind={isUp ? 'done' : 'danger'}>
      {isUp ? 'there' : 'away'}
    </span>
  )
}

function ProcessRow({ process }: { readonly process: Process }): ReactElement {
  const { kind, name, phase, startedAt, protocol, node } = process
  return (
    <tr>
      <th scope="row">
        {name} <span className="admin-note">{kind}</span>
      </th>
      <td>{phase}</td>
      <td>
        <time dateTime={startedAt} title={fullWhen(startedAt)}>
          {agoWords(startedAt)}
        </time>
      </td>
      <td>{numberWords(process.sockets)}</td>
      <td>{numberWords(process.rooms)}</td>
      <td>{numberWords(process.messagesPerSecond)}</td>
      <td>{process.eventLoopP99Ms} ms</td>
      <td>
        <Link isUp={process.redis} />
      </td>
      <td>
        <Link isUp={process.mysql} />
      </td>
      <td>
        v{protocol}, Node {node.replace(/^v/u, '')}
      </td>
    </tr>
  )
}
