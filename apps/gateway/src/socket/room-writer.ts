import { userChannel, type RoomEvents } from '@parley/message-schema'
import type { Socket as NetSocket } from 'node:net'
import type { WebSocket } from 'ws'
import { roomChannel, type ChatServer, type ChatSocket } from './socket-types.ts'
import { encodeTextFrame } from './text-frame.ts'

/** What of Engine.IO and ws is touched; none of it is in their types. */
interface Engine {
  readonly readyState: string
  readonly writeBuffer: { readonly length: number }
  readonly transport: { readonly name: string; readonly socket?: OpenWebSocket }
  readonly write: (text: string, options: { compress: false }) => unknown
}
type OpenWebSocket = WebSocket & {
  readonly _socket?: NetSocket
  readonly _sender?: { readonly _state: number }
}

const OPEN = 1
const SENDS_AT_ONCE = 0

/**
 * The connection itself, if what is written to it now comes after all that was emitted before: nothing
 * waits in Engine.IO (an upgrade, a transport that is not ready), and ws is not busy compressing.
 */
function connectionOf({ readyState, writeBuffer, transport }: Engine): NetSocket | undefined {
  if (readyState !== 'open' || writeBuffer.length > 0 || transport.name !== 'websocket') return
  const { socket } = transport
  if (socket?.readyState !== OPEN || socket._sender?._state !== SENDS_AT_ONCE) return
  return socket._socket
}

export type WriteToRoom = (
  roomId: string,
  fact: RoomEvents,
  exceptUserIds: readonly string[],
) => void

/**
 * To the local sockets of a room. The frame is made once, and is one write a socket: the way through
 * Engine.IO's queue and ws costs half as much again as the write itself. Whoever cannot be written to
 * directly gets the same packet by that way.
 */
export function createRoomWriter(io: ChatServer): WriteToRoom {
  const { adapter, sockets } = io.of('/')
  return (roomId, fact, exceptUserIds) => {
    const ids = adapter.rooms.get(roomChannel(roomId))
    if (ids === undefined) return
    // An EVENT of the main namespace, as Socket.IO's parser writes what has no binary in it.
    const packet = `2${JSON.stringify(['room:events', fact])}`
    const frame = encodeTextFrame(`4${packet}`)
    const except = exceptUserIds.map((userId) => adapter.rooms.get(userChannel(userId)))
    for (const id of ids) {
      if (except.some((excluded) => excluded?.has(id) === true)) continue
      const socket: ChatSocket | undefined = sockets.get(id)
      if (socket === undefined) continue
      const engine = socket.conn as unknown as Engine
      const connection = connectionOf(engine)
      if (connection === undefined) engine.write(packet, { compress: false })
      else connection.write(frame)
    }
  }
}
