import { createHash } from 'node:crypto'
import { LIMITS, type Device, type DeviceKind } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { DeviceStore, NewDevice } from '../../notifications/devices.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool, PoolConnection } from '../connect.ts'
import { inTransaction } from '../transaction.ts'

interface DeviceRow {
  readonly id: Buffer
  readonly kind: DeviceKind
  readonly name: string | null
  readonly clears: number
  readonly registered_at: Date
}

const toDevice = (row: DeviceRow): Device => ({
  id: fromBytes(row.id),
  kind: row.kind,
  name: row.name,
  clears: row.clears !== 0,
  registeredAt: row.registered_at.toISOString(),
})

const hashOf = ({ kind, address }: NewDevice): Buffer =>
  createHash('sha256').update(`${kind}:${address}`).digest()

async function forget(connection: PoolConnection, id: Buffer): Promise<void> {
  await connection.query('DELETE FROM push_device WHERE id = ?', [id])
  await connection.query('DELETE FROM push_send WHERE device_id = ?', [id])
}

/** Somebody else signed in on the same device: what was on its way to the other is not theirs. */
async function takeFromOthers(connection: PoolConnection, hash: Buffer, userId: string) {
  const [other] = await connection.query<{ id: Buffer }[]>(
    'SELECT id FROM push_device WHERE address_hash = ? AND user_id <> ? FOR UPDATE',
    [hash, userId],
  )
  if (other !== undefined) await forget(connection, other.id)
}

const DEVICE = 'SELECT id, kind, name, clears, registered_at FROM push_device'

export function createDeviceStore(pool: Pool): DeviceStore {
  return {
    put: (userId, sessionId, device, now) =>
      inTransaction(pool, async (connection) => {
        // One at a time for a user, so that the limit holds.
        await connection.query('SELECT id FROM user WHERE id = ? FOR UPDATE', [userId])
        const hash = hashOf(device)
        await takeFromOthers(connection, hash, userId)
        await connection.query(
          `INSERT INTO push_device (id, user_id, session_id, kind, address_hash, address, p256dh,
             auth, name, clears, registered_at)
           VALUES (?,?,?,?,?,?,?,?,?,?,?)
           ON DUPLICATE KEY UPDATE user_id = VALUES(user_id), session_id = VALUES(session_id),
             p256dh = VALUES(p256dh), auth = VALUES(auth), name = VALUES(name),
             clears = VALUES(clears), registered_at = VALUES(registered_at)`,
          [
            toBytes(uuidv7()),
            userId,
            sessionId === undefined ? null : toBytes(sessionId),
            device.kind,
            hash,
            device.address,
            device.keys?.p256dh ?? null,
            device.keys?.auth ?? null,
            device.name,
            device.clears ? 1 : 0,
            now,
          ],
        )
        const rows = await connection.query<(DeviceRow & { address_hash: Buffer })[]>(
          `SELECT id, kind, name, clears, registered_at, address_hash FROM push_device
           WHERE user_id = ? ORDER BY address_hash = ? DESC, registered_at DESC, id DESC`,
          [userId, hash],
        )
        for (const { id } of rows.slice(LIMITS.pushDevices)) await forget(connection, id)
        const [put] = rows
        if (put === undefined) throw new Error('A device was put and is not there.')
        return toDevice(put)
      }),

    async list(userId) {
      const rows = await pool.query<DeviceRow[]>(
        `${DEVICE} WHERE user_id = ? ORDER BY registered_at DESC, id DESC
         LIMIT ${LIMITS.pushDevices}`,
        [userId],
      )
      return rows.map(toDevice)
    },

    async remove(userId, id) {
      const result = await pool.query<{ affectedRows: number }>(
        'DELETE FROM push_device WHERE id = ? AND user_id = ?',
        [toBytes(id), userId],
      )
      if (result.affectedRows === 0) return false
      await pool.query('DELETE FROM push_send WHERE device_id = ?', [toBytes(id)])
      return true
    },
  }
}
