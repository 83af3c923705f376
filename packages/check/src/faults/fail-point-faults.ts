import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '@parley/local-cluster'
import { integerBetween } from '../seeded-random.ts'
import { chooseProcess, clusterOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { revive } from './broken-process.ts'

type FailPoint = 'before-commit' | 'after-commit' | 'after-ack' | 'lose-news'

async function arm(
  cluster: Cluster,
  { target, point, times }: { target: string; point: FailPoint; times: number },
): Promise<void> {
  const replica = cluster.info().apis.find(({ name }) => name === target)
  const token = readFileSync(join(cluster.dir, 'secrets', 'internal-token'), 'utf8')
  const answer = await fetch(new URL('/internal/fail-points', replica?.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ point, times }),
    signal: AbortSignal.timeout(5_000),
  })
  await answer.body?.cancel()
  if (answer.ok) return
  throw new Error(`${target} has no fail points: was it started with FAIL_POINTS_ENABLED?`)
}

/** Of the transactions that commit at the same time, each its own. */
const NEWS_LOST = 4

const diesAt = (point: FailPoint, when: string): Fault => ({
  name: `api-dies-${point}`,
  needs: 'local',
  description: `An API replica kills itself ${when}.`,
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: ['api'], on })
    if (point === 'after-ack') await arm(cluster, { target, point: 'lose-news', times: NEWS_LOST })
    const spare = stage.mayEnd?.(target)
    await arm(cluster, { target, point, times: 1 }).catch((error: unknown) => {
      spare?.()
      throw error
    })
    return {
      target,
      async heal() {
        // Nobody may have come by.
        const living = cluster.info().apis.find(({ name }) => name === target)
        if (living?.pid !== null)
          await arm(cluster, { target, point, times: 0 }).catch(() => undefined)
        await revive(cluster, target)
        spare?.()
      },
    }
  },
})

const newsLost: Fault = {
  name: 'news-lost',
  needs: 'local',
  description: 'What an API replica commits is not announced: gateways have to find it themselves.',
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: ['api'], on })
    const times = integerBetween(random, 5, 200)
    await arm(cluster, { target, point: 'lose-news', times })
    return {
      target,
      detail: `${times} times`,
      // A replica that died meanwhile has forgotten it.
      heal: () => arm(cluster, { target, point: 'lose-news', times: 0 }).catch(() => undefined),
    }
  },
}

export const FAIL_POINT_FAULTS: readonly Fault[] = [
  diesAt('before-commit', 'just before a commit: nobody knows, and nothing is there'),
  diesAt('after-commit', 'just after a commit: it is there, and nobody was told'),
  diesAt(
    'after-ack',
    'just after the answer that a command was committed, before others hear of it',
  ),
  newsLost,
]
