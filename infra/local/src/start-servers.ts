import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ChildProcess } from './child-process.ts'
import { Processes, READY_TIMEOUT_MS } from './cluster.ts'
import { ensurePrograms } from './install-programs.ts'
import { prepareServers } from './prepare-servers.ts'
import { keepSecrets } from './secrets.ts'

export interface RunningServers extends AsyncDisposable {
  readonly redisUrl: string
  readonly databaseUrl: string
}

/** A private Redis and a private, empty database, for tests that need no more. */
export async function startServers(options: {
  readonly dir: string
  readonly redisUrl?: string | undefined
  readonly databaseUrl?: string | undefined
}): Promise<RunningServers> {
  const programs = await ensurePrograms([
    ...(options.redisUrl === undefined ? (['redis-server'] as const) : []),
    ...(options.databaseUrl === undefined ? (['mariadbd'] as const) : []),
  ])
  mkdirSync(join(options.dir, 'logs'), { recursive: true })
  const { databasePassword } = keepSecrets(options.dir)
  const servers = await prepareServers({ ...options, programs, databasePassword })
  const processes = new Processes()
  const killNow = (): void => processes.killNow()
  process.once('exit', killNow)
  const stop = async (): Promise<void> => {
    await processes.stopInOrder()
    process.removeListener('exit', killNow)
  }
  try {
    await Promise.all(
      servers.specs.map((spec) => {
        const nobody = {
          mayRestart: () => false,
          onChange: () => undefined,
          onNotice: () => undefined,
        }
        const child = processes.add(new ChildProcess(spec, nobody))
        child.start()
        return child.waitReady(READY_TIMEOUT_MS)
      }),
    )
  } catch (error) {
    await stop()
    throw error
  }
  const { redisUrl, databaseUrl } = servers
  return { redisUrl, databaseUrl, [Symbol.asyncDispose]: stop }
}
