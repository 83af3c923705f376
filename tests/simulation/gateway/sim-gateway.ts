import { userChannel, type GatewayCommand } from '@parley/message-schema'
import { newProcess, type Process } from '../clock/virtual-clock.ts'
import type { SimRedis } from '../network/sim-redis.ts'
import type { Surroundings, Wire } from '../network/wire.ts'
import {
  createEdge,
  createGatewayChat,
  createGatewayMetrics,
  createRegistry,
  drainSessions,
  isLive,
  PartitionQueues,
  SharedRequests,
  RedisNews,
  SendBuffers,
  roomChannel,
  type ApiClient,
  type ChatServer,
  type GatewayConfig,
  type GatewayMetrics,
  type GatewayMutant,
  type GatewayPresence,
  type GatewaySigns,
  type Identity,
  type Logger,
} from '../product.ts'
import {
  SocketServer,
  type ServerSocket,
  type TellClient,
  type WatchSent,
} from './socket-server.ts'

export interface GatewayPorts {
  readonly around: Surroundings
  readonly redis: SimRedis
  readonly apiFor: (gateway: SimGateway) => ApiClient
  readonly watchSent: WatchSent
  /** Of a command that the gateway took, and what it answers. */
  readonly watchAsked: (command: GatewayCommand, answer: Promise<unknown>) => void
  /** To the sockets of a room of the other gateways. */
  readonly broadcast: (from: SimGateway, room: string, name: string, fact: unknown) => void
  readonly mutants: readonly GatewayMutant[]
  readonly wrapServer?: ((server: SocketServer, gateway: SimGateway) => SocketServer) | undefined
}

export const HEADS_INTERVAL_MS = 5_000
const COMMAND_DEADLINE_MS = 10_000
const DRAIN_NOTICE_MS = 500
const DRAIN_WINDOW_MS = 3_000
const HOUR_MS = 3_600_000

/** Small limits, so that slow readers are met with in a short schedule. */
const CONFIG = {
  headsIntervalMs: HEADS_INTERVAL_MS,
  handshakesPerSecond: 300,
  sendsPerSecond: 20,
  sendBurst: 40,
  commandDeadlineMs: COMMAND_DEADLINE_MS,
  // Rooms of a few sockets gather as those of thousands do.
  fanoutMsPerSocket: 15,
  fanoutWindowMs: 60,
  lagBytes: 1_500,
  closeBytes: 6_000,
  lagLimitMs: 8_000,
} as Partial<GatewayConfig> as GatewayConfig

const nothing = (): void => undefined
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing } as unknown as Logger
const none = (): number => 0
const METRICS: GatewayMetrics = createGatewayMetrics(createRegistry('simulation'), {
  sessions: none,
  rooms: none,
  queued: none,
  usersHere: none,
  usersWatched: none,
  leases: none,
})

/** Outside the log: who is there, types or reads is not simulated. */
const PRESENCE = {
  here: { setIdle: nothing },
  watch: { subscribe: async () => [], doubtAudienceOf: nothing },
  arrived: nothing,
  ended: nothing,
  heed: nothing,
} as unknown as GatewayPresence
const SIGNS = {
  said: { setTyping: nothing, setRead: nothing, ended: nothing },
  hear: nothing,
  spoke: nothing,
  memberLeft: nothing,
} as unknown as GatewaySigns

export const tokenOf = (userId: string): string => `token of ${userId}`

async function verifyToken(token: string): Promise<Identity> {
  const nowMs = Date.now()
  return { userId: token.replace('token of ', ''), issuedAtMs: nowMs, expiresAtMs: nowMs + HOUR_MS }
}

/** One gateway: the graph of `createGateway`, with simulated ends. It may die and start again. */
export class SimGateway {
  readonly name: string
  process: Process
  state: 'down' | 'serving' | 'leaving' | 'draining' = 'down'
  server: SocketServer | undefined
  readonly #ports: GatewayPorts
  readonly #sockets = new Map<Wire, ServerSocket>()
  #lives = 0
  #drain: (() => Promise<void>) | undefined

  constructor(name: string, ports: GatewayPorts) {
    this.name = name
    this.#ports = ports
    this.process = newProcess(name)
  }

