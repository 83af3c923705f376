import { hideErased, tombstoneOf, type Event, type LogCommand } from '@parley/message-schema'
import {
  BatchState,
  onceKey,
  pairKey,
  reactionKey,
  sealEvent,
  type EarlierEvent,
  type MemberState,
  type MessageState,
  type RoomState,
} from '../product.ts'

export type { MessageState }

interface ReactionRow {
  readonly seq: number
  readonly key: string
  readonly userId: string
  readonly eventSeq: number
}

/** What one room has in all tables. */
export interface RoomRows {
  readonly roomId: string
  readonly createdAt: Date
  /** The last event of its creation: who came by then sees all of it. */
  founding: number
  room: RoomState
  /** As they stand: what was erased is erased. */
  readonly events: Event[]
  /** As they were committed. */
  readonly committed: Event[]
  readonly members: Map<string, MemberState>
  readonly messages: Map<number, MessageState>
  readonly reactions: Map<string, ReactionRow>
  /** Seq of the event that set it. */
  readonly pins: Map<number, number>
  readonly replies: { readonly threadSeq: number; readonly seq: number }[]
  readonly mentions: { readonly userId: string; readonly seq: number; readonly actorId: string }[]
  /** Events that hold a body of a message. */
  readonly versions: Map<number, number[]>
}

/**
 * The tables of the room log, in memory: what `loadBatch` and `writeBatch` of the API do, without SQL.
 * What it means is decided by the API's own code; that the tables are the same is tested against MySQL.
 */
export class MemoryDatabase {
  readonly epoch = 1
  readonly rooms = new Map<string, RoomRows>()
  readonly userVersions = new Map<string, number>()
  readonly #earlier = new Map<string, EarlierEvent>()
  readonly #retried = new Map<string, number>()

  load(commands: readonly LogCommand[], now: Date): BatchState {
    const state = new BatchState(now)
    for (const command of commands) {
      const { roomId, actor } = command
      const rows = this.rooms.get(roomId)
      if (rows === undefined) continue
      if (!state.rooms.has(roomId)) this.#fill(state, rows)
      if ('clientMsgId' in command && command.clientMsgId !== undefined) {
        const key = onceKey(roomId, actor.id, command.clientMsgId)
        const earlier = this.#earlier.get(key)
        if (earlier !== undefined) state.earlier.set(key, earlier)
      }
      const { id = '' } = ('attempt' in command && command.attempt) || {}
      const retried = this.#retried.get(id)
      if (retried !== undefined) state.retried.set(id, retried)
      if (command.kind === 'read:set') {
        const from = (rows.members.get(actor.id)?.visibleFrom ?? 1) - 1
        const seq = Math.max(command.upTo, from)
        state.msgNoAt.set(pairKey(roomId, seq), msgNoUpTo(rows, seq))
      }
    }
    return state
  }

