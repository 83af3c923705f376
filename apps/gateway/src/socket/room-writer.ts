import { userChannel } from '@parley/message-schema'
import type { Socket as NetSocket } from 'node:net'
import type { WebSocket } from 'ws'
import type { RoomPacket } from '../room-feed/room-packet.ts'
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

export type WriteToRoom = (packet: RoomPacket) => void

/**
 * To the local sockets of a room. The frame is made once, and once more for each author who is here, and is one
 * write a socket: the way through Engine.IO's queue and ws costs half as much again as the write itself.
 * Whoever cannot be written to directly gets the same packet by that way. Answers how many there were.
 */
export function createRoomWriter(io: ChatServer): (packet: RoomPacket) => number {
  const { adapter, sockets } = io.of('/')

  function toFrames(packet: RoomPacket, readerId?: string): Frames {
    // An EVENT of the main namespace, as Socket.IO's parser writes what has no binary in it.
    const text = `2${packet.textFor(readerId)}`
    return { text, frame: encodeTextFrame(`4${text}`) }
  }

  /** By socket, of authors that have any here: most have none in this room. */
  function framesOfAuthors(packet: RoomPacket, inRoom: ReadonlySet<string>): Map<string, Frames> {
    const own = new Map<string, Frames>()
    for (const author of packet.authors) {
      let frames: Frames | undefined
      for (const id of adapter.rooms.get(userChannel(author)) ?? []) {
        if (inRoom.has(id)) own.set(id, (frames ??= toFrames(packet, author)))
      }
    }
    return own
  }

  return (packet) => {
    const ids = adapter.rooms.get(roomChannel(packet.roomId))
    if (ids === undefined) return 0
    const own = framesOfAuthors(packet, ids)
    const shared = own.size < ids.size ? toFrames(packet) : undefined
    for (const id of ids) {
      const frames = own.get(id) ?? shared
      const socket: ChatSocket | undefined = sockets.get(id)
      if (socket === undefined || frames === undefined) continue
      const engine = socket.conn as unknown as Engine
      const connection = connectionOf(engine)
      if (connection === undefined) engine.write(frames.text, { compress: false })
      else connection.write(frames.frame)
    }
    return ids.size
  }
}

interface Frames {
  readonly text: string
  readonly frame: Buffer
}
