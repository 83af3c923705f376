import type { Member, MemberRole } from '@parley/message-schema'
import { toBytes } from '../binary-id.ts'
import type { Pool } from '../connect.ts'
import { MEMBER_VIEW_COLUMNS, toMember, type MemberViewRow } from './member-store.ts'
import { escapeLike } from '../users/user-store.ts'

export interface PlacedMember {
  readonly member: Member
  readonly joinedSeq: number
}

/** What of a room's members one call looks at is bounded in each of these. */
export interface MemberListStore {
  /** In the order of their ids, after `after`. */
  readonly list: (
    roomId: string,
    after: string | undefined,
    limit: number,
  ) => Promise<PlacedMember[]>
  /** In the order of their joining, after that `joinedSeq`. */
  readonly listOfRole: (
    roomId: string,
    role: MemberRole,
    after: number | undefined,
    limit: number,
  ) => Promise<PlacedMember[]>
  /** Whose display name or username begins so. */
  readonly findByName: (
    roomId: string,
    q: string,
    memberCount: number,
    limit: number,
  ) => Promise<Member[]>
}

/**
 * People that one search by name looks at. A room of at most so many members is searched whole, from
 * its members. In a larger one the first so many people of the server whose name begins so are looked
 * up in the room: there a short prefix may not find everybody, and a longer one does.
 */
export const NAMES_SCANNED = 5_000

interface Row extends MemberViewRow {
  readonly joined_seq: number
}

const toPlaced = (row: Row): PlacedMember => ({ member: toMember(row), joinedSeq: row.joined_seq })

/** Of a display name, and of a username: those are kept in lower case. */
const patterns = (q: string): [string, string] => [
  `${escapeLike(q)}%`,
  `${escapeLike(q.toLowerCase())}%`,
]

const USER = 'LEFT JOIN user u ON u.id = m.user_id'

export function createMemberListStore(pool: Pool): MemberListStore {
  async function findInSmall(id: Buffer, q: string, limit: number): Promise<MemberViewRow[]> {
    return pool.query<MemberViewRow[]>(
      `SELECT STRAIGHT_JOIN ${MEMBER_VIEW_COLUMNS}
       FROM room_member m FORCE INDEX (room_member_active) JOIN user u ON u.id = m.user_id
       WHERE m.room_id = ? AND m.left_seq IS NULL AND (u.display_name LIKE ? OR u.username LIKE ?)
       ORDER BY u.display_name, u.id LIMIT ?`,
      [id, ...patterns(q), limit],
    )
  }

  /** From the people and not from the members: of two indexes, the first so many of each. */
  async function findInLarge(id: Buffer, q: string, limit: number): Promise<MemberViewRow[]> {
    const people = (column: string, index: string): string =>
      `(SELECT id FROM user FORCE INDEX (${index})
        WHERE ${column} LIKE ? ORDER BY ${column} LIMIT ${NAMES_SCANNED})`
    return pool.query<MemberViewRow[]>(
      `SELECT STRAIGHT_JOIN ${MEMBER_VIEW_COLUMNS}
       FROM (${people('display_name', 'user_display_name')}
             UNION ${people('username', 'user_username_key')}) named
       JOIN room_member m FORCE INDEX (PRIMARY)
         ON m.room_id = ? AND m.user_id = named.id AND m.left_seq IS NULL
       JOIN user u ON u.id = m.user_id
       ORDER BY u.display_name, u.id LIMIT ?`,
      [...patterns(q), id, limit],
    )
  }

  return {
    async list(roomId, after, limit) {
      const rows = await pool.query<Row[]>(
        `SELECT ${MEMBER_VIEW_COLUMNS}, m.joined_seq
         FROM room_member m FORCE INDEX (room_member_active) ${USER}
         WHERE m.room_id = ? AND m.left_seq IS NULL ${after === undefined ? '' : 'AND m.user_id > ?'}
         ORDER BY m.user_id LIMIT ?`,
        [toBytes(roomId), ...(after === undefined ? [] : [after]), limit],
      )
      return rows.map(toPlaced)
    },

    async listOfRole(roomId, role, after, limit) {
      const rows = await pool.query<Row[]>(
        `SELECT ${MEMBER_VIEW_COLUMNS}, m.joined_seq
         FROM room_member m FORCE INDEX (room_member_role) ${USER}
         WHERE m.room_id = ? AND m.left_seq IS NULL AND m.role = ? AND m.joined_seq > ?
         ORDER BY m.joined_seq LIMIT ?`,
        [toBytes(roomId), role, after ?? 0, limit],
      )
      return rows.map(toPlaced)
    },

    async findByName(roomId, q, memberCount, limit) {
      const find = memberCount <= NAMES_SCANNED ? findInSmall : findInLarge
      const rows = await find(toBytes(roomId), q, limit)
      return rows.map(toMember)
    },
  }
}
