import { setTimeout as passes } from 'node:timers/promises'
import { clockMs } from '../../../clock.ts'
import { Connection } from '../../../load/connection.ts'
import type { Dialect } from '../../../load/dialects/dialect.ts'
import type { ClientPlan } from '../../../subjects/subject.ts'
import { RoomPositions } from './room-positions.ts'
import { returningTalk } from './returning-talk.ts'

export interface ReturningPorts {
  readonly client: ClientPlan
  readonly random: () => number
  readonly report: (violation: string) => void
}

/** As the official client waits when a connection was lost. */
const WAITS = { leastMs: 500, spreadMs: 1_000 }

/** A bare client as docs/protocol.md advises it: it keeps its positions, comes back, and syncs from them. */
export class ReturningClient {
  readonly positions: RoomPositions
  /** The server said that it is busy, or there was none. */
  turnedAway = 0
  /** When it had all that it is to have, by `clockMs`; `undefined` until then. */
  caughtUpAtMs: number | undefined
  isConnected = false
  readonly #ports: ReturningPorts
  readonly #dialect: Dialect
  #connection: Connection | undefined
  #retryAfterMs: number | undefined
  #isCut = false

  constructor(ports: ReturningPorts) {
    const { client, report } = ports
    this.#ports = ports
    this.positions = new RoomPositions({
      rooms: client.rooms,
      report: (what) => report(`${client.userId}: ${what}`),
    })
    this.#dialect = {
      upgrade: () => ({ path: '/socket.io/?EIO=4&transport=websocket', headers: [] }),
      open: ({ token }, line) =>
        returningTalk({
          token,
          line,
          positions: this.positions,
          moved: () => this.#look(),
          refused: (retryAfterMs) => (this.#retryAfterMs = retryAfterMs),
        }),
      read: () => {
        throw new Error('It keeps no records.')
      },
    }
  }

  /** Resolves when it has synced, however often it has to ask. */
  async connect(): Promise<void> {
    this.#isCut = false
    while (!this.#isCut) {
      this.#retryAfterMs = undefined
      try {
        await this.#attempt()
        return
      } catch {
        this.turnedAway += 1
        await passes(this.#retryAfterMs ?? this.#waitMs())
      }
    }
  }

  /** After the wait of a client whose connection was lost. */
  async comeBack(): Promise<void> {
    this.caughtUpAtMs = undefined
    await passes(this.#waitMs())
    await this.connect()
  }

  cut(): void {
    this.#isCut = true
    this.#away()
    this.#connection?.close()
  }

  async #attempt(): Promise<void> {
    const connection = new Connection({
      client: this.#ports.client,
      dialect: this.#dialect,
      record: () => undefined,
      lost: () => this.#away(),
    })
    this.#connection = connection
    await connection.open()
    this.isConnected = true
    this.#look()
  }

  #away(): void {
    this.isConnected = false
    this.caughtUpAtMs = undefined
  }

  #look(): void {
    if (this.isConnected && this.positions.isComplete) this.caughtUpAtMs ??= clockMs()
  }

  #waitMs = (): number => WAITS.leastMs + this.#ports.random() * WAITS.spreadMs
}
