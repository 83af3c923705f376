import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster, type Cluster } from '@parley/local-cluster'
import { withCollecting } from '../gauges/create-probe.ts'
import { createWays, type Ways } from '../proxy/ways.ts'
import type { Breaking } from './plan-breaking.ts'
import type { Flags } from './flags.ts'
import type { Progress } from './progress.ts'
import { createEndWatch, type EndWatch } from './watch-ends.ts'

/** What is put to the test: a cluster of our own, or somebody else's. */
export interface Target {
  readonly url: string
  readonly dir: string
  readonly cluster: Cluster | undefined
  readonly ways: Ways | undefined
  /** Which of its processes have ended; of a cluster of our own. */
  readonly ends?: EndWatch | undefined
  /** The folder of the other version's build. */
  readonly previous?: string | undefined
  /** Leaves nothing behind but the folder, if that is to be kept. */
  readonly stop: () => Promise<void>
  /** Leaves no process behind, and does not wait. */
  readonly killNow: () => void
}

/** The load is by few people, each of them faster than anybody types. */
const FAST = { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' }
/** Whoever has closed all sockets is gone soon: a run waits for it. */
const SOON_GONE = { PRESENCE_GRACE_MS: '2000' }
/** As long as our own balancer needs to notice, and as few clients to move: more is waiting. */
const QUICK_TO_DRAIN = { DRAIN_NOTICE_MS: '1000', DRAIN_WINDOW_MS: '2000' }
const FAST_API = {
  ...FAST,
  REQUEST_RATE_PER_MINUTE: '600000',
  WRITE_RATE_PER_MINUTE: '600000',
  ROOM_RATE_PER_MINUTE: '600000',
  MEMBER_RATE_PER_MINUTE: '600000',
  COSTLY_RATE_PER_MINUTE: '600000',
  FAIL_POINTS_ENABLED: 'true',
}

/** What the apps of a cluster under test are told, beyond where everything is. */
export const TARGET_ENV = { api: FAST_API, gateway: { ...FAST, ...QUICK_TO_DRAIN, ...SOON_GONE } }

export async function startTarget(
  { url, seed, isKept, redis, database, previous }: Flags,
  { needsWays }: Breaking,
  progress: Progress,
  signal: AbortSignal,
): Promise<Target> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-verify-'))
  const tidy = (): void => {
    if (isKept) progress.note(`Logs, data and history: ${dir}`)
    else rmSync(dir, { recursive: true, force: true })
  }
  // Whatever goes through a proxy costs time of this process: there are some where they are needed.
  const ways = needsWays ? createWays({ seed }) : undefined
  if (url !== undefined) {
    const stop = async (): Promise<void> => {
      await ways?.close()
      tidy()
    }
    const through = ways === undefined ? url : await urlThrough(ways, url)
    return { url: through, dir, cluster: undefined, ways, stop, killNow: tidy }
  }
  try {
    const clusterDir = join(dir, 'cluster')
    mkdirSync(clusterDir)
    const ends = createEndWatch()
    const cluster = await startCluster({
      dir: clusterDir,
      gateways: 3,
      apis: 2,
      // One of each to begin with; a fault changes which.
      builds: previous === undefined ? {} : { g2: previous, a2: previous },
      restart: true,
      signal,
      env: withCollecting(TARGET_ENV),
      ...(redis !== undefined && { redis }),
      ...(database !== undefined && { database }),
      ...(ways !== undefined && { route: ways.route }),
      onProgress: progress.step,
      onNotice: ends.onNotice,
    })
    return {
      url: cluster.url,
      dir,
      cluster: ends.watched(cluster),
      ways,
      ends,
      previous,
      async stop() {
        await cluster.stop()
        await ways?.close()
        tidy()
      },
      killNow: () => cluster.killNow(),
    }
  } catch (error) {
    await ways?.close()
    tidy()
    throw error
  }
}

/** The same by way of a proxy on this machine. */
async function urlThrough(ways: Ways, url: string): Promise<string> {
  const { hostname: host, port } = new URL(url)
  const address = { host, port: port === '' ? 80 : Number(port) }
  return `http://127.0.0.1:${await ways.route('client', 'balancer', address)}`
}
