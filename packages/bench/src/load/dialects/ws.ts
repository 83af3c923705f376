import type { Dialect } from './dialect.ts'
import { readRoomMessage, roomPrefix, writeRoomMessage } from './room-message.ts'
import { startsWith } from './starts-with.ts'

const JOINED = '{"joined":true}'

/** The second letter of `{"room":…` and not of the one other thing that the server says. */
const LETTER = 0x72

/** Of our own server: JSON in text frames. What is sent to a room comes as it was sent. */
export const ws: Dialect = {
  upgrade: () => ({ path: '/', headers: [] }),
  open({ rooms: [measured = '', ...others], rooms }, line) {
    const prefix = roomPrefix(measured)
    const isAlone = others.length === 0
    line.text(JSON.stringify({ join: rooms }))
    return {
      take(bytes, from, to, isBinary) {
        const isMessage = to - from > 2 && bytes[from + 2] === LETTER
        if (isBinary) line.fail('a binary frame')
        else if (isMessage) {
          if (isAlone || startsWith(bytes, from, to, prefix)) line.record(bytes, from, to)
        } else {
          const text = bytes.toString('utf8', from, to)
          if (text === JOINED) line.ready()
          else line.fail(`what was not expected: ${text.slice(0, 100)}`)
        }
      },
      send(room, text, done) {
        line.text(writeRoomMessage(room, text))
        done(true)
      },
    }
  },
  read: readRoomMessage,
}
