import type { Event } from '@parley/message-schema'

interface Seat {
  joined: boolean
  visibleFrom: number
  readSeq: number
}

interface Said {
  readonly seq: number
  readonly by: string
  readonly names: ReadonlySet<string> | 'everybody'
  readonly isCounted: boolean
  deleted: boolean
}

/**
 * What unread means, told by the events of a room alone and by nothing that the server counts. Cursors
 * are not in the log, so the test says where they were moved to.
 */
export class UnreadModel {
  readonly #seats = new Map<string, Seat>()
  readonly #said: Said[] = []
  #history = 'all'
  #erasedTo = 0
  #founded = false

  take(event: Event): void {
    if (event.type === 'room:updated') {
      this.#history = event.data.history ?? this.#history
      this.#erasedTo = Math.max(this.#erasedTo, event.data.erasedTo ?? 0)
    } else if (event.type === 'member:joined') {
      const isFounder = !this.#founded
      this.#founded = true
      const from = this.#history === 'all' || isFounder ? 1 : event.seq
      this.#seats.set(event.data.userId, {
        joined: true,
        visibleFrom: from,
        readSeq: event.seq,
      })
    } else if (event.type === 'member:left') {
      const seat = this.#seats.get(event.data.userId)
      if (seat !== undefined) seat.joined = false
    } else if (event.type === 'message:created') this.#say(event)
    else if (event.type === 'message:deleted') {
      const said = this.#said.find(({ seq }) => seq === event.ref)
      if (said !== undefined) said.deleted = true
    }
  }

  #say({ seq, actor, data, msgNo }: Event & { type: 'message:created' }): void {
    const named = (data.mentions ?? []).filter((id) => this.#seats.get(id)?.joined === true)
    this.#said.push({
      seq,
      by: actor.id,
      names: data.mentionAll === 'room' ? 'everybody' : new Set(named),
      isCounted: msgNo !== undefined,
      deleted: data.deleted === true,
    })
  }

  read(userId: string, upTo: number, mode: 'forward' | 'set'): void {
    const seat = this.#seats.get(userId)
    if (seat === undefined) return
    seat.readSeq = mode === 'set' ? upTo : Math.max(seat.readSeq, upTo)
  }

  members(): string[] {
    return [...this.#seats].filter(([, { joined }]) => joined).map(([userId]) => userId)
  }

  countsOf(userId: string): { unread: number; mentions: number } {
    const { readSeq, visibleFrom } = this.#seats.get(userId) as Seat
    const unread = this.#said.filter(
      ({ seq, by, isCounted, deleted }) =>
        isCounted &&
        !deleted &&
        by !== userId &&
        seq > readSeq &&
        seq >= visibleFrom &&
        seq > this.#erasedTo,
    )
    const mentions = unread.filter(({ names }) => names === 'everybody' || names.has(userId))
    return { unread: unread.length, mentions: mentions.length }
  }
}
