import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  balancerSpec,
  ChildProcess,
  ensurePrograms,
  freePort,
  LaunchError,
  Processes,
  redisSpec,
  serversInRotation,
  statsSocketPath,
  waitUntil,
  type ChildSpec,
} from '@parley/local-cluster'
import { io } from 'socket.io-client'
import type { Person } from '../../generator/readers/reader.ts'
import { NODES, type Peer, type Sender, type StagePlan, type StartPeer } from '../peer.ts'

const PROGRAM = fileURLToPath(new URL('server-main.js', import.meta.url))
const READY_MS = 30_000
const BALANCED_MS = 15_000

/** As many nodes as Parley has gateways, a Redis of their own, and the same balancer before them. */
export const startSocketIo: StartPeer = async ({ dir, env, onProgress, signal }) => {
  const programs = await ensurePrograms(['haproxy', 'redis-server'], onProgress)
  mkdirSync(join(dir, 'logs'), { recursive: true })
  const launch = new Launch(dir, signal)
  try {
    onProgress('Starting Redis')
    const redisPort = await freePort()
    const logFile = (name: string): string => join(dir, 'logs', `${name}.log`)
    await launch.start(
      redisSpec({
        command: programs['redis-server'],
        port: redisPort,
        dir,
        logFile: logFile('redis'),
      }),
    )
    const nodes: { name: string; port: number }[] = []
    for (let number = 1; number <= NODES; number += 1)
      nodes.push({ name: `s${number}`, port: await freePort() })
    const port = await freePort()
    onProgress(`Starting ${NODES} nodes and the load balancer`)
    await Promise.all([
      ...nodes.map((node) =>
        launch.start(
          nodeSpec(node, {
            redisUrl: `redis://127.0.0.1:${redisPort}`,
            logFile: logFile(node.name),
          }),
          env,
        ),
      ),
      launch.start(
        balancerSpec({
          command: programs.haproxy,
          dir,
          logFile: logFile('balancer'),
          port,
          internalPort: await freePort(),
          statsSocket: statsSocketPath(dir),
          gateways: nodes,
          apis: [],
        }),
      ),
    ])
    await launch.waitBalanced()
    launch.isReady = true
    return toPeer(launch, `http://127.0.0.1:${port}`)
  } catch (error) {
    await launch.stop()
    throw error
  }
}

function nodeSpec(
  { name, port }: { readonly name: string; readonly port: number },
  { redisUrl, logFile }: { readonly redisUrl: string; readonly logFile: string },
): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: [PROGRAM, String(port), redisUrl],
    logFile,
    stopTimeoutMs: 10_000,
    async isReady() {
      try {
        const { status, body } = await fetch(`http://127.0.0.1:${port}/readyz`)
        await body?.cancel()
        return status === 200
      } catch {
        return false
      }
    },
  }
}

/** The processes of one cluster. */
class Launch {
  readonly processes = new Processes()
  readonly names: string[] = []
  isReady = false
  crashes = 0
  readonly #dir: string
  readonly #signal: AbortSignal
  readonly #killNow = (): void => this.processes.killNow()

  constructor(dir: string, signal: AbortSignal) {
    this.#dir = dir
    this.#signal = signal
    process.once('exit', this.#killNow)
  }

  async start(spec: ChildSpec, env?: Readonly<Record<string, string>>): Promise<void> {
    if (this.#signal.aborted) throw new LaunchError('The start was interrupted.')
    const child = new ChildProcess(spec, {
      mayRestart: () => this.isReady,
      onChange: () => undefined,
      onNotice: () => (this.crashes += 1),
    })
    this.processes.add(child)
    if (/^s\d+$/u.test(spec.name)) this.names.push(spec.name)
    child.start(env)
    await child.waitReady(READY_MS)
  }

  /** Those that live, and no others, are in the balancer's rotation. */
  async waitBalanced(): Promise<void> {
    const isSettled = async (): Promise<boolean> => {
      const inRotation = await serversInRotation(statsSocketPath(this.#dir))
      return this.names.every(
        (name) => inRotation.has(name) === (this.processes.pid(name) !== null),
      )
    }
    if (await waitUntil(isSettled, { timeoutMs: BALANCED_MS })) return
    throw new LaunchError(`The load balancer does not find every node; see ${this.#dir}/logs.`)
  }

  async stop(): Promise<void> {
    this.isReady = false
    const last = ['balancer', 'redis']
    const nodes = this.processes.all().filter(({ name }) => !last.includes(name))
    await Promise.all(nodes.map((child) => child.stop()))
    for (const child of this.processes.all()) await child.stop()
    process.removeListener('exit', this.#killNow)
  }
}

function toPeer(launch: Launch, url: string): Peer {
  const { processes, names } = launch
  const nodes = names.toSorted()
  return {
    name: 'socket-io',
    url,
    nodes,
    deployed: nodes,
    nodePids: () => nodes.flatMap((name) => processes.pid(name) ?? []),
    crashes: () => launch.crashes,
    readerKind: 'socket-io',
    leanReaderKind: 'socket-io',
    stage: async (plan) => stage(plan),
    openSender: (_person, room) => openSender(url, room),
    async kill(name) {
      launch.crashes -= 1
      await processes.get(name).kill('SIGKILL')
      await processes.get(name).stop()
    },
    stopProcess: (name) => processes.get(name).stop(),
    async start(name) {
      processes.get(name).start()
      await processes.get(name).waitReady(READY_MS)
      await launch.waitBalanced()
    },
    stop: () => launch.stop(),
    killNow: () => processes.killNow(),
  }
}

/** Nobody is asked who they are, and rooms are names. */
function stage({ people, rooms }: StagePlan): Person[] {
  const persons = Array.from({ length: people }, (_, index) => ({
    userId: `bench-${index + 1}`,
    token: '',
    rooms: [] as string[],
  }))
  rooms.forEach((members, index) => {
    for (const member of members) persons[member]?.rooms.push(`room-${index + 1}`)
  })
  return persons
}

const ANSWER_MS = 10_000

/** Emits with an ack. What is emitted while it is away is sent when it is back: so the client does by default. */
async function openSender(url: string, room: string): Promise<Sender> {
  const socket = io(url, { forceNew: true, transports: ['websocket'] })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return {
    async send(text) {
      try {
        await socket.timeout(ANSWER_MS).emitWithAck('send', room, text)
        return true
      } catch {
        return false
      }
    },
    close: () => void socket.disconnect(),
  }
}
