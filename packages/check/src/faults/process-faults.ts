import type { Cluster } from '@parley/local-cluster'
import { integerBetween, pick } from '../seeded-random.ts'
import { ended, halted, killed, killForGood, revive } from './broken-process.ts'
import { chooseProcess, clusterOf, type Kind } from './choose.ts'
import type { Fault } from './fault.ts'

const ANY = ['gateway', 'api', 'worker'] as const
const ONE_OF: Record<Kind, string> = {
  gateway: 'A gateway',
  api: 'An API replica',
  worker: 'A worker',
}

const oneOf =
  (kind: Kind) =>
  (cluster: Cluster, random: () => number, on?: string): string =>
    chooseProcess(cluster, random, { kinds: [kind], on })

const killOf = (kind: Kind): Fault =>
  killed({
    name: `${kind}-kill`,
    description: `${ONE_OF[kind]} is killed with SIGKILL and stays away for a while.`,
    target: oneOf(kind),
  })

const drainOf = (kind: Kind): Fault =>
  ended({
    name: `${kind}-drain`,
    description: `${ONE_OF[kind]} is told to end with SIGTERM, drains, and comes back.`,
    target: oneOf(kind),
  })

const stallOf = (kind: Kind): Fault =>
  halted({
    name: `${kind}-stall`,
    description: `${ONE_OF[kind]} is halted with SIGSTOP and goes on as if nothing had been.`,
    target: oneOf(kind),
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
    const env = { FAIL_POINTS_ENABLED: 'true', CLOCK_OFFSET_MS: String(seconds * 1_000) }
    await cluster.start(target, { env })
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
