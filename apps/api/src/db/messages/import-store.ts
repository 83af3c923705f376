import { ParleyError } from '@parley/message-schema'
import type { BatchPorts } from '../../transfer/import-batch.ts'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

const AT_ONCE = 500

export function createImportStore(pool: Pool): Pick<BatchPorts, 'findLines' | 'noteLines'> & {
  readonly requireRoom: (roomId: string) => Promise<void>
} {
  return {
    async requireRoom(roomId) {
      const rows = await pool.query<unknown[]>(
        'SELECT 1 FROM room WHERE id = ? AND deleted_at IS NULL',
        [toBytes(roomId)],
      )
      if (rows.length === 0)
        throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
    },

    async findLines(roomId, lineIds) {
      const found = new Map<string, number>()
      for (let i = 0; i < lineIds.length; i += AT_ONCE) {
        const some = lineIds.slice(i, i + AT_ONCE)
        const rows = await pool.query<{ line_id: Buffer; seq: number }[]>(
          `SELECT line_id, seq FROM import_line
           WHERE room_id = ? AND line_id IN (${some.map(() => '?').join()})`,
          [toBytes(roomId), ...some.map(toBytes)],
        )
        for (const row of rows) found.set(fromBytes(row.line_id), row.seq)
      }
      return found
    },

    async noteLines(roomId, lines) {
      const room = toBytes(roomId)
      for (let i = 0; i < lines.length; i += AT_ONCE) {
        const some = lines.slice(i, i + AT_ONCE)
        await pool.query(
          `INSERT INTO import_line (room_id, line_id, seq) VALUES ${some.map(() => '(?,?,?)').join()}
           ON DUPLICATE KEY UPDATE seq = VALUES(seq)`,
          some.flatMap(({ lineId, seq }) => [room, toBytes(lineId), seq]),
        )
      }
    },
  }
}
