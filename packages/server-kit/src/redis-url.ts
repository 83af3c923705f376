import { z } from 'zod'

/** Where Redis is: `REDIS_URL` says so. All others import the kinds; this is the one place that reads the text. */
export type RedisAddress = SingleRedis | SentinelRedis | RedisCluster

export interface RedisNode {
  readonly host: string
  readonly port: number
}

interface Access {
  readonly username: string | undefined
  readonly password: string | undefined
  readonly tls: boolean
}

interface SingleRedis {
  readonly kind: 'single'
  readonly url: string
}

interface SentinelRedis extends Access {
  readonly kind: 'sentinel'
  readonly sentinels: readonly RedisNode[]
  /** What Sentinel calls the master. */
  readonly name: string
  readonly db: number
  /** Of the sentinels themselves, which may have none, or another than Redis. */
  readonly sentinelPassword: string | undefined
}

interface RedisCluster extends Access {
  readonly kind: 'cluster'
  /** Some of its nodes: they know the others. */
  readonly nodes: readonly RedisNode[]
}

export const REDIS_URL_FORMS =
  'redis://host:port, redis+sentinel://host:port,…/master or redis+cluster://host:port,… (rediss… with TLS)'

const FORM = /^rediss?(?:\+(sentinel|cluster))?:\/\//u
const PORTS = { sentinel: 26_379, cluster: 6_379 }

/** Throws an `Error` whose sentence says what is wrong, without the text itself: it may hold a password. */
export function parseRedisUrl(text: string): RedisAddress {
  const kind = FORM.exec(text)?.[1]
  if (kind === undefined) {
    if (!FORM.test(text) || !URL.canParse(text)) throw new Error(`must be ${REDIS_URL_FORMS}`)
    return { kind: 'single', url: text }
  }
  const shape = /^(redis\w*)\+\w+:\/\/(?:([^@/]*)@)?([^/?#@]*)(\/[^?#]*)?(\?[^#]*)?$/u.exec(text)
  if (shape === null) throw new Error(`must be ${REDIS_URL_FORMS}`)
  const [, scheme, user, hosts = '', path = '', query = ''] = shape
  const access = { ...readUser(user), tls: scheme === 'rediss' }
  const options = new URLSearchParams(query)
  if (kind === 'cluster') {
    if (path.length > 1) throw new Error('names a database, and a Redis Cluster has only the one')
    refuseOptions(options, [])
    return { kind, nodes: readNodes(hosts, PORTS.cluster), ...access }
  }
  const [name = '', db = '0', ...more] = path.slice(1).split('/').map(decode)
  if (name === '' || more.length > 0 || !/^\d{1,5}$/u.test(db)) {
    throw new Error('must end in the name of the master, as in …/parley, or …/parley/0')
  }
  refuseOptions(options, ['sentinelPassword'])
  return {
    kind: 'sentinel',
    sentinels: readNodes(hosts, PORTS.sentinel),
    name,
    db: Number(db),
    sentinelPassword: options.get('sentinelPassword') ?? undefined,
    ...access,
  }
}

export const redisUrl = z
  .string()
  .superRefine((text, context) => {
    try {
      parseRedisUrl(text)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : '' })
    }
  })
  .describe('Redis, one server, Sentinel or Cluster: news, which may be lost.')

function readUser(text: string | undefined): Pick<Access, 'username' | 'password'> {
  if (text === undefined) return { username: undefined, password: undefined }
  const colon = text.indexOf(':')
  const username = decode(colon === -1 ? text : text.slice(0, colon))
  const password = colon === -1 ? undefined : decode(text.slice(colon + 1))
  return { username: username === '' ? undefined : username, password }
}

function readNodes(text: string, defaultPort: number): RedisNode[] {
  return text.split(',').map((node) => {
    const [, plain, six, port] = /^(?:([^:[\]\s]+)|\[([\da-f:.]+)\])(?::(\d+))?$/iu.exec(node) ?? []
    const host = plain ?? six
    const number = port === undefined ? defaultPort : Number(port)
    if (host === undefined || number < 1 || number > 65_535) {
      throw new Error(`names '${node}' where there has to be host:port`)
    }
    return { host, port: number }
  })
}

function refuseOptions(options: URLSearchParams, known: readonly string[]): void {
  const strange = [...options.keys()].find((name) => !known.includes(name))
  if (strange !== undefined) throw new Error(`has an option '${strange}' that there is not`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error('has a % that begins no escape')
  }
}
