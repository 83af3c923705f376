import type {
  Actor,
  Attachment,
  Event,
  HistoryPolicy,
  MemberRole,
  MessageBody,
  RoleDefinition,
  RoleOverrides,
  RoomKind,
  Visibility,
} from '@parley/message-schema'
import type { NewEvent } from './event-row.ts'

/** What a room was told to be. */
export interface RoomSettings {
  name: string | null
  topic: string | null
  avatarUrl: string | null
  visibility: Visibility
  history: HistoryPolicy
  frozen: boolean
  archived: boolean
  slowModeS: number
  retentionDays: number | null
  roleOverrides: RoleOverrides | null
}

/** A room under its lock: what is read here stays true until the commit. */
export interface RoomState extends RoomSettings {
  readonly kind: RoomKind
  /** Bodies up to here were erased, and with them countable messages up to this number. */
  erasedTo: number
  erasedMsgNo: number
  /** Before it there are messages that a member may not see, as not all that came since were shown them. */
  sealedTo: number
  deletedAt: Date | null
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
  /** `msgNo` of the last countable message up to `readSeq`, or before `visibleFrom`. */
  readMsgNo: number
  joinedAt: Date
  mutedUntil: Date | null
  bannedUntil: Date | null
  /** Known in rooms with slow mode. */
  lastSentAt: Date | null
}

export interface InviteState {
  readonly roomId: string
  readonly userId: string | null
  readonly role: MemberRole
  readonly createdBy: string
  readonly expiresAt: Date | null
  readonly maxUses: number | null
  uses: number
  closedAt: Date | null
}

export interface AuditDraft {
  readonly actor: Actor
  readonly action: string
  readonly roomId: string
  readonly targetId: string | null
  readonly details: object | null
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
  readonly memberSetHash: string | null
  readonly createdBy: string
  readonly createdAt: Date
}

/** Of one person, with one key, on one message. */
export const reactionKey = (roomId: string, seq: number, key: string, userId: string): string =>
  `${roomId}/${seq}/${key}/${userId}`

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
  /** By the id of an attempt: the highest number of those that were made again. Lower ones are late if they come. */
  readonly retried = new Map<string, number>()
  /** Room of each member-set hash that is taken. */
  readonly roomOfMemberSet = new Map<string, string>()

  /** Roles beside the built-in ones, of those that the batch is about. */
  readonly customRoles = new Map<string, RoleDefinition>()
  /** Seq of the event that set it, by `reactionKey`; absent: not set. */
  readonly reactions = new Map<string, number>()
  /** How many there are of each key of a message, by `pairKey(roomId, seq)`. */
  readonly reactionCounts = new Map<string, Map<string, number>>()
  /** Seq of the event that set it, by `pairKey(roomId, seq)`; absent: not pinned. */
  readonly pins = new Map<string, number>()
  readonly pinCounts = new Map<string, number>()
  /** `pairKey(roomId, userId)` of those whom the other person of a DM has blocked. */
  readonly blocked = new Set<string>()
  /** Of those who are to come in: who is erased, and comes back nowhere. */
  readonly erased = new Set<string>()
  readonly invites = new Map<string, InviteState>()
  /** `msgNo` of the last countable message up to a seq, by `pairKey(roomId, seq)`. */
  readonly msgNoAt = new Map<string, number>()

  /** Of the rooms that were there: where their logs ended before this batch. */
  readonly before = new Map<string, { readonly head: number; readonly lastMsgNo: number }>()

  readonly newRooms: NewRoom[] = []
  /** Of attempts after the first one, as in `retried`. */
  readonly newRetries = new Map<string, number>()
  readonly newEvents: NewEvent[] = []
  readonly changedHeads = new Set<string>()
  readonly changedMembers = new Set<string>()
  readonly changedReads = new Set<string>()
  readonly changedMessages = new Set<string>()
  readonly newVersions: { roomId: string; seq: number; version: number; eventSeq: number }[] = []
  /** `userId` is empty for everybody. */
  readonly newMentions: { roomId: string; userId: string; seq: number; actorId: string }[] = []
  readonly newReplies: { roomId: string; threadSeq: number; seq: number }[] = []
  readonly newFiles: { roomId: string; seq: number; files: readonly Attachment[] }[] = []
  /** Events that carry previews: their bodies are erased with the message. */
  readonly newPreviews: { roomId: string; seq: number; eventSeq: number }[] = []
  readonly changedReactions = new Map<
    string,
    { roomId: string; seq: number; key: string; userId: string }
  >()
  readonly changedPins = new Map<string, { roomId: string; seq: number; pinnedBy: string }>()
  readonly changedRooms = new Set<string>()
  readonly changedInvites = new Set<string>()
  readonly newAudit: AuditDraft[] = []
  /** By the word list. */
  readonly newReports: { roomId: string; seq: number; authorId: string; note: string }[] = []
  readonly erasedMessages: { roomId: string; seq: number }[] = []
  readonly changedUsers = new Set<string>()

  /** The countable messages of this batch, by room. */
  readonly #countedIn = new Map<string, { readonly seq: number; readonly msgNo: number }[]>()

  constructor(now: Date) {
    this.now = now
  }

  /** `msgNo` of the last countable message up to `seq`, of this batch or of those before it. */
  msgNoUpTo(roomId: string, seq: number): number {
    const said = this.#countedIn.get(roomId)?.findLast((event) => event.seq <= seq)
    if (said !== undefined) return said.msgNo
    const before = this.before.get(roomId)
    if (before !== undefined && seq >= before.head) return before.lastMsgNo
    return this.msgNoAt.get(pairKey(roomId, seq)) ?? 0
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
    if (placed.msgNo !== undefined) {
      const counted = this.#countedIn.get(roomId) ?? []
      this.#countedIn.set(roomId, counted)
      counted.push({ seq: placed.seq, msgNo: placed.msgNo })
    }
    this.changedHeads.add(roomId)
    if (placed.clientMsgId !== undefined) {
      const key = onceKey(roomId, placed.actor.id, placed.clientMsgId)
      this.earlier.set(key, { event: placed, fingerprint })
    }
    return placed
  }
}
