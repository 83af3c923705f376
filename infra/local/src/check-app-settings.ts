import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { apiSpec, gatewaySpec, workerSpec, type AppContext } from './app-process.ts'
import { LaunchError } from './launch-error.ts'
import type { Secrets } from './secrets.ts'

const execute = promisify(execFile)

/** Has the apps read their settings, before anything is started for them. */
export async function checkAppSettings(
  options: Pick<AppContext, 'env' | 'entryPoints'>,
  secrets: Secrets,
): Promise<void> {
  const context: AppContext = {
    ...options,
    secrets,
    // The real ones are not known yet, and are not what is checked.
    redisUrl: 'redis://127.0.0.1:1',
    databaseUrl: 'mysql://user:password@127.0.0.1:1/database',
    apiUrl: 'http://127.0.0.1:1',
    filesDir: '/nowhere',
    logFile: () => '',
  }
  const specs = [
    ...(context.entryPoints.api === undefined ? [apiSpec({ name: 'a1', port: 1 }, context)] : []),
    ...(context.entryPoints.gateway === undefined
      ? [gatewaySpec({ name: 'g1', port: 1 }, context)]
      : []),
    ...(context.entryPoints.worker === undefined
      ? [workerSpec({ name: 'w1', port: 1 }, context)]
      : []),
  ]
  await Promise.all(
    specs.map(async ({ command, args, cwd, env }) => {
      try {
        await execute(command, [...args, '--check-config'], { cwd, env })
      } catch (error) {
        const { stderr = '' } = error as { stderr?: string }
        throw new LaunchError(stderr.trim() || String(error))
      }
    }),
  )
}
