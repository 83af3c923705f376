import type { AppContext, Replica } from './app-process.ts'

/**
 * Puts something on the way between two processes, and answers its port on 127.0.0.1. Both are named as the
 * cluster names them; `api` is any of them behind the balancer, `client` whoever calls.
 */
export type Route = (
  from: string,
  to: string,
  address: { readonly host: string; readonly port: number },
) => Promise<number>

type MaybeRoute = Route | undefined
type Way = readonly [from: string, to: string]

const DEFAULT_PORTS: Record<string, number> = {
  'redis:': 6379,
  'mysql:': 3306,
  'mariadb:': 3306,
  'http:': 80,
}

export async function routedPort(route: MaybeRoute, [from, to]: Way, port: number) {
  return route === undefined ? port : route(from, to, { host: '127.0.0.1', port })
}

/** The same behind what the balancer is told. */
export function routedReplicas(route: MaybeRoute, list: readonly Replica[]): Promise<Replica[]> {
  return Promise.all(
    list.map(async ({ name, port }) => ({
      name,
      port: await routedPort(route, ['balancer', name], port),
    })),
  )
}

/** The addresses as one process is told them: gateways know no database, all others no API. */
export async function routedContext(
  route: MaybeRoute,
  { name }: Replica,
  context: AppContext,
): Promise<AppContext> {
  const isGateway = name.startsWith('g')
  const { redisUrl, databaseUrl, apiUrl } = context
  return {
    ...context,
    redisUrl: await routedUrl(route, [name, 'redis'], redisUrl),
    ...(isGateway
      ? { apiUrl: await routedUrl(route, [name, 'api'], apiUrl) }
      : { databaseUrl: await routedUrl(route, [name, 'database'], databaseUrl) }),
  }
}

async function routedUrl(route: MaybeRoute, [from, to]: Way, url: string): Promise<string> {
  // Of several servers clients learn the addresses from each other: no proxy can stand before them.
  if (url.startsWith('redis+')) return url
  const { protocol, hostname, port } = new URL(url)
  const defaultPort = DEFAULT_PORTS[protocol]
  // What is encrypted goes straight: its certificate names another host.
  if (route === undefined || defaultPort === undefined) return url
  const address = { host: hostname, port: port === '' ? defaultPort : Number(port) }
  const routed = await route(from, to, address)
  // As text: what else stands in an address keeps its escapes.
  return url.replace(
    /^(\w+:\/\/(?:[^@/]*@)?)[^/?]+/u,
    (_, before: string) => `${before}127.0.0.1:${routed}`,
  )
}
