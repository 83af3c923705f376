import { watchAnswer, type Asked } from '../checks/asked.ts'
import type { Report, Violation } from '../checks/violation.ts'
import { whyNotAllowed, whyNotTrue } from '../checks/log-truth.ts'
import { NOBODY, VirtualClock, type Process } from '../clock/virtual-clock.ts'
import { SimBrowser } from '../device/sim-browser.ts'
import { SimDevice } from '../device/sim-device.ts'
import { SimListener } from '../device/sim-listener.ts'
import { Post } from '../device/post.ts'
import { SimGateway, type GatewayPorts } from '../gateway/sim-gateway.ts'
import type { ServerSocket } from '../gateway/socket-server.ts'
import { InnerNetwork } from '../log/inner-network.ts'
import { MemoryDatabase } from '../log/memory-database.ts'
import { SimApi, type ApiPorts } from '../log/sim-api.ts'
import { BareSocket } from '../network/bare-socket.ts'
import { ClientSocket } from '../network/client-socket.ts'
import { goodConditions } from '../network/conditions.ts'
import { SimRedis } from '../network/sim-redis.ts'
import { openSocketsBy } from '../network/socket-io-client.ts'
import { createMemoryStorage, type ApiClient } from '../product.ts'
import { Trace } from '../trace.ts'
import type { Plan } from './plan.ts'
import type { RoomEvents } from '@parley/message-schema'

/** What a test breaks on purpose, at the edges of the product. */
export interface Mutant {
  readonly store?: ApiPorts['broken']
  readonly api?: (api: ApiClient, gateway: SimGateway) => ApiClient
  readonly server?: GatewayPorts['wrapServer']
  /** What the gateway can break by itself. */
  readonly gateway?: GatewayPorts['mutants']
}

/** Everybody and everything of one schedule. */
export class World {
  readonly clock = new VirtualClock()
  readonly conditions = goodConditions()
  readonly database = new MemoryDatabase()
  readonly violations: Violation[] = []
  readonly asked: Asked[] = []
  /** From now on nothing is broken any more. */
  isHealed = false
  /** Events that readers were told, in all. */
  told = 0
  readonly trace: Trace
  readonly random: () => number
  readonly redis: SimRedis
  readonly apis: SimApi[]
  readonly gateways: SimGateway[]
  readonly users: string[]
  readonly rooms: string[]
  readonly devices: SimDevice[]
  readonly listeners: SimListener[]
  /** Whatever has connections. */
  readonly pages: (SimDevice | SimListener)[]
  readonly inner: InnerNetwork
  readonly posts: Post[] = []
  readonly browser = new SimBrowser(this.clock)

