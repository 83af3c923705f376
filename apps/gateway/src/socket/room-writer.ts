import { userChannel } from '@parley/message-schema'
import type { RoomPacket } from '../room-feed/room-packet.ts'
import { WrittenEvent } from './direct-write.ts'
import { roomChannel, type ChatServer, type ChatSocket } from './socket-types.ts'

export type WriteToRoom = (packet: RoomPacket) => void

/**
 * To the local sockets of a room. The frame is made once, and once more for each author who is here, and is one
 * write a socket. Answers how many there were.
 */
export function createRoomWriter(io: ChatServer): (packet: RoomPacket) => number {
  const { adapter, sockets } = io.of('/')

  /** By socket, of authors that have any here: most have none in this room. */
  function ownOfAuthors(
    packet: RoomPacket,
    inRoom: ReadonlySet<string>,
  ): Map<string, WrittenEvent> {
    const own = new Map<string, WrittenEvent>()
    for (const author of packet.authors) {
      let event: WrittenEvent | undefined
      for (const id of adapter.rooms.get(userChannel(author)) ?? []) {
        if (inRoom.has(id)) own.set(id, (event ??= new WrittenEvent(packet.textFor(author))))
      }
    }
    return own
  }

  return (packet) => {
    const ids = adapter.rooms.get(roomChannel(packet.roomId))
    if (ids === undefined) return 0
    const own = ownOfAuthors(packet, ids)
    const shared = own.size < ids.size ? new WrittenEvent(packet.textFor()) : undefined
    for (const id of ids) {
      const socket: ChatSocket | undefined = sockets.get(id)
      if (socket !== undefined) (own.get(id) ?? shared)?.writeTo(socket)
    }
    return ids.size
  }
}
