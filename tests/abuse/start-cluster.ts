import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTestCluster } from '@parley/testkit'
import type { TestProject } from 'vitest/node'

/** What the files of this project share; all of it can be handed to another process. */
export interface SharedCluster {
  readonly url: string
  readonly gateways: readonly string[]
  readonly api: string
  /** Of every process of ours, with its process id. */
  readonly processes: readonly {
    readonly name: string
    readonly url: string
    readonly pid: number
  }[]
  readonly redisUrl: string
  readonly redisPid: number
  readonly databaseUrl: string
  readonly logs: string
  /** One secret a line: none of them may be in a log. */
  readonly secretsFile: string
  readonly hostSecret: string
  readonly rootApiKey: string
  readonly signingKeyPem: string
}

declare module 'vitest' {
  interface ProvidedContext {
    abusedCluster: SharedCluster
  }
}

export const HOST_ISSUER = 'https://host.example'

/**
 * One cluster for all files: two gateways, one API, all that can be logged. The socket’s limits are those
 * that a client meets by default; the API’s of a minute would leave nothing to be asked, and are lifted.
 */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const hostSecret = randomBytes(32).toString('base64url')
  const everyProcess = {
    LOG_LEVEL: 'trace',
    // A signal opens the debugger: that is how a test sees what a payload left behind in a process.
    NODE_OPTIONS: '--inspect-port=127.0.0.1:0',
    HOST_JWT_SECRET: hostSecret,
    HOST_JWT_ISSUER: HOST_ISSUER,
  }
  const perMinute = ['AUTH', 'KEY', 'REQUEST', 'WRITE', 'ROOM', 'MEMBER', 'COSTLY']
  const rates = Object.fromEntries(perMinute.map((of) => [`${of}_RATE_PER_MINUTE`, '1000000']))
  const cluster = await startTestCluster({
    gateways: 2,
    apis: 1,
    env: {
      api: { ...everyProcess, ...rates },
      gateway: { ...everyProcess, HANDSHAKES_PER_SECOND: '1000000' },
      worker: { LOG_LEVEL: 'trace' },
    },
  })
  const { gateways, apis, redis, database } = cluster.info()
  const secret = (name: string): string => readFileSync(join(cluster.dir, 'secrets', name), 'utf8')
  provide('abusedCluster', {
    url: cluster.url,
    gateways: gateways.map(({ url }) => url),
    api: apis[0]?.url ?? '',
    processes: [...gateways, ...apis].map(({ name, url, pid }) => ({ name, url, pid: pid ?? 0 })),
    redisUrl: redis.url,
    redisPid: redis.pid ?? 0,
    databaseUrl: database.url,
    logs: join(cluster.dir, 'logs'),
    secretsFile: join(cluster.dir, 'secrets-in-use'),
    hostSecret,
    rootApiKey: secret('root-api-key'),
    signingKeyPem: secret('token-signing-key.pem'),
  })
  return cluster.stop
}