  #fill(state: BatchState, { roomId, room, members, messages, reactions, pins }: RoomRows): void {
    state.rooms.set(roomId, { ...room })
    state.before.set(roomId, { head: room.head, lastMsgNo: room.lastMsgNo })
    for (const [userId, member] of members)
      state.members.set(pairKey(roomId, userId), { ...member })
    for (const [seq, message] of messages) state.messages.set(pairKey(roomId, seq), { ...message })
    for (const { seq, key, userId, eventSeq } of reactions.values()) {
      state.reactions.set(reactionKey(roomId, seq, key, userId), eventSeq)
      const counts = state.reactionCounts.get(pairKey(roomId, seq)) ?? new Map<string, number>()
      state.reactionCounts.set(pairKey(roomId, seq), counts.set(key, (counts.get(key) ?? 0) + 1))
    }
    for (const [seq, eventSeq] of pins) state.pins.set(pairKey(roomId, seq), eventSeq)
    state.pinCounts.set(roomId, pins.size)
  }

  /** In one turn: whoever reads sees all of it or nothing. */
  write(state: BatchState): void {
    for (const { roomId, createdAt } of state.newRooms) {
      const room = state.rooms.get(roomId)!
      const fresh = { events: [], committed: [], mentions: [], replies: [], members: new Map() }
      const marks = { reactions: new Map(), pins: new Map(), versions: new Map() }
      const founding = state.newEvents.filter((one) => one.roomId === roomId).length
      const messages = new Map()
      this.rooms.set(roomId, { roomId, createdAt, founding, room, ...fresh, messages, ...marks })
    }
    for (const { roomId, event, fingerprint } of state.newEvents) {
      const rows = this.rooms.get(roomId)!
      rows.events.push(event)
      rows.committed.push(event)
      const { clientMsgId, actor } = event
      if (clientMsgId === undefined) continue
      this.#earlier.set(onceKey(roomId, actor.id, clientMsgId), { event, fingerprint })
    }
    for (const [id, number] of state.newRetries) this.#retried.set(id, number)
    for (const roomId of new Set([...state.changedHeads, ...state.changedRooms])) {
      this.rooms.get(roomId)!.room = { ...state.rooms.get(roomId)! }
    }
    for (const key of new Set([...state.changedMembers, ...state.changedReads])) {
      const [roomId, userId] = split(key)
      this.rooms.get(roomId)!.members.set(userId, { ...state.members.get(key)! })
    }
    for (const { roomId, event } of state.newEvents) {
      if (event.type !== 'message:created') continue
      const message = state.messages.get(pairKey(roomId, event.seq))!
      this.rooms.get(roomId)!.messages.set(event.seq, { ...message })
    }
    for (const key of state.changedMessages) {
      const [roomId, seq] = split(key)
      this.rooms.get(roomId)!.messages.set(Number(seq), { ...state.messages.get(key)! })
    }
    for (const userId of state.changedUsers) {
      this.userVersions.set(userId, (this.userVersions.get(userId) ?? 0) + 1)
    }
    this.#writeMarks(state)
    for (const { roomId, seq } of state.erasedMessages) this.#erase(this.rooms.get(roomId)!, seq)
  }

  #writeMarks(state: BatchState): void {
    for (const { roomId, ...mention } of state.newMentions) {
      this.rooms.get(roomId)!.mentions.push(mention)
    }
    for (const [id, { roomId, seq, key, userId }] of state.changedReactions) {
      const { reactions } = this.rooms.get(roomId)!
      const eventSeq = state.reactions.get(id)
      if (eventSeq === undefined) reactions.delete(id)
      else reactions.set(id, { seq, key, userId, eventSeq })
    }
    for (const [pin, { roomId, seq }] of state.changedPins) {
      const { pins } = this.rooms.get(roomId)!
      const eventSeq = state.pins.get(pin)
      if (eventSeq === undefined) pins.delete(seq)
      else pins.set(seq, eventSeq)
    }
    for (const { roomId, ...reply } of state.newReplies) this.rooms.get(roomId)!.replies.push(reply)
    for (const { roomId, seq, eventSeq } of state.newVersions) {
      const { versions } = this.rooms.get(roomId)!
      versions.set(seq, [...(versions.get(seq) ?? []), eventSeq])
    }
  }

  /** The bodies are gone wherever they stood, and what hung on the message with them. */
  #erase(rows: RoomRows, seq: number): void {
    for (const at of [seq, ...(rows.versions.get(seq) ?? [])]) {
      const event = tombstoneOf(rows.events[at - 1]!)
      rows.events[at - 1] = event
      if (event.clientMsgId === undefined) continue
      const key = onceKey(rows.roomId, event.actor.id, event.clientMsgId)
      this.#earlier.set(key, { event, fingerprint: null })
    }
    for (const [id, reaction] of rows.reactions) if (reaction.seq === seq) rows.reactions.delete(id)
    rows.pins.delete(seq)
    const kept = rows.mentions.filter((mention) => mention.seq !== seq)
    rows.mentions.splice(0, Infinity, ...kept)
  }

  /** As readers of the log are shown it. */
  eventsAfter(roomId: string, after: number, limit: number): Event[] {
    const rows = this.rooms.get(roomId)
    if (rows === undefined) return []
    return rows.events
      .slice(after, after + limit)
      .map((event) => hideErased(sealEvent(event), rows.room.erasedTo))
  }

  unread(rows: RoomRows, userId: string): { readSeq: number; unread: number; mentions: number } {
    const member = rows.members.get(userId)
    if (member === undefined) return { readSeq: 0, unread: 0, mentions: 0 }
    const start = Math.max(member.readSeq, member.visibleFrom - 1, rows.room.erasedTo)
    const unread = rows.events.filter(
      ({ seq, type, actor, msgNo }) =>
        seq > start &&
        type === 'message:created' &&
        msgNo !== undefined &&
        actor.id !== userId &&
        rows.messages.get(seq)?.deleted !== true,
    )
    const mentions = rows.mentions.filter(
      (one) =>
        one.seq > start && (one.userId === userId || (one.userId === '' && one.actorId !== userId)),
    )
    return { readSeq: member.readSeq, unread: unread.length, mentions: mentions.length }
  }
}

const split = (key: string): [string, string] => [key.slice(0, 36), key.slice(37)]

const msgNoUpTo = ({ events }: RoomRows, seq: number): number =>
  events.findLast((event) => event.seq <= seq && event.msgNo !== undefined)?.msgNo ?? 0
