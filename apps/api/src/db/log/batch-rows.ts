import type {
  HistoryPolicy,
  MemberRole,
  MessageBody,
  RoleOverrides,
  RoomKind,
  Visibility,
} from '@parley/message-schema'
import { onceKey, pairKey, type BatchState } from '../../room-log/batch-state.ts'
import { eventFromRow, type EventRow } from '../../room-log/event-row.ts'
import { fromBytes } from '../binary-id.ts'

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
  readonly name: string | null
  readonly topic: string | null
  readonly avatar_url: string | null
  readonly visibility: Visibility
  readonly history: HistoryPolicy
  readonly frozen: number
  readonly archived: number
  readonly slow_mode_s: number
  readonly retention_days: number | null
  readonly role_overrides: string | null
  readonly erased_to: number
  readonly erased_msg_no: number
  readonly sealed_to: number
  readonly deleted_at: Date | null
}

export const ROOM_COLUMNS = `id, kind, name, topic, avatar_url, visibility, history, frozen, archived,
  slow_mode_s, retention_days, role_overrides, erased_to, erased_msg_no, sealed_to,
  deleted_at`

export const readOverrides = (json: string | null): RoleOverrides | null =>
  json === null ? null : (JSON.parse(json) as RoleOverrides)

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
    state.before.set(roomId, { head: row.head, lastMsgNo: row.last_msg_no })
    state.rooms.set(roomId, {
      kind: room.kind,
      name: room.name,
      topic: room.topic,
      avatarUrl: room.avatar_url,
      visibility: room.visibility,
      history: room.history,
      frozen: room.frozen === 1,
      archived: room.archived === 1,
      slowModeS: room.slow_mode_s,
      retentionDays: room.retention_days,
      roleOverrides: readOverrides(room.role_overrides),
      erasedTo: room.erased_to,
      erasedMsgNo: room.erased_msg_no,
      sealedTo: room.sealed_to,
      deletedAt: room.deleted_at,
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
  readonly read_msg_no: number
  readonly joined_at: Date
  readonly muted_until: Date | null
  readonly banned_until: Date | null
  readonly last_sent_at: Date | null
}

export const MEMBER_COLUMNS = `m.room_id, m.user_id, m.role, m.joined_seq, m.left_seq, m.visible_from,
  m.read_seq, m.read_msg_no, m.joined_at, m.muted_until, m.banned_until, m.last_sent_at`

export function fillMembers(state: BatchState, rows: readonly MemberRow[]): void {
  for (const row of rows) {
    state.members.set(pairKey(fromBytes(row.room_id), row.user_id), {
      role: row.role,
      joinedSeq: row.joined_seq,
      leftSeq: row.left_seq,
      visibleFrom: row.visible_from,
      readSeq: row.read_seq,
      readMsgNo: row.read_msg_no,
      joinedAt: row.joined_at,
      mutedUntil: row.muted_until,
      bannedUntil: row.banned_until,
      lastSentAt: row.last_sent_at,
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
