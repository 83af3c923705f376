import type { Actor, Event, EventType } from '@parley/message-schema'
import { fromBytes, toBytes } from '../db/binary-id.ts'
import { sealEvent } from './seal-event.ts'

/** Numbers stand in the rows for ever: add, never renumber. */
export const EVENT_TYPE_NUMBERS: Record<EventType, number> = {
  'message:created': 1,
  'message:updated': 2,
  'message:deleted': 3,
  'member:joined': 4,
  'member:left': 5,
  'room:updated': 6,
  'reaction:changed': 7,
  'pin:changed': 8,
  'member:updated': 9,
  'moderation:acted': 10,
}
const EVENT_TYPES = new Map(
  Object.entries(EVENT_TYPE_NUMBERS).map(([type, number]) => [number, type as EventType]),
)
export const MESSAGE_CREATED = EVENT_TYPE_NUMBERS['message:created']
export const REACTION_CHANGED = EVENT_TYPE_NUMBERS['reaction:changed']
export const MESSAGE_UPDATED = EVENT_TYPE_NUMBERS['message:updated']

const ACTOR_KIND_NUMBERS: Record<Actor['kind'], number> = { user: 1, bot: 2, system: 3 }
const ACTOR_KINDS = new Map(
  Object.entries(ACTOR_KIND_NUMBERS).map(([kind, number]) => [number, kind as Actor['kind']]),
)

/** All of an event but its text. */
export const EVENT_ENVELOPE = 'seq, type, actor_kind, actor_id, client_msg_id, ref_seq, msg_no, ts'
export const EVENT_COLUMNS = `${EVENT_ENVELOPE}, data`

export interface EventRow {
  readonly seq: number
  readonly type: number
  readonly actor_kind: number
  readonly actor_id: string
  readonly client_msg_id: Buffer | null
  readonly ref_seq: number | null
  readonly msg_no: number | null
  readonly ts: Date
  readonly data: string
}

/** With the `clientMsgId`, which only the author may see: `hideClientMsgId` before it leaves. */
export function eventFromRow(row: EventRow): Event {
  const type = EVENT_TYPES.get(row.type)
  const kind = ACTOR_KINDS.get(row.actor_kind)
  if (type === undefined || kind === undefined) {
    throw new Error(`The log holds an event of an unknown kind (${row.type}, ${row.actor_kind}).`)
  }
  return sealEvent({
    seq: row.seq,
    type,
    ts: row.ts.toISOString(),
    actor: { id: row.actor_id, kind },
    ...(row.ref_seq !== null && { ref: row.ref_seq }),
    ...(row.msg_no !== null && { msgNo: row.msg_no }),
    ...(row.client_msg_id !== null && { clientMsgId: fromBytes(row.client_msg_id) }),
    data: JSON.parse(row.data),
  })
}

export { hideClientMsgId } from '@parley/message-schema'

/** An event about to be stored: with the fingerprint of the command that made it. */
export interface NewEvent {
  readonly roomId: string
  readonly event: Event
  readonly fingerprint: Buffer | null
}

export const INSERT_COLUMNS =
  'room_id, seq, type, actor_kind, actor_id, client_msg_id, fingerprint, ref_seq, msg_no, ts, data'
export const INSERT_PLACEHOLDERS = '(?,?,?,?,?,?,?,?,?,?,?)'

export function toInsertValues({ roomId, event, fingerprint }: NewEvent): unknown[] {
  return [
    toBytes(roomId),
    event.seq,
    EVENT_TYPE_NUMBERS[event.type],
    ACTOR_KIND_NUMBERS[event.actor.kind],
    event.actor.id,
    event.clientMsgId === undefined ? null : toBytes(event.clientMsgId),
    fingerprint,
    event.ref ?? null,
    event.msgNo ?? null,
    new Date(event.ts),
    JSON.stringify(event.data),
  ]
}
