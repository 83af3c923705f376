import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Peer, PeerName, StartPeer } from '../peers/peer.ts'
import { startParley } from '../peers/parley/start-parley.ts'
import { startSocketIo } from '../peers/socket-io/start-socket-io.ts'
import { avalanche } from './scenarios/avalanche.ts'
import { idle } from './scenarios/idle.ts'
import { jitter } from './scenarios/jitter.ts'
import { redisKill } from './scenarios/redis-kill.ts'
import { rollingDeploy } from './scenarios/rolling-deploy.ts'
import { throughput } from './scenarios/throughput.ts'
import type { RunContext, Scenario, ScenarioName, ScenarioResult } from './scenario.ts'

export interface Stage {
  /** Each cluster has a folder of its own in it. */
  readonly dir: string
  readonly isKept: boolean
  readonly signal: AbortSignal
  readonly onPeer: (peer: Peer | null) => void
}

const START: Record<PeerName, StartPeer> = { parley: startParley, 'socket-io': startSocketIo }

async function run<Result>(
  scenario: Scenario<Result>,
  context: RunContext,
  stage: Stage,
): Promise<ScenarioResult> {
  const measure = async (name: PeerName): Promise<Result> => {
    stage.signal.throwIfAborted()
    const dir = join(stage.dir, `${scenario.name}-${name}`)
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    const say = (text: string): void => context.say(`${scenario.title}: ${text}`)
    say(`${name}: starting`)
    const { signal } = stage
    const { env = {} } = scenario
    const peer = await START[name]({ dir, env, onProgress: () => undefined, signal })
    stage.onPeer(peer)
    try {
      return await scenario.measure(peer, { ...context, say })
    } finally {
      say(`${name}: stopping`)
      await peer.stop()
      stage.onPeer(null)
      if (!stage.isKept) rmSync(dir, { recursive: true, force: true })
    }
  }
  // One after the other, each with the machine to itself.
  const parley = await measure('parley')
  const results = { parley, 'socket-io': await measure('socket-io') }
  const { name, title } = scenario
  return { name, title, ...scenario.report(results, context) }
}

const RUN: Record<ScenarioName, (context: RunContext, stage: Stage) => Promise<ScenarioResult>> = {
  jitter: (context, stage) => run(jitter, context, stage),
  deploy: (context, stage) => run(rollingDeploy, context, stage),
  avalanche: (context, stage) => run(avalanche, context, stage),
  redis: (context, stage) => run(redisKill, context, stage),
  throughput: (context, stage) => run(throughput, context, stage),
  idle: (context, stage) => run(idle, context, stage),
}

export const runScenario = (
  name: ScenarioName,
  context: RunContext,
  stage: Stage,
): Promise<ScenarioResult> => RUN[name](context, stage)
