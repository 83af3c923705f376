import {
  ParleyError,
  roomNewsChannel,
  USER_NEWS_CHANNEL,
  type CommandBatchResult,
  type GatewayCommand,
  type RequestAttempt,
  type RoomNews,
} from '@parley/message-schema'
import { newProcess, type Process } from '../clock/virtual-clock.ts'
import type { SimRedis } from '../network/sim-redis.ts'
import type { Surroundings } from '../network/wire.ts'
import {
  createRoomLog,
  EventWaiters,
  numberAttempt,
  toCommandResult,
  type Logger,
  type RoomLog,
} from '../product.ts'
import type { MemoryDatabase } from './memory-database.ts'
import { createMemoryLogStore, type LogStorePorts } from './memory-log-store.ts'
import { createInternalReads } from './memory-reads.ts'
import { createRest, type Rest } from './rest.ts'

const nothing = (): void => undefined
const SILENT = { debug: nothing, warn: nothing } as unknown as Logger

/** Lost against another transaction: nothing was done. */
class Deadlock extends Error {}

export interface ApiPorts {
  readonly around: Surroundings
  readonly database: MemoryDatabase
  readonly redis: SimRedis
  /** What a mutant breaks of the store. */
  readonly broken?: Pick<LogStorePorts, 'loaded' | 'commit'> | undefined
}

/** One API replica: the real room log and the real reads, over tables in memory. */
export class SimApi {
  readonly name: string
  process: Process
  roomLog: RoomLog
  rest: Rest
  readonly reads: ReturnType<typeof createInternalReads>
  /** Whoever waits for an answer, told when this replica dies. */
  readonly waiting = new Set<() => void>()
  readonly #ports: ApiPorts
  #lives = 0

  constructor(name: string, ports: ApiPorts) {
    this.name = name
    this.#ports = ports
    this.process = newProcess(name)
    this.reads = createInternalReads(ports.database)
    this.roomLog = this.#openLog()
    this.rest = this.#openRest()
  }

  start(): void {
    this.#lives += 1
    this.process = newProcess(`${this.name}.${this.#lives}`)
    this.roomLog = this.#openLog()
    this.rest = this.#openRest()
  }

  kill(): void {
    this.process.isDead = true
    for (const lose of this.waiting) lose()
    this.waiting.clear()
  }

  async runCommands(
    commands: readonly GatewayCommand[],
    attempt: RequestAttempt,
  ): Promise<CommandBatchResult> {
    const settled = await Promise.all(
      commands.map((command) => this.roomLog.submit(numberAttempt(command, attempt))),
    )
    const asked = new Set(commands.map(({ roomId }) => roomId))
    const news = new Set<RoomNews>()
    for (const one of settled) {
      for (const item of one.news) if (asked.has(item.roomId)) news.add(item)
    }
    return {
      results: settled.map(({ outcome }) => toCommandResult(outcome)),
      news: [...news],
      servedBy: this.process.name,
    }
  }

  #openRest(): Rest {
    const { around, database, redis } = this.#ports
    const { process } = this
    const query = (): Promise<void> => around.clock.sleep(around.random() * 2)
    let waiters: EventWaiters | undefined
    const openWaiters = (): EventWaiters =>
      new EventWaiters({
        subscriber: redis.connect(process).asRedis,
        async readHeads(roomIds) {
          await query()
          const rows = roomIds.map((id) => [id, database.rooms.get(id)?.room.head ?? 0] as const)
          return new Map(rows)
        },
        logger: SILENT,
      })
    return createRest({
      database,
      query,
      run: this.roomLog.run,
      // Where nobody waits, nobody listens.
      waitForEvents: (...asked) => (waiters ??= openWaiters()).wait(...asked),
    })
  }

  #openLog(): RoomLog {
    const { around, database, redis, broken } = this.#ports
    const { clock, random, conditions } = around
    let isUnknown = false
    const write = broken?.commit ?? ((commit: () => void) => commit())
    const store = createMemoryLogStore({
      database,
      async before() {
        const { busy, deadlock } = conditions.database
        await clock.sleep(0.3 + random() * 2)
        if (random() < busy) throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000 })
        if (random() < deadlock) throw new Deadlock()
      },
      ...(broken?.loaded && { loaded: broken.loaded }),
      commit(commit) {
        const { unknownDone, unknownUndone } = conditions.database
        const dice = random()
        isUnknown = dice < unknownDone + unknownUndone
        if (dice < unknownDone || !isUnknown) write(commit)
      },
      async after() {
        // Asked before anything else can happen: it is of this commit.
        const wasUnknown = isUnknown
        await clock.sleep(0.3 + random() * 3)
        if (wasUnknown) throw new ParleyError('UNKNOWN_OUTCOME')
      },
    })
    return createRoomLog({
      store,
      transactions: 2,
      retryAdviceOf: (error) => (error instanceof Deadlock ? 'again' : 'never'),
      announce({ news, changedUsers }) {
        for (const one of news) redis.publish(roomNewsChannel(one.roomId), JSON.stringify(one))
        if (changedUsers.length === 0) return
        redis.publish(USER_NEWS_CHANNEL, JSON.stringify({ userIds: changedUsers }))
      },
    })
  }
}
