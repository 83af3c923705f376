import { hideClientMsgId, type Event, type RoomEvents } from '@parley/message-schema'

/**
 * Events of a room on their way to its sockets. Everybody is handed the same; authors also see their own
 * `clientMsgId`. Each event is encoded once, and its author's variant once more, however many authors a packet
 * has: what they are handed is put together of these.
 */
export class RoomPacket {
  readonly roomId: string
  /** Those who see an id of their own. */
  readonly authors: ReadonlySet<string>
  readonly #events: readonly Event[]
  readonly #head: number
  #shown: readonly string[] | undefined

  constructor(roomId: string, events: readonly Event[], head: number) {
    this.roomId = roomId
    this.#events = events
    this.#head = head
    this.authors = new Set(
      events.flatMap(({ clientMsgId, actor }) => (clientMsgId === undefined ? [] : actor.id)),
    )
  }

  get events(): readonly Event[] {
    return this.#events
  }

  /** When the oldest of its events was made, by the clock of the API, in ms. */
  get sinceMs(): number {
    return Date.parse(this.#events[0]?.ts ?? '')
  }

  factFor(readerId: string): RoomEvents {
    const events = this.#events.map((event) => hideClientMsgId(event, readerId))
    return { roomId: this.roomId, head: this.#head, events }
  }

  /** `["room:events", fact]`. For everybody who is no author: without a reader. */
  textFor(readerId?: string): string {
    this.#shown ??= this.#events.map((event) => JSON.stringify(hideClientMsgId(event, undefined)))
    const texts = readerId === undefined ? this.#shown : this.#textsFor(readerId, this.#shown)
    const room = JSON.stringify(this.roomId)
    return `["room:events",{"roomId":${room},"head":${this.#head},"events":[${texts.join()}]}]`
  }

  #textsFor(readerId: string, shown: readonly string[]): string[] {
    return this.#events.map((event, index) => {
      const isOwn = event.clientMsgId !== undefined && event.actor.id === readerId
      return isOwn ? JSON.stringify(event) : (shown[index] ?? '')
    })
  }
}
