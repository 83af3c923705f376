import type { DeviceKind, MessageBody, RoomKind } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { NotifyReason } from '../../notifications/decide-notification.ts'
import type { PushSendStore, TakenSend } from '../../notifications/send-pushes.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { derivedTable } from '../derived-table.ts'
import { LIVING_DEVICE } from './push-send-rows.ts'
import { inTransaction } from '../transaction.ts'

interface SendRow {
  readonly device_id: Buffer
  readonly room_id: Buffer
  readonly kind: 'message' | 'clear'
  readonly seq: number
  readonly reason: NotifyReason
  readonly count: number
  readonly attempts: number
  readonly device_kind: DeviceKind
  readonly address: string
  readonly p256dh: string | null
  readonly auth: string | null
  readonly is_wanted: number
  readonly room_kind: RoomKind | null
  readonly room_name: string | null
  readonly ts: Date | null
  readonly actor_id: string | null
  readonly actor_name: string | null
  readonly data: string | null
  readonly preview: number | null
}

interface KeyRow {
  readonly device_id: Buffer
  readonly room_id: Buffer
}

const keysOf = (rows: readonly KeyRow[]) =>
  derivedTable(
    ['device_id', 'room_id'],
    rows.map(({ device_id, room_id }) => [device_id, room_id]),
  )

const SAME = 's.device_id = k.device_id AND s.room_id = k.room_id'

async function claimDue(connection: PoolConnection, now: Date, limit: number, until: Date) {
  const rows = await connection.query<KeyRow[]>(
    `SELECT device_id, room_id FROM push_send WHERE due_at <= ? ORDER BY due_at LIMIT ?
     FOR UPDATE SKIP LOCKED`,
    [now, limit],
  )
  if (rows.length === 0) return { rows, claim: '' }
  const claim = uuidv7()
  const { table, values } = keysOf(rows)
  await connection.query(
    `UPDATE ${table} k STRAIGHT_JOIN push_send s ON ${SAME}
     SET s.claim = ?, s.attempts = s.attempts + 1, s.due_at = ?`,
    [...values, toBytes(claim), until],
  )
  return { rows, claim }
}

/** As it is now: what was read, deleted or left since it was decided is wanted no more. */
function readSends(pool: Pool, keys: readonly KeyRow[], claim: string, now: Date) {
  const { table, values } = keysOf(keys)
  return pool.query<SendRow[]>(
    `SELECT s.device_id, s.room_id, s.kind, s.seq, s.reason, s.count, s.attempts,
       d.kind AS device_kind, d.address, d.p256dh, d.auth,
       m.left_seq IS NULL AND m.read_seq < s.seq AND r.deleted_at IS NULL
         AND s.seq > r.erased_to AND t.deleted_at IS NULL AS is_wanted,
       r.kind AS room_kind, r.name AS room_name, e.ts, e.actor_id,
       a.display_name AS actor_name, COALESCE(t.data, e.data) AS data, u.preview
     FROM ${table} k
     STRAIGHT_JOIN push_send s ON ${SAME} AND s.claim = ?
     STRAIGHT_JOIN push_device d ON d.id = s.device_id
     ${LIVING_DEVICE}
     LEFT JOIN room r ON r.id = s.room_id
     LEFT JOIN room_member m ON m.room_id = s.room_id AND m.user_id = d.user_id
     LEFT JOIN room_event e ON s.kind = 'message' AND e.room_id = s.room_id AND e.seq = s.seq
     LEFT JOIN message_state t ON t.room_id = e.room_id AND t.seq = e.seq
     LEFT JOIN user a ON a.id = e.actor_id
     LEFT JOIN user_notify u ON u.user_id = d.user_id`,
    [...values, toBytes(claim), now],
  )
}

function factsOf(row: SendRow): Extract<TakenSend['send'], { kind: 'message' }>['facts'] {
  const { room_kind: kind, ts, actor_id: senderId, data } = row
  if (!row.is_wanted || kind === null || ts === null || senderId === null || data === null) {
    return null
  }
  return {
    roomId: fromBytes(row.room_id),
    seq: row.seq,
    count: row.count,
    reason: row.reason,
    ts,
    room: { kind, name: row.room_name },
    sender: { id: senderId, name: row.actor_name ?? senderId },
    body: JSON.parse(data) as MessageBody,
    previews: row.preview !== 0,
  }
}

const toTaken = (row: SendRow, claim: string): TakenSend => ({
  deviceId: fromBytes(row.device_id),
  roomId: fromBytes(row.room_id),
  claim,
  attempts: row.attempts,
  deviceKind: row.device_kind,
  target: {
    address: row.address,
    keys: row.p256dh === null || row.auth === null ? null : { p256dh: row.p256dh, auth: row.auth },
  },
  send:
    row.kind === 'clear'
      ? { kind: 'clear', seq: row.seq }
      : { kind: 'message', facts: factsOf(row) },
})

/** Only what nothing newer has taken the place of. */
const MINE = 'device_id = ? AND room_id = ? AND claim = ?'
const mine = ({ deviceId, roomId, claim }: TakenSend): Buffer[] => [
  toBytes(deviceId),
  toBytes(roomId),
  toBytes(claim),
]

export function createPushSendStore(pool: Pool): PushSendStore {
  return {
    async take(now, limit, leaseMs) {
      const until = new Date(now.getTime() + leaseMs)
      const { rows, claim } = await inTransaction(pool, (connection) =>
        claimDue(connection, now, limit, until),
      )
      if (rows.length === 0) return []
      const sends = await readSends(pool, rows, claim, now)
      const found = new Set(sends.map(({ device_id }) => device_id.toString('hex')))
      // Devices that are no more, or must not be pushed to any more.
      const dead = rows.filter(({ device_id }) => !found.has(device_id.toString('hex')))
      for (const { device_id, room_id } of dead) {
        await pool.query(`DELETE FROM push_send WHERE ${MINE}`, [
          device_id,
          room_id,
          toBytes(claim),
        ])
      }
      return sends.map((row) => toTaken(row, claim))
    },

    async done(sends) {
      for (const send of sends) {
        await pool.query(`DELETE FROM push_send WHERE ${MINE}`, mine(send))
      }
    },

    async retry(send, at) {
      await pool.query(`UPDATE push_send SET due_at = ?, claim = NULL WHERE ${MINE}`, [
        at,
        ...mine(send),
      ])
    },

    async forgetDevice(deviceId) {
      const id = toBytes(deviceId)
      await pool.query('DELETE FROM push_device WHERE id = ?', [id])
      await pool.query('DELETE FROM push_send WHERE device_id = ?', [id])
    },
  }
}
