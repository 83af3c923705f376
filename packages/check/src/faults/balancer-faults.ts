import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { statsSocketPath, type Cluster } from '@parley/local-cluster'
import { killed } from './broken-process.ts'
import { chooseProcess, clusterOf, type Kind } from './choose.ts'
import type { Fault } from './fault.ts'

const TRIES = 10
const PAUSE_MS = 200
/** So says a process that another one is about to follow. */
const ENDING = 'Proxy is disabled.'

/** What HAProxy answers on its admin socket; nothing, where it did as it was told. */
async function tellBalancer(cluster: Cluster, command: string): Promise<void> {
  const answer = await askBalancer(statsSocketPath(cluster.dir), command)
  if (answer !== '') throw new Error(`The balancer answers '${command}' with: ${answer}`)
}

/** While it reads its configuration anew the socket goes from one process to another. */
async function askBalancer(path: string, command: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      const socket = connect(path)
      socket.write(`${command}\n`)
      const answer = (await text(socket)).trim()
      if (answer !== ENDING || tries === TRIES) return answer
      await sleep(PAUSE_MS)
    } catch (error) {
      if (tries === TRIES) throw error
      await sleep(PAUSE_MS)
    }
  }
}

const BACKENDS: Record<'gateway' | 'api', string> = { gateway: 'gateways_by_session', api: 'apis' }

const drops = (kind: Kind & keyof typeof BACKENDS): Fault => ({
  name: `balancer-drops-${kind}`,
  needs: 'local',
  description: `The balancer is told to send nothing more to one ${kind === 'api' ? 'API replica' : kind}.`,
  async start(stage, random, on) {
    const cluster = clusterOf(stage)
    const target = chooseProcess(cluster, random, { kinds: [kind], on })
    const set = (state: string): Promise<void> =>
      tellBalancer(cluster, `set server ${BACKENDS[kind]}/${target} state ${state}`)
    await set('maint')
    return {
      target: `balancer>${target}`,
      async heal() {
        // One that was started anew meanwhile knows nothing of it.
        await cluster.waitReady('balancer')
        await set('ready')
      },
    }
  },
})

const reload: Fault = {
  name: 'balancer-reload',
  needs: 'local',
  description:
    'The balancer reads its configuration anew; what the old one still has ends soon after.',
  async start(stage) {
    const cluster = clusterOf(stage)
    await cluster.kill('balancer', 'SIGUSR2')
    return { target: 'balancer', heal: () => cluster.waitBalanced() }
  },
}

export const BALANCER_FAULTS: readonly Fault[] = [
  killed({
    name: 'balancer-kill',
    description: 'The balancer is killed with SIGKILL: every connection breaks, none can be made.',
    target: 'balancer',
  }),
  reload,
  drops('gateway'),
  drops('api'),
]
