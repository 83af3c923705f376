import type {
  Event,
  HistoryPolicy,
  MemberRole,
  MessageBody,
  RoomKind,
  Visibility,
} from '@parley/message-schema'
import type { NewEvent } from './event-row.ts'

/** A room under its lock: what is read here stays true until the commit. */
export interface RoomState {
  readonly kind: RoomKind
  readonly visibility: Visibility
  readonly history: HistoryPolicy
  head: number
  lastMsgNo: number
  memberVersion: number
  memberCount: number
}

export interface MemberState {
  role: MemberRole
  joinedSeq: number
  /** Set for somebody who was a member and is no more. */
  leftSeq: number | null
  visibleFrom: number
  readSeq: number
  joinedAt: Date
}

/** A message that a command is about. */
export interface MessageState {
  readonly authorId: string
  version: number
  deleted: boolean
  body: MessageBody
  editedAt: Date | null
  deletedAt: Date | null
}

/** What an earlier command with the same `clientMsgId` made. */
export interface EarlierEvent {
  readonly event: Event
  readonly fingerprint: Buffer | null
}

export interface NewRoom {
  readonly roomId: string
  readonly name: string | null
  readonly topic: string | null
  readonly memberSetHash: string | null
  readonly createdBy: string
  readonly createdAt: Date
}

export const pairKey = (roomId: string, id: string | number): string => `${roomId}/${id}`
export const onceKey = (roomId: string, actorId: string, clientMsgId: string): string =>
  `${roomId}/${clientMsgId}/${actorId}`

/** Everything that one transaction knows and is going to write. Decisions read and change it. */
export class BatchState {
  readonly now: Date
  readonly rooms = new Map<string, RoomState>()
  /** By `pairKey(roomId, userId)`. */
  readonly members = new Map<string, MemberState>()
  /** By `pairKey(roomId, seq)`. */
  readonly messages = new Map<string, MessageState>()
  /** By `onceKey`. */
  readonly earlier = new Map<string, EarlierEvent>()
  /** Room of each member-set hash that is taken. */
  readonly roomOfMemberSet = new Map<string, string>()

  readonly newRooms: NewRoom[] = []
  readonly newEvents: NewEvent[] = []
  readonly changedHeads = new Set<string>()
  readonly changedMembers = new Set<string>()
  readonly changedReads = new Set<string>()
  readonly changedMessages = new Set<string>()
  readonly newVersions: { roomId: string; seq: number; version: number; eventSeq: number }[] = []
  readonly newMentions: { roomId: string; userId: string; seq: number }[] = []
  readonly erasedMessages: { roomId: string; seq: number }[] = []
  readonly changedUsers = new Set<string>()

  constructor(now: Date) {
    this.now = now
  }

  /** Gives the event its place in the log. */
  append(
    roomId: string,
    room: RoomState,
    event: Omit<Event, 'seq' | 'ts'>,
    fingerprint: Buffer | null = null,
  ): Event {
    room.head += 1
    const placed = { seq: room.head, ts: this.now.toISOString(), ...event } as Event
    this.newEvents.push({ roomId, event: placed, fingerprint })
    this.changedHeads.add(roomId)
    if (placed.clientMsgId !== undefined) {
      const key = onceKey(roomId, placed.actor.id, placed.clientMsgId)
      this.earlier.set(key, { event: placed, fingerprint })
    }
    return placed
  }
}
