import type { HotRoom, InspectedRoom } from '@parley/message-schema'
import { fromBytes, toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'

export type RoomFacts = Omit<HotRoom, 'messages'>

export interface RoomFactsStore {
  readonly find: (roomIds: readonly string[]) => Promise<ReadonlyMap<string, RoomFacts>>
  /** Deleted ones too. */
  readonly inspect: (roomId: string) => Promise<InspectedRoom | null>
}

interface Row {
  readonly id: Buffer
  readonly kind: string
  readonly name: string | null
  readonly visibility: string
  readonly member_count: number
  readonly head: number
}

const MEMBERS = 100
const COLUMNS = 'r.id, r.kind, r.name, r.visibility, h.member_count, h.head'

const toFacts = (row: Row): RoomFacts => ({
  roomId: fromBytes(row.id),
  kind: row.kind,
  name: row.name,
  visibility: row.visibility,
  members: row.member_count,
  head: row.head,
})

interface InspectedRow extends Row {
  readonly last_msg_no: number
  readonly topic: string | null
  readonly created_at: Date
  readonly created_by: string
  readonly frozen: number
  readonly archived: number
  readonly deleted_at: Date | null
}

/** What operators see of rooms: how they are, nothing of what is said in them. By primary keys. */
export function createRoomFactsStore(pool: Pool): RoomFactsStore {
  const firstMembers = async (roomId: string): Promise<InspectedRoom['firstMembers']> => {
    const rows = await pool.query<
      { user_id: string; display_name: string | null; role: string; read_seq: number }[]
    >(
      `SELECT m.user_id, u.display_name, m.role, m.read_seq
       FROM room_member m FORCE INDEX (room_member_active) LEFT JOIN user u ON u.id = m.user_id
       WHERE m.room_id = ? AND m.left_seq IS NULL ORDER BY m.user_id LIMIT ${MEMBERS}`,
      [toBytes(roomId)],
    )
    return rows.map((row) => ({
      userId: row.user_id,
      displayName: row.display_name ?? row.user_id,
      role: row.role,
      readSeq: row.read_seq,
    }))
  }

  return {
    async find(roomIds) {
      if (roomIds.length === 0) return new Map()
      const rows = await pool.query<Row[]>(
        `SELECT ${COLUMNS} FROM room r JOIN room_head h ON h.room_id = r.id
         WHERE r.id IN (${roomIds.map(() => '?').join()})`,
        roomIds.map(toBytes),
      )
      return new Map(rows.map((row) => [fromBytes(row.id), toFacts(row)]))
    },

    async inspect(roomId) {
      const [row] = await pool.query<InspectedRow[]>(
        `SELECT ${COLUMNS}, h.last_msg_no, r.topic, r.created_at, r.created_by, r.frozen, r.archived,
           r.deleted_at
         FROM room r JOIN room_head h ON h.room_id = r.id WHERE r.id = ?`,
        [toBytes(roomId)],
      )
      if (row === undefined) return null
      return {
        ...toFacts(row),
        messages: row.last_msg_no,
        topic: row.topic,
        createdAt: row.created_at.toISOString(),
        createdBy: row.created_by,
        isFrozen: row.frozen === 1,
        isArchived: row.archived === 1,
        deletedAt: row.deleted_at?.toISOString() ?? null,
        firstMembers: await firstMembers(roomId),
      }
    },
  }
}
