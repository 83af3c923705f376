import { ParleyError, Uuid } from '@parley/message-schema'

/** The place of a room in a list that is sorted by time and then by id. Opaque to clients. */
export interface RoomCursor {
  readonly atMs: number
  readonly roomId: string
}

export const writeCursor = ({ atMs, roomId }: RoomCursor): string =>
  Buffer.from(`${atMs}.${roomId}`).toString('base64url')

export function readCursor(cursor: string): RoomCursor {
  const [at = '', id] = Buffer.from(cursor, 'base64url').toString().split('.')
  const roomId = Uuid.safeParse(id)
  if (!/^\d{1,15}$/u.test(at) || !roomId.success) {
    throw new ParleyError('INVALID', { message: 'after: is not a cursor of this list' })
  }
  return { atMs: Number(at), roomId: roomId.data }
}
