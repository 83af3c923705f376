import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrograms, freePort } from '@parley/local-cluster'
import { runSubject } from '../run-subject.ts'
import type { SubjectLaunch } from '../subject-launch.ts'
import type { StartSubject } from '../subject.ts'

interface Node {
  readonly name: string
  readonly clients: number
  readonly webSocket: number
  readonly routes: number
  readonly monitor: number
}

/** A cluster in which every server has a route to every other. */
export const startNats: StartSubject = (options) =>
  runSubject({ name: 'nats', dialect: 'nats' }, options, async (launch) => {
    const { 'nats-server': command } = await ensurePrograms(['nats-server'], launch.onProgress)
    launch.onProgress(`Starting ${launch.nodes} nodes`)
    const nodes: Node[] = []
    for (let number = 1; number <= launch.nodes; number += 1) nodes.push(await newNode(number))
    await Promise.all(nodes.map((node) => startNode(launch, { command, node, nodes })))
    return nodes.map(({ webSocket }) => webSocket)
  })

async function newNode(number: number): Promise<Node> {
  return {
    name: `n${number}`,
    clients: await freePort(),
    webSocket: await freePort(),
    routes: await freePort(),
    monitor: await freePort(),
  }
}

interface Place {
  readonly command: string
  readonly node: Node
  readonly nodes: readonly Node[]
}

async function startNode(launch: SubjectLaunch, { command, node, nodes }: Place): Promise<void> {
  const file = join(launch.dir, `${node.name}.conf`)
  const others = nodes.filter((other) => other !== node)
  writeFileSync(file, configuration(node, others))
  await launch.start('front', {
    name: node.name,
    command,
    args: ['-c', file],
    logFile: launch.logFile(node.name),
    stopTimeoutMs: 10_000,
    isReady: () => hasRoutes(node.monitor, others.length),
  })
}

function configuration(node: Node, others: readonly Node[]): string {
  const routes = others.map((other) => `"nats://127.0.0.1:${other.routes}"`)
  return `
server_name: ${node.name}
listen: "127.0.0.1:${node.clients}"
http: "127.0.0.1:${node.monitor}"
websocket { listen: "127.0.0.1:${node.webSocket}", no_tls: true, compression: false }
cluster { name: bench, listen: "127.0.0.1:${node.routes}", routes: [${routes.join(', ')}] }
`
}

async function hasRoutes(monitor: number, routes: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${monitor}`
    const signal = AbortSignal.timeout(1_000)
    // Healthy: it listens everywhere.
    const health = await fetch(`${url}/healthz`, { signal })
    await health.body?.cancel()
    const answer = (await (await fetch(`${url}/routez`, { signal })).json()) as {
      readonly num_routes?: number
    }
    return health.ok && answer.num_routes === routes
  } catch {
    return false
  }
}