  get wires(): Wire[] {
    return [...this.#sockets.keys()].filter((wire) => !wire.isOver)
  }

  start(): void {
    const { around } = this.#ports
    if (this.state !== 'down') return
    this.#lives += 1
    const skewMs = Math.round((around.random() - 0.5) * 4_000)
    this.process = newProcess(`${this.name}.${this.#lives}`, skewMs)
    this.#sockets.clear()
    this.state = 'serving'
    const { process } = this
    around.clock.after(process, 0, () => this.#build())
  }

  /** At once, with all that it knows. */
  kill(): void {
    if (this.state === 'down') return
    const { random } = this.#ports.around
    this.state = 'down'
    this.process.isDead = true
    // Of a machine that is gone nothing is heard until the heartbeat is missed.
    const isSilent = random() < 0.2
    for (const wire of this.wires) wire.cut(isSilent ? 10_000 + random() * 20_000 : 5, 0)
  }

  /** As SIGTERM. Calls `then` when it is gone. */
  drain(then: () => void): void {
    const { process } = this
    if (this.state !== 'serving') return
    this.#ports.around.clock.after(process, 0, () => {
      void this.#drain?.().then(() => {
        if (process.isDead) return
        this.kill()
        then()
      })
    })
  }

  accept(wire: Wire, auth: unknown, tell: TellClient): void {
    if (this.state === 'down' || this.server === undefined) return
    if (this.state === 'draining') {
      wire.down.send(0, () => tell('connect_error', '{}'))
      return
    }
    const id = `${this.process.name}-${this.#sockets.size}`
    this.#sockets.set(wire, this.server.accept(wire, id, auth, tell))
  }

  hear(wire: Wire, name: string, payload: unknown, ack: (reply: unknown) => void): void {
    this.#sockets.get(wire)?.hear(name, payload, ack)
  }

  #build(): void {
    const { around, redis, apiFor, watchSent, watchAsked, broadcast, wrapServer, mutants } =
      this.#ports
    const bare = new SocketServer({
      clock: around.clock,
      watchSent,
      broadcast: (room, name, fact) => broadcast(this, room, name, fact),
    })
    this.server = wrapServer?.(bare, this) ?? bare
    const io = this.server as unknown as ChatServer
    const api = apiFor(this)
    const test = { failPointsEnabled: true, mutants: new Set(mutants), clockOffsetMs: 0 }
    const config = { ...CONFIG, name: this.name, test }
    const chat = createGatewayChat({
      config,
      logger: SILENT,
      api,
      metrics: () => METRICS,
      writeToRoom: (packet) => {
        const room = roomChannel(packet.roomId)
        const authors = [...packet.authors]
        const { local } = this.server ?? {}
        const others = local?.to(room).except(authors.map(userChannel))
        others?.emit('room:events', packet.factFor(''))
        for (const author of authors) {
          for (const session of chat.users.get(author)?.sessions ?? []) {
            if (isLive(session, packet.roomId))
              session.socket.emit('room:events', packet.factFor(author))
          }
        }
      },
      news: () => news,
      memberMoved: nothing,
      delivered: nothing,
      userRefreshed: nothing,
      gatherMs: 10,
      isServing: () => this.state === 'serving',
    })
    const { feeds, users, reconciler, heads } = chat
    const queues = new PartitionQueues({
      sendCommands: new SharedRequests(api.sendCommands).sendCommands,
      gatherMs: (roomId) => feeds.gatherMs(roomId),
      offer: (made) => feeds.offer(made),
      deadlineMs: COMMAND_DEADLINE_MS,
      logger: SILENT,
    })
    const run = queues.run.bind(queues)
    queues.run = (command, asker) => {
      const answer = run(command, asker)
      watchAsked(command, answer)
      return answer
    }
    const news = new RedisNews({
      subscriber: redis.connect(this.process).asRedis,
      onRoomNews: (roomNews) => feeds.offer(roomNews),
      onRoomSign: nothing,
      onUserNews: (userIds) => users.refreshSoon(userIds),
      onFollowing: (roomIds) => heads.lookAt(roomIds),
      onAway: () => reconciler.hurry(),
      onBack: () => void reconciler.lookNow(),
      logger: SILENT,
    })
    const edge = createEdge(io, {
      config,
      logger: SILENT,
      chat,
      queues,
      metrics: METRICS,
      verifyToken,
      presence: PRESENCE,
      signs: SIGNS,
      buffers: new SendBuffers(),
      traces: undefined,
      chooseStatus: async () => undefined,
    })
    reconciler.start()
    // The order of `createGateway`.
    this.#drain = async () => {
      this.state = 'leaving'
      if (users.size > 0) await around.clock.sleep(DRAIN_NOTICE_MS)
      this.state = 'draining'
      await drainSessions(users, DRAIN_WINDOW_MS)
      await Promise.race([queues.idle(), around.clock.sleep(COMMAND_DEADLINE_MS)])
      reconciler.stop()
      edge.stop()
      feeds.closeAll()
    }
  }
}
