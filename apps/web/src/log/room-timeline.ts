import type { Event, EventOf, Message } from '@parley/message-schema'

export type Delivery = 'sent' | 'pending' | 'failed'

export interface TimelineMessage {
  /** Stays the same when a pending message becomes a stored one. */
  readonly key: string
  /** `null` until the log has given it a place. */
  readonly seq: number | null
  readonly senderId: string
  readonly text: string | null
  readonly mentions: readonly string[]
  readonly ts: string
  readonly version: number
  readonly isDeleted: boolean
  readonly delivery: Delivery
  readonly failure: string | null
}

export interface Draft {
  readonly clientMsgId: string
  readonly senderId: string
  readonly text: string
  readonly mentions: readonly string[]
  readonly ts: string
}

interface Change {
  readonly version: number
  readonly text: string | null
  readonly isDeleted: boolean
}

const keyOf = (seq: number, clientMsgId: string | undefined): string => clientMsgId ?? `#${seq}`

/**
 * The messages of one room as they stand: pages of history and events of the log folded into one
 * list, with what I have sent and the log has not confirmed yet at its end.
 * Every fold is idempotent, because pages and events overlap.
 */
export class RoomTimeline {
  readonly #stored = new Map<number, TimelineMessage>()
  readonly #outgoing = new Map<string, TimelineMessage>()
  /** `seq` of sends that were acknowledged before their event came. */
  readonly #accepted = new Map<number, string>()
  /** Edits of messages not loaded: an older page may have been read before them. */
  readonly #early = new Map<number, Change>()
  #sorted: readonly TimelineMessage[] | null = null

  /** In the order of the log, then the unconfirmed in the order of sending. */
  get messages(): readonly TimelineMessage[] {
    this.#sorted ??= [
      ...[...this.#stored.values()].toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0)),
      ...this.#outgoing.values(),
    ]
    return this.#sorted
  }

  get oldestSeq(): number | null {
    return this.messages[0]?.seq ?? null
  }

  find(seq: number): TimelineMessage | undefined {
    return this.#stored.get(seq)
  }

  loadPage(page: readonly Message[]): void {
    for (const message of page) {
      this.#store(
        {
          key: keyOf(message.seq, message.clientMsgId),
          seq: message.seq,
          senderId: message.sender.id,
          text: message.text,
          mentions: message.mentions,
          ts: message.ts,
          version: message.version,
          isDeleted: message.deletedAt !== undefined,
          delivery: 'sent',
          failure: null,
        },
        message.clientMsgId,
      )
    }
  }

  /** Before a reload. What is unconfirmed stays. */
  clear(): void {
    this.#stored.clear()
    this.#early.clear()
    this.#sorted = null
  }

  apply(event: Event): void {
    // Types that this version does not know advance the position and change nothing here.
    if (event.type === 'message:created') this.#create(event)
    else if (event.type === 'message:updated' && event.ref !== undefined) {
      const { version, text, payload, deleted } = event.data
      // A preview is no new version, and what a sealed edit says is asked for.
      if (text === undefined && payload === undefined && deleted !== true) return
      this.change(event.ref, { version, text: text ?? null, isDeleted: deleted === true })
    } else if (event.type === 'message:deleted' && event.ref !== undefined) {
      this.change(event.ref, { version: Infinity, text: null, isDeleted: true })
    }
  }

  /** An edit or a deletion; the higher version wins, and a deletion is final. */
  change(seq: number, change: Change): void {
    const stored = this.#stored.get(seq)
    if (stored === undefined) {
      const known = this.#early.get(seq)
      if (known === undefined || known.version < change.version) this.#early.set(seq, change)
      return
    }
    this.#stored.set(seq, changed(stored, change))
    this.#sorted = null
  }

  addPending(draft: Draft): void {
    const { clientMsgId, ...rest } = draft
    this.#outgoing.set(clientMsgId, {
      ...rest,
      key: clientMsgId,
      seq: null,
      version: 0,
      isDeleted: false,
      delivery: 'pending',
      failure: null,
    })
    this.#sorted = null
  }

  markPending(clientMsgId: string): void {
    this.#mark(clientMsgId, 'pending', null)
  }

  markFailed(clientMsgId: string, failure: string): void {
    this.#mark(clientMsgId, 'failed', failure)
  }

  /** Acknowledged at `seq`. Unless that was seen already, its event takes its place. */
  markSent(clientMsgId: string, seq: number, position: number): void {
    if (seq <= position) this.discard(clientMsgId)
    else {
      this.#accepted.set(seq, clientMsgId)
      this.#mark(clientMsgId, 'sent', null)
    }
  }

  discard(clientMsgId: string): void {
    this.#outgoing.delete(clientMsgId)
    this.#sorted = null
  }

  #create({ seq, actor, ts, data, clientMsgId }: EventOf<'message:created'>): void {
    const mine = clientMsgId ?? this.#accepted.get(seq)
    this.#accepted.delete(seq)
    const message = {
      key: keyOf(seq, mine),
      seq,
      senderId: actor.id,
      text: data.text ?? null,
      mentions: data.mentions ?? [],
      ts,
      version: 0,
      isDeleted: data.deleted === true,
      delivery: 'sent',
      failure: null,
    } as const
    this.#store(message, mine)
  }

  #store(message: TimelineMessage & { readonly seq: number }, clientMsgId?: string): void {
    if (clientMsgId !== undefined) this.#outgoing.delete(clientMsgId)
    const known = this.#stored.get(message.seq)
    const early = this.#early.get(message.seq)
    this.#early.delete(message.seq)
    const base = known === undefined ? message : changed(known, message)
    this.#stored.set(message.seq, early === undefined ? base : changed(base, early))
    this.#sorted = null
  }

  #mark(clientMsgId: string, delivery: Delivery, failure: string | null): void {
    const outgoing = this.#outgoing.get(clientMsgId)
    if (outgoing === undefined) return
    this.#outgoing.set(clientMsgId, { ...outgoing, delivery, failure })
    this.#sorted = null
  }
}

function changed(message: TimelineMessage, change: Change): TimelineMessage {
  if (message.isDeleted) return message
  if (change.isDeleted) return { ...message, text: null, isDeleted: true }
  if (change.version <= message.version) return message
  return { ...message, text: change.text, version: change.version }
}
