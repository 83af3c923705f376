import { join } from 'node:path'
import { REPOSITORY } from './app-process.ts'
import type { Cluster } from './cluster.ts'
import { LaunchError } from './launch-error.ts'
import { parseFlags, USAGE, type Flags } from './parse-flags.ts'
import { createProgress, type Progress } from './progress.ts'
import { startCluster } from './start-cluster.ts'

const progress = createProgress()
const interrupted = new AbortController()
let cluster: Cluster | undefined

process.exitCode = await run(process.argv.slice(2))

async function run(args: readonly string[]): Promise<number> {
  try {
    const flags = parseFlags(args)
    if (flags.help) {
      console.log(USAGE)
      return 0
    }
    stopOnSignals(progress)
    cluster = await startCluster(clusterOptions(flags))
    progress.done()
    console.log(welcome(cluster))
    return 0
  } catch (error) {
    if (interrupted.signal.aborted) return 0
    progress.fail()
    // A person reads a sentence; what we did not foresee keeps its stack.
    console.error(error instanceof LaunchError ? error.message : error)
    return error instanceof LaunchError ? error.exitCode : 1
  }
}

function clusterOptions(flags: Flags): Parameters<typeof startCluster>[0] {
  // An empty variable counts as absent, as shells and compose mean it.
  const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = process.env
  return {
    dir: join(REPOSITORY, '.parley'),
    port: flags.port ?? 'default',
    gateways: flags.gateways,
    apis: flags.apis,
    workers: flags.workers,
    redis: flags.redis,
    fresh: flags.fresh,
    restart: flags.restart,
    seed: flags.seed,
    ...(redisUrl ? { redisUrl } : {}),
    ...(databaseUrl ? { databaseUrl } : {}),
    signal: interrupted.signal,
    onProgress: progress.step,
    onNotice: progress.note,
  }
}

function welcome({ url }: Cluster): string {
  return `ready ${url}

  Open ${url} in two windows and talk to yourself.
  In a terminal: npm run chat -- --as alice --room lobby
  The API: ${url}/docs
  An API key with all scopes, for a backend: .parley/secrets/root-api-key
  Logs and data: .parley (npm start -- --fresh forgets them)

Ctrl-C drains and stops everything.`
}

function stopOnSignals({ step, done, note }: Progress): void {
  let signals = 0
  const stop = async (): Promise<void> => {
    signals += 1
    if (signals > 1) {
      note('Stopped at once.')
      cluster?.killNow()
      process.exit(130)
    }
    interrupted.abort()
    step('Draining (Ctrl-C again stops at once)')
    await cluster?.stop()
    done()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stop())
}
