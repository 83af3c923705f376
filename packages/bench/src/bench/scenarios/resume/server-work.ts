import type { Cluster } from '@parley/local-cluster'
import { clockMs } from '../../../clock.ts'
import { readVariables, type Connection } from '../history/database.ts'

const ASKED = ['users', 'reconcile', 'events'] as const
export type Asked = (typeof ASKED)[number] | 'other'

const askedOf = (count: (asked: Asked) => number): Record<Asked, number> => ({
  users: count('users'),
  reconcile: count('reconcile'),
  events: count('events'),
  other: count('other'),
})

/** What the APIs were asked by gateways, and what the database was. */
export interface ServerWork {
  readonly atMs: number
  /** Requests to `/internal`, by what was asked for. */
  readonly requests: Readonly<Record<Asked, number>>
  readonly statements: number
  readonly selects: number
}

const LINE =
  /^parley_http_request_seconds_count\{[^}]*route="\/internal\/([\w/-]+)"[^}]*\} (\d+)/gmu

export async function readServerWork(cluster: Cluster, database: Connection): Promise<ServerWork> {
  const requests = askedOf(() => 0)
  for (const { url } of cluster.info().apis) {
    const page = await (await fetch(`${url}/metrics`)).text()
    for (const [, route = '', count] of page.matchAll(LINE))
      requests[ASKED.find((asked) => asked === route) ?? 'other'] += Number(count)
  }
  const status = await readVariables(database, 'STATUS', ['Questions', 'Com_select'])
  return {
    atMs: clockMs(),
    requests,
    statements: Number(status.get('Questions')),
    selects: Number(status.get('Com_select')),
  }
}

export const workBetween = (before: ServerWork, after: ServerWork): ServerWork => ({
  atMs: after.atMs - before.atMs,
  requests: askedOf((asked) => after.requests[asked] - before.requests[asked]),
  statements: after.statements - before.statements,
  selects: after.selects - before.selects,
})

/** Less what goes on all the time: so much of it as fits into the time. */
export function beyondQuiet(work: ServerWork, quiet: ServerWork): ServerWork {
  const share = work.atMs / quiet.atMs
  const less = (count: number, always: number): number => Math.max(0, count - always * share)
  return {
    atMs: work.atMs,
    requests: askedOf((asked) => Math.round(less(work.requests[asked], quiet.requests[asked]))),
    statements: Math.round(less(work.statements, quiet.statements)),
    selects: Math.round(less(work.selects, quiet.selects)),
  }
}
