import { clusterOf, namesOf } from './choose.ts'
import type { Fault } from './fault.ts'

export const rollingDeploy: Fault = {
  name: 'rolling-deploy',
  needs: 'local',
  description:
    'Every API replica, worker and gateway drains and is started again, one after the other.',
  async start(stage) {
    const cluster = clusterOf(stage)
    const names = namesOf(cluster, ['api', 'worker', 'gateway'])
    const deploy = async (): Promise<void> => {
      for (const name of names) {
        if (stage.signal?.aborted === true) return
        await cluster.stopProcess(name)
        await cluster.start(name)
        await cluster.waitBalanced()
      }
    }
    const deployed = deploy()
    // Its failure is told by whoever waits for it.
    deployed.catch(() => undefined)
    return { target: names.join(' '), heal: () => deployed }
  },
}
