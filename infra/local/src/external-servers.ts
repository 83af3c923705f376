import { Redis } from 'ioredis'
import { LaunchError } from './launch-error.ts'
import { connectProblem } from './private-database.ts'

/** Refuses, in one sentence that names the variable, what cannot be used. */
export async function checkRedisUrl(url: string): Promise<void> {
  // Of several servers: the apps read it, and say what is wrong with it when they start.
  if (/^rediss?\+(?:sentinel|cluster):\/\//u.test(url)) return
  if (!URL.canParse(url) || !['redis:', 'rediss:'].includes(new URL(url).protocol)) {
    throw new LaunchError('REDIS_URL must have the form redis://host:port (or rediss://).')
  }
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 3_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  let reason = ''
  redis.on('error', (error: Error) => (reason ||= error.message || String(error)))
  try {
    await redis.connect()
    await redis.ping()
  } catch (cause) {
    reason ||= cause instanceof Error ? cause.message : String(cause)
    throw new LaunchError(`REDIS_URL names a server that does not answer: ${reason}.`, { cause })
  } finally {
    redis.disconnect()
  }
}

export async function checkDatabaseUrl(url: string): Promise<void> {
  const isUrl = URL.canParse(url) && ['mysql:', 'mariadb:'].includes(new URL(url).protocol)
  if (!isUrl || new URL(url).pathname.length < 2) {
    throw new LaunchError(
      'DATABASE_URL must have the form mysql://user:password@host:port/database.',
    )
  }
  const problem = await connectProblem(url)
  if (problem === null) return
  throw new LaunchError(`DATABASE_URL names a database that cannot be used: ${problem}.`)
}
