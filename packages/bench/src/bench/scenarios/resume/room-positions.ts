import { roomTextOf } from './room-text.ts'

export interface RoomEvent {
  readonly seq: number
  readonly type: string
  readonly data: { readonly text?: string }
}

export interface RoomAnswer {
  readonly from?: number
  readonly to?: number
  readonly head: number
  readonly reset?: boolean
  readonly events?: readonly RoomEvent[]
}

interface Room {
  /** -1 before it was synced for the first time. */
  position: number
  /** Messages that it was handed, of those that are numbered. */
  heard: number
  told: number
}

/** What one client has of its rooms: each event once, in their order, and each message as it was said. */
export class RoomPositions {
  readonly #rooms: Map<string, Room>
  readonly #report: (violation: string) => void
  #behind = 0

  constructor({
    rooms,
    report,
  }: {
    readonly rooms: readonly string[]
    readonly report: (violation: string) => void
  }) {
    this.#rooms = new Map(rooms.map((room) => [room, { position: -1, heard: 0, told: 0 }]))
    this.#report = report
  }

  /** It has everything that it is to have. */
  get isComplete(): boolean {
    return this.#behind === 0
  }

  /** Messages that it is to have and has not. */
  get missing(): number {
    let sum = 0
    for (const { told, heard } of this.#rooms.values()) sum += Math.max(0, told - heard)
    return sum
  }

  /** What `sync` is asked with; nothing the first time. */
  asked(): Record<string, number> {
    const known = [...this.#rooms].filter(([, { position }]) => position >= 0)
    return Object.fromEntries(known.map(([room, { position }]) => [room, position]))
  }

  /** So many messages were said in each of these rooms since the beginning. */
  expect(told: ReadonlyMap<string, number>): void {
    this.#behind = 0
    for (const [name, room] of this.#rooms) {
      room.told = told.get(name) ?? 0
      if (room.heard < room.told) this.#behind += 1
    }
  }

  takeAnswer(name: string, { from, to, head, reset, events = [] }: RoomAnswer): void {
    const room = this.#rooms.get(name)
    if (room === undefined) return this.#report(`a room that it is not in: ${name}`)
    if (reset === true) return this.#report(`${name} was reset at ${head}`)
    if (room.position < 0) room.position = to ?? head
    else if (from !== room.position)
      this.#report(`${name} was to go on from ${room.position}, and went on from ${from}`)
    this.takeEvents(name, events)
    if (to !== undefined && room.position !== to)
      this.#report(`${name} was answered up to ${to}, and its events end at ${room.position}`)
  }

  /** Answers false if something is missing before them. */
  takeEvents(name: string, events: readonly RoomEvent[]): boolean {
    const room = this.#rooms.get(name)
    // Before it was synced, positions are not known: the answer has what came before it.
    if (room === undefined || room.position < 0) return true
    for (const { seq, type, data } of events) {
      if (seq <= room.position) continue
      if (seq > room.position + 1) return false
      room.position = seq
      if (type === 'message:created') this.#hear(name, room, data.text)
    }
    return true
  }

  #hear(name: string, room: Room, text: string | undefined): void {
    if (text !== roomTextOf(name, room.heard))
      this.#report(`message ${room.heard} of ${name} says '${String(text).slice(0, 60)}'`)
    room.heard += 1
    if (room.heard === room.told) this.#behind -= 1
  }
}
