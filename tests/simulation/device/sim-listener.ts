import type { Event } from '@parley/message-schema'
import { isMember } from '../checks/log-truth.ts'
import { Stream } from '../checks/stream.ts'
import type { Report } from '../checks/violation.ts'
import { newProcess, type Process } from '../clock/virtual-clock.ts'
import { tokenOf } from '../gateway/sim-gateway.ts'
import type { MemoryDatabase } from '../log/memory-database.ts'
import type { Surroundings, Wire } from '../network/wire.ts'
import { RoomReading, SocketReader, type ReaderLine } from '../product.ts'

export interface ListenerPorts {
  readonly around: Surroundings
  readonly database: MemoryDatabase
  readonly report: Report
  /** It was handed an event. */
  readonly heard: () => void
}

/** A bare Socket.IO client of somebody, as `npm run verify` has them: what it is handed is taken as it comes. */
export class SimListener {
  readonly name: string
  readonly userId: string
  process: Process
  /** Its connections, the newest last. */
  wires: Wire[] = []
  isOffline = false
  readonly streams = new Map<string, Stream>()
  reading: RoomReading | undefined
  readonly #ports: ListenerPorts
  #reader: SocketReader | undefined
  #loads = 0

  constructor(name: string, userId: string, ports: ListenerPorts) {
    this.name = name
    this.userId = userId
    this.process = newProcess(name)
    this.#ports = ports
  }

  get isLive(): boolean {
    return this.#reader?.isLive === true && !this.wires.some((wire) => wire.isDeadUnheard)
  }

  get living(): Wire[] {
    return this.wires.filter((wire) => !wire.isOver)
  }

  load(): void {
    const { around } = this.#ports
    if (this.#reader !== undefined) return
    this.#loads += 1
    this.process = newProcess(`${this.name}.${this.#loads}`)
    this.wires = []
    around.clock.after(this.process, 0, () => this.#open())
  }

  /** It is gone, without a word, and knows nothing any more when it comes back. */
  kill(): void {
    this.process.isDead = true
    this.#reader = undefined
    this.reading = undefined
    this.streams.clear()
    const { random } = this.#ports.around
    for (const wire of this.living) wire.cut(0, random() < 0.7 ? 10 : 5_000 + random() * 25_000)
  }

  #open(): void {
    const { clock } = this.#ports.around
    const device = { name: this.name, userId: this.userId, via: 'websocket' } as const
    const reading = new RoomReading(
      {
        now: () => clock.sinceStartMs,
        write: (line) => {
          if (line.kind === 'delivery') this.#handed(line.roomId, line.event as Event)
          else if (line.kind === 'reader') this.#told(line)
        },
      },
      device,
    )
    this.reading = reading
    this.#reader = new SocketReader({
      url: 'http://parley.test',
      transport: 'websocket',
      getToken: async () => tokenOf(this.userId),
      reading,
      from: this.#heads(),
    })
    this.#reader.socket.connect()
  }

  /** Where its rooms are now, as REST says it. */
  #heads(): Record<string, number> {
    const { database } = this.#ports
    const mine = [...database.rooms.values()].filter(({ roomId }) =>
      isMember(database, roomId, this.userId),
    )
    return Object.fromEntries(mine.map(({ roomId, room }) => [roomId, room.head]))
  }

  #handed(roomId: string, event: Event): void {
    this.#ports.heard()
    this.#streamOf(roomId).hear(event)
  }

  #told({ what, roomId, seq = 0, detail }: ReaderLine): void {
    if (what === 'disconnected') for (const stream of this.streams.values()) stream.disconnected()
    if (roomId !== undefined) this.#streamOf(roomId).told(what, seq, detail)
  }

  #streamOf(roomId: string): Stream {
    const { database, report, around } = this.#ports
    const known = this.streams.get(roomId)
    if (known !== undefined) return known
    const hasHung = (): boolean => this.wires.at(-1)?.down.hasHung === true
    const stream = new Stream(this, roomId, { database, report, clock: around.clock, hasHung })
    this.streams.set(roomId, stream)
    return stream
  }
}
