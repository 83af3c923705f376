import { clockMs } from '../clock.ts'
import type { ClientPlan } from '../subjects/subject.ts'
import type { Dialect, Line } from './dialects/dialect.ts'
import { RoomStream } from './room-stream.ts'
import type { Sending } from './sending.ts'

export interface AudiencePorts {
  readonly dialect: Dialect
  readonly isOrdered: boolean
  readonly report: (violation: string) => void
}

interface Reader {
  readonly room: string
  readonly port: number
  place: number
  stream: RoomStream | undefined
  /** Its latencies are taken down. */
  readonly isTimed: boolean
}

/** One in so many readers is timed, a prime, so that all nodes and rooms have some. */
const TIMED = 7
const FEW = 200

/** The readers, and what they were handed of what is sent. */
export class Audience {
  delivered = 0
  readonly #ports: AudiencePorts
  readonly #readers: Reader[] = []
  #sending: Sending | undefined
  #latenciesMs: number[] = []

  constructor(ports: AudiencePorts) {
    this.#ports = ports
  }

  /** A reader of its first room. What it answers takes the records that the reader is handed. */
  add({ rooms: [room = ''], port }: ClientPlan): Line['record'] {
    const number = this.#readers.length
    const isTimed = number < FEW || number % TIMED === 0
    const reader: Reader = { room, port, place: 0, stream: undefined, isTimed }
    this.#readers.push(reader)
    return (bytes, from, to) => this.#take(reader, bytes, from, to)
  }

  begin(sending: Sending): void {
    this.#sending = sending
    this.#latenciesMs = []
    this.delivered = 0
    const streams = new Map<string, RoomStream>()
    const numbered = new Map<string, Map<number, number>>()
    for (const reader of this.#readers) {
      const { room, port } = reader
      const name = `room ${room} on ${port}`
      const ofRoom = numbered.get(room) ?? new Map<number, number>()
      numbered.set(room, ofRoom)
      const stream =
        streams.get(name) ??
        new RoomStream({
          name,
          read: this.#ports.dialect.read,
          isOrdered: this.#ports.isOrdered,
          report: this.#ports.report,
          expected: (number) =>
            sending.roomOf(number) === room ? sending.expected(number) : undefined,
          senderOf: sending.senderOf,
          numbered: ofRoom,
        })
      streams.set(name, stream)
      reader.stream = stream
      reader.place = 0
    }
  }

  /** Deliveries that are owed for what was sent so far. */
  owed(): number {
    const inRoom = new Map<string, number>()
    let sum = 0
    for (const { room } of this.#readers) {
      const taken = inRoom.get(room) ?? this.#sending?.takenIn(room) ?? 0
      inRoom.set(room, taken)
      sum += taken
    }
    return sum
  }

  latenciesMs = (): readonly number[] => this.#latenciesMs

  #take(reader: Reader, bytes: Buffer, from: number, to: number): void {
    const { stream } = reader
    const sending = this.#sending
    // What was said before anything was measured is nobody's.
    if (stream === undefined || sending === undefined) return
    const numbers = stream.take(reader.place, bytes, from, to)
    reader.place += numbers.length
    this.delivered += numbers.length
    if (!reader.isTimed) return
    const nowMs = clockMs()
    for (const number of numbers) {
      if (sending.isCounted(number))
        this.#latenciesMs.push(nowMs - (sending.sentMs[number] ?? Number.NaN))
    }
  }
}
