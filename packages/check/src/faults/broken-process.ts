import type { Cluster } from '@parley/local-cluster'
import { clusterOf } from './choose.ts'
import type { Fault } from './fault.ts'

type Random = () => number

/** What happens to one process of the cluster, whichever it is. */
interface ProcessFault {
  readonly name: string
  readonly description: string
  /** Its name, or how it is chosen among several. */
  readonly target: string | ((cluster: Cluster, random: Random, on?: string) => string)
}

type Broken = (cluster: Cluster, target: string) => Promise<() => Promise<void>>

const processFault = ({ name, description, target }: ProcessFault, breakIt: Broken): Fault => ({
  name,
  needs: 'local',
  description,
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const chosen = typeof target === 'string' ? target : target(cluster, random, on)
    return { target: chosen, heal: await breakIt(cluster, chosen) }
  },
})

/** Dead until it heals, also where what dies is started again. */
export async function killForGood(cluster: Cluster, name: string): Promise<void> {
  await cluster.kill(name)
  await cluster.stopProcess(name)
}

export async function revive(cluster: Cluster, name: string): Promise<void> {
  await cluster.start(name)
  await cluster.waitBalanced()
}

/** SIGKILL, and away for a while. */
export const killed = (what: ProcessFault): Fault =>
  processFault(what, async (cluster, target) => {
    await killForGood(cluster, target)
    return () => revive(cluster, target)
  })

/** SIGTERM: it ends in order while the fault goes on, and comes back. */
export const ended = (what: ProcessFault): Fault =>
  processFault(what, async (cluster, target) => {
    const stopped = cluster.stopProcess(target)
    return async () => {
      await stopped
      await revive(cluster, target)
    }
  })

/** SIGSTOP: its connections stay, and nothing is answered. */
export const halted = (what: ProcessFault): Fault =>
  processFault(what, async (cluster, target) => {
    await cluster.kill(target, 'SIGSTOP')
    return () => cluster.kill(target, 'SIGCONT')
  })
