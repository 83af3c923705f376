import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createProgress, LaunchError, REPOSITORY, startCluster } from '@parley/local-cluster'
import { readDashboards } from './dashboard.ts'
import { drawDashboard } from './draw-dashboard.ts'
import { startPrometheus } from './private-prometheus.ts'

/** Of load; a third of it later a gateway is replaced, two thirds later Redis dies. */
const LOAD_S = 150
/** Before it. */
const QUIET_S = 15

const progress = createProgress()
try {
  await draw(join(REPOSITORY, 'docs/images'))
} catch (error) {
  progress.fail()
  process.exitCode = 1
  process.stderr.write(`${error instanceof LaunchError ? error.message : String(error)}\n`)
}

/** The load of `npm run verify`, without its checks: bots of many kinds, who do everything that people do. */
async function talk(url: string): Promise<() => Promise<void>> {
  const program = join(REPOSITORY, 'packages/check/dist/run/verify.js')
  const flags = ['--url', url, '--faults', 'none', '--rate', '20', '--seed', '7']
  const forLong = ['--duration', String(2 * LOAD_S)]
  const child = spawn(process.execPath, [program, ...flags, ...forLong], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  await once(child, 'spawn')
  return async () => {
    // Once ends the load, twice all that would come after it.
    child.kill('SIGINT')
    await Promise.race([ended, sleep(1_000)])
    child.kill('SIGINT')
    await ended
  }
}

/** Pictures of all dashboards, of a real cluster under load and a real Prometheus. */
async function draw(images: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-dashboards-'))
  const lifted = { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' }
  const env = { api: lifted, gateway: lifted }
  const cluster = await startCluster({ dir, env, onProgress: progress.step })
  try {
    const prometheus = await startPrometheus(dir, cluster.info())
    try {
      const fromS = Date.now() / 1_000
      progress.step('Load')
      await sleep(QUIET_S * 1_000)
      const stopTalking = await talk(cluster.url)
      try {
        await sleep((LOAD_S / 3) * 1_000)
        await cluster.kill('g2', 'SIGTERM')
        await sleep((LOAD_S / 3) * 1_000)
        await cluster.kill('redis')
        await sleep((LOAD_S / 3) * 1_000)
      } finally {
        await stopTalking()
      }
      const times = [fromS, Date.now() / 1_000] as const
      for (const dashboard of readDashboards()) {
        const picture = await drawDashboard(dashboard, prometheus, times)
        writeFileSync(join(images, `dashboard-${dashboard.name}.svg`), picture)
      }
    } finally {
      await prometheus.stop()
    }
  } finally {
    await cluster.stop()
    rmSync(dir, { recursive: true, force: true })
  }
  progress.done()
}
