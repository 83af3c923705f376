import { io, type Socket } from 'socket.io-client'

export const ANSWER_MS = 10_000

interface SyncReply {
  readonly ok: boolean
  readonly data?: {
    readonly rooms: Readonly<
      Record<string, { readonly to?: number; readonly events?: readonly unknown[] }>
    >
  }
}

/** A socket whose rooms are live, as docs/protocol.md has it for bare clients, and no more. */
export interface OpenSocket {
  readonly socket: Socket
  readonly positions: Readonly<Record<string, number>>
  /** That it was handed because it had missed them. */
  readonly events: number
}

export async function openSocket(
  url: string,
  token: string,
  positions: Readonly<Record<string, number>> = {},
): Promise<OpenSocket> {
  const socket = io(url, {
    forceNew: true,
    transports: ['websocket'],
    auth: { token, v: 1 },
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('session:ready', () => resolve())
    socket.once('connect_error', reject)
  })
  const reply = (await socket
    .timeout(ANSWER_MS)
    .emitWithAck('sync', { rooms: positions })) as SyncReply
  if (reply.data === undefined) throw new Error(`No sync: ${JSON.stringify(reply)}`)
  const rooms = Object.entries(reply.data.rooms)
  return {
    socket,
    positions: Object.fromEntries(rooms.map(([roomId, { to = 0 }]) => [roomId, to])),
    events: rooms.reduce((sum, [, { events = [] }]) => sum + events.length, 0),
  }
}
