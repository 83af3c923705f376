import { join } from 'node:path'
import type { ChildSpec } from './child-process.ts'
import { prepareDatabases, type DatabaseKind, type Databases } from './database-pair.ts'
import { prepareRedis, type RedisKind, type RedisTopology } from './redis-topology.ts'

export type Programs = Partial<Record<'haproxy' | 'redis-server' | 'mariadbd', string>>

export interface Servers {
  readonly redisUrl: string
  readonly databaseUrl: string
  /** Those of our own; absent where others were named. */
  readonly redis: RedisTopology | undefined
  readonly databases: Databases | undefined
  /** The private ones, to be started. */
  readonly specs: readonly ChildSpec[]
}

/** Redis and the database: those that were named, private ones for the rest. */
export async function prepareServers(options: {
  readonly dir: string
  readonly programs: Programs
  readonly databasePassword: string
  readonly redisUrl?: string | undefined
  readonly databaseUrl?: string | undefined
  readonly redis?: RedisKind | undefined
  readonly database?: DatabaseKind | undefined
}): Promise<Servers> {
  const { dir, programs, databasePassword: password, redisUrl, databaseUrl } = options
  const logFile = (name: string): string => join(dir, 'logs', `${name}.log`)
  const redis =
    redisUrl === undefined
      ? await prepareRedis({
          kind: options.redis ?? 'single',
          command: programs['redis-server'] ?? 'redis-server',
          dir,
          logFile,
        })
      : undefined
  const databases =
    databaseUrl === undefined
      ? await prepareDatabases({
          kind: options.database ?? 'single',
          command: programs.mariadbd ?? 'mariadbd',
          dir,
          password,
          logFile,
        })
      : undefined
  return {
    redisUrl: redisUrl ?? redis?.url ?? '',
    databaseUrl: databaseUrl ?? databases?.url ?? '',
    redis,
    databases,
    specs: [...(redis?.specs ?? []), ...(databases?.specs ?? [])],
  }
}
