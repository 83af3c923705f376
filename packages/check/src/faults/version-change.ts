import { REPOSITORY } from '@parley/local-cluster'
import { chooseProcess, clusterOf } from './choose.ts'
import type { Fault } from './fault.ts'

const KINDS = ['gateway', 'api', 'worker'] as const

export const versionChange: Fault = {
  name: 'version-change',
  needs: 'previous',
  description: 'A process drains and is started again in the other version, in which it stays.',
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const { previous } = stage
    if (previous === undefined) throw new Error('There is no other version.')
    const target = chooseProcess(cluster, random, { kinds: KINDS, on })
    const isPrevious = cluster.buildOf(target) === previous
    const stopped = cluster.stopProcess(target)
    return {
      target,
      detail: isPrevious ? 'to this version' : 'to the previous version',
      async heal() {
        await stopped
        await cluster.start(target, { build: isPrevious ? REPOSITORY : previous })
        await cluster.waitBalanced()
      },
    }
  },
}