  constructor(plan: Plan, random: () => number, isTraced: boolean, mutant: Mutant = {}) {
    this.random = random
    this.trace = new Trace(this.clock, isTraced)
    const around = { clock: this.clock, random, conditions: this.conditions }
    const { database } = this
    this.redis = new SimRedis(around)
    this.apis = ['a1', 'a2'].map(
      (name) => new SimApi(name, { around, database, redis: this.redis, broken: mutant.store }),
    )
    this.inner = new InnerNetwork(around, this.apis, this.trace)
    this.users = Array.from({ length: plan.users }, (_, n) => ['ada', 'bob', 'eve', 'joe'][n]!)
    this.rooms = plan.rooms.map((_, n) => `0197${n}000-0000-7000-8000-00000000000${n}`)
    this.gateways = Array.from(
      { length: plan.gateways },
      (_, n) =>
        new SimGateway(`g${n + 1}`, {
          around,
          redis: this.redis,
          apiFor: (gateway) =>
            mutant.api?.(this.inner.clientOf(), gateway) ?? this.inner.clientOf(),
          watchSent: (socket, name, fact) => this.#watchSent(socket, name, fact),
          watchAsked: (command, answer) =>
            this.asked.push(watchAnswer(this.clock, command, answer)),
          broadcast: (...told) => this.#broadcast(...told),
          wrapServer: mutant.server,
          mutants: mutant.gateway ?? [],
        }),
    )
    this.devices = plan.devices.flatMap((count, user) => {
      const storage = createMemoryStorage()
      return Array.from({ length: count }, (_, n) => {
        const userId = this.users[user]!
        const device: SimDevice = new SimDevice(`${userId}-${n + 1}`, userId, this.rooms, {
          around,
          database,
          report: this.report,
          heard: () => (this.told += 1),
          showsMembers: plan.isWide,
          ...(plan.transports.length > 0 && {
            transports: plan.transports[(user + n) % plan.transports.length]!,
          }),
          fetch: this.inner.fetchFor(
            () => userId,
            () => !device.isOffline,
            (end) => device.opened(end),
          ),
          ...(plan.hasTabs && { storage, gone: this.browser.gone }),
        })
        return device
      })
    })
    const heard = (): void => void (this.told += 1)
    this.listeners = this.users
      .slice(0, plan.listeners)
      .map(
        (id) => new SimListener(`${id}-bare`, id, { around, database, report: this.report, heard }),
      )
    this.pages = [...this.devices, ...this.listeners]
    const choose = (client: Process): SimGateway | undefined => this.#choose(client)
    const network = { around, trace: this.trace, choose, opened: this.#opened }
    openSocketsBy({
      sdk: (options) => new ClientSocket(network, options),
      bare: (options) => new BareSocket(network, options),
    })
  }

  readonly report: Report = (check, text) => {
    this.trace.note('VIOLATION', `${check}: ${text}`)
    if (this.violations.length < 50) this.violations.push({ check, text })
  }

  /** Over REST, in somebody's name, until there is an answer. */
  post(userId: string, roomId: string): void {
    const post = new Post(userId, roomId, this.posts.length, this.clock)
    this.posts.push(post)
    const call = this.inner.fetchFor(
      () => userId,
      () => true,
    )
    this.clock.after(NOBODY, 0, () => void post.run(call))
  }

  readonly #opened = (wire: SimDevice['wires'][number]): void => {
    const page = this.pages.find(({ process }) => process === wire.client)
    if (page !== undefined) {
      page.wires = [...page.wires.filter((one) => !one.isOver || one.isDeadUnheard), wire]
    }
  }

  #choose(client: Process): SimGateway | undefined {
    const page = this.pages.find(({ process }) => process === client)
    if (page === undefined || page.isOffline) return undefined
    // The balancer may not know yet that one has begun to go away.
    const open = this.gateways.filter(({ state }) => state !== 'down')
    const ready = open.filter(({ state }) => state === 'serving')
    const from = ready.length > 0 && this.random() < 0.9 ? ready : open
    return from[Math.floor(this.random() * from.length)]
  }

  #broadcast(from: SimGateway, room: string, name: string, fact: unknown): void {
    for (const gateway of this.gateways) {
      if (gateway === from) continue
      this.redis.tellEach(
        ({ process }) => process === gateway.process,
        () => gateway.server?.emitLocally(room, name, fact, []),
      )
    }
  }

  /** C7 and C8 of every packet, whatever the SDK makes of it. */
  #watchSent(socket: ServerSocket, name: string, fact: unknown): void {
    if (name !== 'room:events') return
    const { roomId, events } = fact as RoomEvents
    const userId = socket.data.identity?.userId ?? ''
    const rows = this.database.rooms.get(roomId)
    if (rows === undefined) return this.report('C8', `${userId} is told of ${roomId}`)
    for (const event of events) {
      const forbidden = whyNotAllowed(rows, userId, event.seq)
      if (forbidden !== undefined) this.report('C8', `${socket.id} is sent: ${forbidden}`)
      const untrue = whyNotTrue(rows, userId, event)
      if (untrue !== undefined) this.report('C7', `${socket.id} is sent: ${untrue}`)
    }
  }
}
