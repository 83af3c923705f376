import { invalid, Uuid } from '@parley/message-schema'

/** The place of a room in a list that is sorted by time and then by id. Opaque to clients. */
export interface RoomCursor {
  readonly atMs: number
  readonly roomId: string
}

/** The place in a list that is sorted by name and then by id. */
export interface NameCursor {
  readonly name: string
  readonly roomId: string
}

const encode = (text: string): string => Buffer.from(text).toString('base64url')
const decode = (cursor: string): string => Buffer.from(cursor, 'base64url').toString()

const notACursor = () => invalid('after', 'is not a cursor of this list')

export const writeCursor = ({ atMs, roomId }: RoomCursor): string => encode(`${atMs}.${roomId}`)

export function readCursor(cursor: string): RoomCursor {
  const [at = '', id] = decode(cursor).split('.')
  const roomId = Uuid.safeParse(id)
  if (!/^\d{1,15}$/u.test(at) || !roomId.success) throw notACursor()
  return { atMs: Number(at), roomId: roomId.data }
}

export const writeNameCursor = ({ name, roomId }: NameCursor): string => encode(`${roomId}${name}`)

export function readNameCursor(cursor: string): NameCursor {
  const text = decode(cursor)
  const roomId = Uuid.safeParse(text.slice(0, 36))
  const name = text.slice(36)
  if (!roomId.success || name.length > 200) throw notACursor()
  return { name, roomId: roomId.data }
}
