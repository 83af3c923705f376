import type { Event, Room } from '@parley/message-schema'
import { RoomTimeline } from './room-timeline.ts'
import { SequenceGuard } from './sequence-guard.ts'

export interface Applied {
  /** What is unread cannot be told from what we have seen: ask the server. */
  readonly mustAskUnread: boolean
  /** The members, and with them names and rights, are not what they were. */
  readonly membersChanged: boolean
  /** Messages that have changed in a way that the event does not tell. */
  readonly sealed: readonly number[]
}

/** All that the page knows of one of my rooms. */
export class RoomRecord {
  readonly timeline = new RoomTimeline()
  readonly guard: SequenceGuard<Event>
  room: Room
  unread: number
  mentions: number
  readSeq: number
  /** `null` until a first page was loaded. */
  hasOlder: boolean | null = null
  readonly #myId: string
  /** Countable messages of others that came while we were there, by `seq`. */
  readonly #countable = new Map<number, { readonly mentionsMe: boolean }>()

  constructor(room: Room, myId: string) {
    this.room = room
    this.#myId = myId
    this.guard = new SequenceGuard(room.head)
    this.unread = room.me?.unread ?? 0
    this.mentions = room.me?.mentions ?? 0
    this.readSeq = room.me?.readSeq ?? 0
  }

  get isLoaded(): boolean {
    return this.hasOlder !== null
  }

  /** A newer answer of the server about the room itself; the position in its log is ours. */
  refresh(room: Room): void {
    this.room = room
    if (room.me !== undefined) this.moveRead(room.me)
  }

  moveRead(me: {
    readSeq: number
    unread?: number | undefined
    mentions?: number | undefined
  }): void {
    this.readSeq = me.readSeq
    if (me.unread !== undefined) this.unread = me.unread
    if (me.mentions !== undefined) this.mentions = me.mentions
    for (const seq of this.#countable.keys()) if (seq <= me.readSeq) this.#countable.delete(seq)
  }

  /** Events in the order of the log, from the guard. */
  apply(events: readonly Event[]): Applied {
    let mustAskUnread = false
    let membersChanged = false
    const sealed: number[] = []
    for (const event of events) {
      this.timeline.apply(event)
      if (event.type === 'message:created') this.#count(event)
      else if (event.type === 'message:deleted') mustAskUnread ||= !this.#uncount(event.ref ?? 0)
      else if (event.type === 'message:updated' && event.data.sealed === true) {
        if (event.ref !== undefined && this.timeline.find(event.ref)) sealed.push(event.ref)
      } else if (event.type === 'member:joined' || event.type === 'member:left')
        membersChanged = true
      else if (event.type === 'room:updated') this.room = { ...this.room, ...pickFacts(event.data) }
    }
    return { mustAskUnread, membersChanged, sealed }
  }

  #count(event: Extract<Event, { type: 'message:created' }>): void {
    const isMine = event.actor.id === this.#myId
    if (isMine || event.msgNo === undefined || event.data.deleted === true) return
    if (event.seq <= this.readSeq) return
    const { mentions, mentionAll } = event.data
    const mentionsMe = mentionAll === 'room' || mentions?.includes(this.#myId) === true
    this.#countable.set(event.seq, { mentionsMe })
    this.unread += 1
    if (mentionsMe) this.mentions += 1
  }

  /** Whether we could tell what this deletion does to the counts. */
  #uncount(ref: number): boolean {
    const counted = this.#countable.get(ref)
    if (counted === undefined) return ref <= this.readSeq || this.unread === 0
    this.#countable.delete(ref)
    this.unread = Math.max(0, this.unread - 1)
    if (counted.mentionsMe) this.mentions = Math.max(0, this.mentions - 1)
    return true
  }
}

function pickFacts(facts: Extract<Event, { type: 'room:updated' }>['data']): Partial<Room> {
  const { name, topic, visibility } = facts
  return {
    ...(name !== undefined && { name }),
    ...(topic !== undefined && { topic }),
    ...(visibility !== undefined && { visibility }),
  }
}
