import type { Cluster } from '@parley/local-cluster'
import { integerBetween, pick } from '../seeded-random.ts'
import { chooseProcess, clusterOf, type Kind } from './choose.ts'
import type { Fault } from './fault.ts'

const ANY = ['gateway', 'api', 'worker'] as const
const ONE_OF: Record<Kind, string> = {
  gateway: 'A gateway',
  api: 'An API replica',
  worker: 'A worker',
}

/** Dead until it heals, also where what dies is started again. */
async function killForGood(cluster: Cluster, name: string): Promise<void> {
  await cluster.kill(name)
  await cluster.stopProcess(name)
}

export async function revive(cluster: Cluster, name: string): Promise<void> {
  await cluster.start(name)
  await cluster.waitBalanced()
}

const killOf = (kind: Kind): Fault => ({
  name: `${kind}-kill`,
  needs: 'local',
  description: `${ONE_OF[kind]} is killed with SIGKILL and stays away for a while.`,
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: [kind], on })
    await killForGood(cluster, target)
    return { target, heal: () => revive(cluster, target) }
  },
})

const drainOf = (kind: Kind): Fault => ({
  name: `${kind}-drain`,
  needs: 'local',
  description: `${ONE_OF[kind]} is told to end with SIGTERM, drains, and comes back.`,
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: [kind], on })
    const stopped = cluster.stopProcess(target)
    return {
      target,
      async heal() {
        await stopped
        await revive(cluster, target)
      },
    }
  },
})

const stallOf = (kind: Kind): Fault => ({
  name: `${kind}-stall`,
  needs: 'local',
  description: `${ONE_OF[kind]} is halted with SIGSTOP and goes on as if nothing had been.`,
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: [kind], on })
    await cluster.kill(target, 'SIGSTOP')
    return { target, heal: () => cluster.kill(target, 'SIGCONT') }
  },
})

const PERIOD_MS = 100

const cpuStarvation: Fault = {
  name: 'cpu-starvation',
  needs: 'local',
  description: 'A process runs for a tenth to a third of the time, halted in between.',
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: ANY, on })
    const share = integerBetween(random, 10, 33)
    let goOn: NodeJS.Timeout | undefined
    const halt = setInterval(() => {
      void cluster.kill(target, 'SIGSTOP')
      goOn = setTimeout(() => void cluster.kill(target, 'SIGCONT'), PERIOD_MS * (1 - share / 100))
    }, PERIOD_MS)
    return {
      target,
      detail: `${share} % of the time`,
      async heal() {
        clearInterval(halt)
        clearTimeout(goOn)
        await cluster.kill(target, 'SIGCONT')
      },
    }
  },
}

const SKEWS_S = [-3_600, -300, -30, 30, 300, 3_600]

const clockSkew: Fault = {
  name: 'clock-skew',
  needs: 'local',
  description: 'A process is started again with a clock that is wrong by up to an hour.',
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: ANY, on })
    const seconds = pick(random, SKEWS_S)
    await killForGood(cluster, target)
    await cluster.start(target, {
      FAIL_POINTS_ENABLED: 'true',
      CLOCK_OFFSET_MS: String(seconds * 1_000),
    })
    return {
      target,
      detail: `${seconds > 0 ? '+' : ''}${seconds} s`,
      async heal() {
        await killForGood(cluster, target)
        await revive(cluster, target)
      },
    }
  },
}

export const PROCESS_FAULTS: readonly Fault[] = [
  killOf('gateway'),
  drainOf('gateway'),
  stallOf('gateway'),
  killOf('api'),
  drainOf('api'),
  stallOf('api'),
  killOf('worker'),
  stallOf('worker'),
  cpuStarvation,
  clockSkew,
]
