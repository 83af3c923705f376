import type { Dialect } from './dialect.ts'
import { PostLine } from './post-line.ts'
import { readRoomMessage, roomPrefix, writeRoomMessage } from './room-message.ts'
import { startsWith } from './starts-with.ts'

/** It is subscribed by its URL; each frame is a message as it was posted. */
export const nchan: Dialect = {
  upgrade: ({ rooms }) => ({ path: `/sub/${rooms.join(',') || 'none'}`, headers: [] }),
  open({ port, rooms: [measured = '', ...others] }, line) {
    const prefix = roomPrefix(measured)
    const isAlone = others.length === 0
    const posts = new PostLine(port)
    queueMicrotask(() => line.ready())
    return {
      take(bytes, from, to) {
        if (isAlone || startsWith(bytes, from, to, prefix)) line.record(bytes, from, to)
      },
      send(room, text, done) {
        posts.post(`/pub/${encodeURIComponent(room)}`, writeRoomMessage(room, text), done)
      },
    }
  },
  read: readRoomMessage,
}
