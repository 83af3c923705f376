import { Buffer } from 'node:buffer'
import type { Query } from '../installation/query-database.ts'
import { CliError } from '../cli-error.ts'

/*
 * Lists of all users and rooms are for whoever runs the cluster, and no route gives them: they are read
 * from the database.
 */

export interface UserRow {
  readonly id: string
  readonly kind: string
  readonly username: string | null
  readonly displayName: string
  readonly createdAt: Date
  readonly erasedAt: Date | null
}

export interface ListTerms {
  readonly after?: string
  readonly limit: number
  /** The beginning of a name. */
  readonly q?: string
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/gu, String.raw`\$&`)

export function readUsers(query: Query, { after = '', limit, q }: ListTerms): Promise<UserRow[]> {
  const begins = `${escapeLike(q ?? '')}%`
  return query<UserRow>(
    `SELECT id, kind, username, display_name AS displayName, created_at AS createdAt,
            erased_at AS erasedAt
     FROM user WHERE id > ? AND (display_name LIKE ? OR username LIKE ?) ORDER BY id LIMIT ?`,
    [after, begins, q === undefined ? '' : begins, limit],
  )
}

export interface RoomRow {
  readonly id: string
  readonly kind: string
  readonly name: string | null
  readonly visibility: string
  readonly head: number
  readonly members: number
  readonly createdAt: Date
  readonly deletedAt: Date | null
}

const uuidOf = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5')
const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')

export async function readRooms(
  query: Query,
  { after, limit, q = '' }: ListTerms,
): Promise<RoomRow[]> {
  const rows = await query<Omit<RoomRow, 'id'> & { id: Buffer }>(
    `SELECT room.id, kind, name, visibility, head, created_at AS createdAt, deleted_at AS deletedAt,
            (SELECT COUNT(*) FROM room_member AS m
             WHERE m.room_id = room.id AND m.left_seq IS NULL) AS members
     FROM room JOIN room_head ON room_head.room_id = room.id
     WHERE room.id > ? AND COALESCE(name, '') LIKE ? ORDER BY room.id LIMIT ?`,
    [after === undefined ? Buffer.alloc(16) : bytesOf(after), `${escapeLike(q)}%`, limit],
  )
  return rows.map(({ id, ...row }) => ({
    ...row,
    id: uuidOf(id),
  }))
}

/** As whom a room is looked at or deleted when nobody was named. */
export async function readOwner(query: Query, roomId: string): Promise<string> {
  const [row] = await query<{ id: string }>(
    `SELECT user_id AS id FROM room_member
     WHERE room_id = ? AND left_seq IS NULL ORDER BY role = 'owner' DESC, user_id LIMIT 1`,
    [bytesOf(roomId)],
  )
  if (row !== undefined) return row.id
  throw new CliError('Nobody is a member of that room, or there is none; name a user with --as.')
}
