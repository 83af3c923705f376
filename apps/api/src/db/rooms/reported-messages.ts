import {
  isAllowed,
  type MessageBody,
  type ReportedMessage,
  type RoomKind,
} from '@parley/message-schema'
import { definitionOf } from '../../room-log/authority.ts'
import { MESSAGE_CREATED } from '../../room-log/event-row.ts'
import { readOverrides } from '../log/batch-rows.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { CUSTOM_ROLE_COLUMNS, customRoleOf, type CustomRoleColumns } from './custom-role.ts'
import { fromKeys } from '../key-list.ts'

interface MessageRow {
  readonly room_id: Buffer
  readonly seq: number
  readonly actor_id: string
  readonly ts: Date
  readonly data: string
  readonly version: number | null
  readonly edited_at: Date | null
  readonly deleted_at: Date | null
  readonly erased_to: number
}

function toReported(row: MessageRow): ReportedMessage {
  const body = JSON.parse(row.data) as MessageBody
  const isGone = row.deleted_at !== null || body.deleted === true || row.seq <= row.erased_to
  const { text, payload, attachments }: Partial<MessageBody> = isGone ? {} : body
  return {
    type: body.type,
    senderId: row.actor_id,
    text: text ?? null,
    ...(payload !== undefined && { payload }),
    attachments: attachments ?? [],
    version: row.version ?? 0,
    ts: row.ts.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    deletedAt: row.deleted_at?.toISOString() ?? null,
  }
}

export const messageKey = (roomId: string, seq: number): string => `${roomId}/${seq}`

/** Messages of many rooms as they stand now, by `messageKey`. */
export async function readReportedMessages(
  pool: Pool,
  places: readonly { readonly roomId: string; readonly seq: number }[],
): Promise<Map<string, ReportedMessage>> {
  if (places.length === 0) return new Map()
  const keys = new Map(
    places.map(({ roomId, seq }) => [messageKey(roomId, seq), [toBytes(roomId), seq]]),
  )
  const { from, values } = fromKeys(
    'room_event',
    'e',
    [
      ['room_id', 'binary'],
      ['seq', 'number'],
    ],
    [...keys.values()],
  )
  const rows = await pool.query<MessageRow[]>(
    `SELECT e.room_id, e.seq, e.actor_id, e.ts, COALESCE(s.data, e.data) AS data, s.version,
       s.edited_at, s.deleted_at, r.erased_to
     ${from} JOIN room r ON r.id = e.room_id
     LEFT JOIN message_state s ON s.room_id = e.room_id AND s.seq = e.seq
     WHERE e.type = ${MESSAGE_CREATED}`,
    values,
  )
  return new Map(
    rows.map((row) => [messageKey(fromBytes(row.room_id), row.seq), toReported(row)] as const),
  )
}

export interface ReviewedRoom {
  readonly roomId: string
  /** What came before is not for this moderator. */
  readonly visibleFrom: number
}

/** More are not looked into at once: a moderator of so many names one. */
const ROOMS_MAX = 1_000

/** Rooms with such reports, in which this user may review them. */
export async function readReviewedRooms(
  pool: Pool,
  userId: string,
  isOpen: boolean,
): Promise<ReviewedRoom[]> {
  const rows = await pool.query<
    (CustomRoleColumns & {
      room_id: Buffer
      role: string
      visible_from: number
      kind: RoomKind
      role_overrides: string | null
    })[]
  >(
    `SELECT m.room_id, m.role, m.visible_from, r.kind, r.role_overrides, ${CUSTOM_ROLE_COLUMNS}
     FROM room_member m JOIN room r ON r.id = m.room_id
     LEFT JOIN custom_role c ON c.name = m.role
     WHERE m.user_id = ? AND m.left_seq IS NULL AND r.deleted_at IS NULL AND r.kind = 'room'
       AND EXISTS (SELECT 1 FROM report p WHERE p.room_id = m.room_id AND p.is_open = ?)
     LIMIT ${ROOMS_MAX}`,
    [userId, isOpen ? 1 : 0],
  )
  return rows.flatMap((row) => {
    const { role, kind, visible_from: visibleFrom } = row
    const definition = definitionOf(kind, role, customRoleOf(row))
    const overrides = readOverrides(row.role_overrides)
    const mayReview = isAllowed('moderation:review', role, definition, overrides)
    return mayReview ? [{ roomId: fromBytes(row.room_id), visibleFrom }] : []
  })
}
