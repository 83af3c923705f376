import type {
  HistoryPolicy,
  MemberRole,
  MessageBody,
  RoomKind,
  Visibility,
} from '@parley/message-schema'
import { onceKey, pairKey, type BatchState } from '../room-log/batch-state.ts'
import { eventFromRow, type EventRow } from '../room-log/event-row.ts'
import { fromBytes } from './binary-id.ts'

export interface HeadRow {
  readonly room_id: Buffer
  readonly head: number
  readonly last_msg_no: number
  readonly member_version: number
  readonly member_count: number
}

export interface RoomRow {
  readonly id: Buffer
  readonly kind: RoomKind
  readonly visibility: Visibility
  readonly history: HistoryPolicy
}

export function fillRooms(
  state: BatchState,
  heads: readonly HeadRow[],
  rooms: readonly RoomRow[],
): void {
  const facts = new Map(rooms.map((room) => [fromBytes(room.id), room]))
  for (const row of heads) {
    const roomId = fromBytes(row.room_id)
    const room = facts.get(roomId)
    if (room === undefined) continue
    state.rooms.set(roomId, {
      kind: room.kind,
      visibility: room.visibility,
      history: room.history,
      head: row.head,
      lastMsgNo: row.last_msg_no,
      memberVersion: row.member_version,
      memberCount: row.member_count,
    })
  }
}

export interface MemberRow {
  readonly room_id: Buffer
  readonly user_id: string
  readonly role: MemberRole
  readonly joined_seq: number
  readonly left_seq: number | null
  readonly visible_from: number
  readonly read_seq: number
  readonly joined_at: Date
}

export function fillMembers(state: BatchState, rows: readonly MemberRow[]): void {
  for (const row of rows) {
    state.members.set(pairKey(fromBytes(row.room_id), row.user_id), {
      role: row.role,
      joinedSeq: row.joined_seq,
      leftSeq: row.left_seq,
      visibleFrom: row.visible_from,
      readSeq: row.read_seq,
      joinedAt: row.joined_at,
    })
  }
}

export interface EarlierRow extends EventRow {
  readonly room_id: Buffer
  readonly fingerprint: Buffer | null
}

export function fillEarlier(state: BatchState, rows: readonly EarlierRow[]): void {
  for (const row of rows) {
    const event = eventFromRow(row)
    const key = onceKey(fromBytes(row.room_id), event.actor.id, event.clientMsgId ?? '')
    state.earlier.set(key, { event, fingerprint: row.fingerprint })
  }
}

export interface MessageRow {
  readonly room_id: Buffer
  readonly seq: number
  readonly actor_id: string
  readonly data: string
  readonly version: number | null
  readonly edited_at: Date | null
  readonly deleted_at: Date | null
}

export function fillMessages(state: BatchState, rows: readonly MessageRow[]): void {
  for (const row of rows) {
    state.messages.set(pairKey(fromBytes(row.room_id), row.seq), {
      authorId: row.actor_id,
      version: row.version ?? 0,
      deleted: row.deleted_at !== null,
      body: JSON.parse(row.data) as MessageBody,
      editedAt: row.edited_at,
      deletedAt: row.deleted_at,
    })
  }
}

export interface MemberSetRow {
  readonly id: Buffer
  readonly member_set_hash: Buffer
}

export function fillMemberSets(state: BatchState, rows: readonly MemberSetRow[]): void {
  for (const row of rows) {
    state.roomOfMemberSet.set(row.member_set_hash.toString('hex'), fromBytes(row.id))
  }
}
