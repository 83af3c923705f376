import { join } from 'node:path'
import type { ChildSpec } from './child-process.ts'
import { freePort } from './free-port.ts'
import { preparePrivateDatabase } from './private-database.ts'
import { redisSpec } from './private-redis.ts'

export type Programs = Partial<Record<'haproxy' | 'redis-server' | 'mariadbd', string>>

export interface Servers {
  readonly redisUrl: string
  readonly databaseUrl: string
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
}): Promise<Servers> {
  const { dir, programs, databasePassword: password } = options
  const specs: ChildSpec[] = []
  const logFile = (name: string): string => join(dir, 'logs', `${name}.log`)
  let { redisUrl, databaseUrl } = options
  if (redisUrl === undefined) {
    const port = await freePort()
    const command = programs['redis-server'] ?? 'redis-server'
    specs.push(redisSpec({ command, port, dir, logFile: logFile('redis') }))
    redisUrl = `redis://127.0.0.1:${port}`
  }
  if (databaseUrl === undefined) {
    const port = await freePort()
    const command = programs.mariadbd ?? 'mariadbd'
    const database = { command, port, dir, password, logFile: logFile('database') }
    const { url, spec } = await preparePrivateDatabase(database)
    specs.push(spec)
    databaseUrl = url
  }
  return { redisUrl, databaseUrl, specs }
}
