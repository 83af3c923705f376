import { z } from 'zod'
import type { ClientPlan } from '../../subjects/subject.ts'
import type { Dialect, Line, Talk } from './dialect.ts'
import { startsWith } from './starts-with.ts'

/** Engine.IO's packet type, then Socket.IO's. */
const MESSAGE = 0x34
const EVENT = 0x32

const JOIN_ACK = 0
const Message = z.tuple([z.literal('message'), z.string(), z.string()])

/** Socket.IO's protocol 5 on Engine.IO's 4, with the events of our servers: `join`, `send` and `message`. */
export const socketIo: Dialect = {
  upgrade: ({ userId }) => ({
    path: `/socket.io/?EIO=4&transport=websocket&user=${encodeURIComponent(userId)}`,
    headers: [],
  }),
  open: (client, line) => talk(client, line),
  read(record) {
    const text = record.toString()
    if (!text.startsWith('42')) throw new Error(`No event: ${text}`)
    return { texts: [Message.parse(JSON.parse(text.slice(2)))[2]] }
  },
}

function talk({ rooms }: ClientPlan, line: Line): Talk {
  const [measured = ''] = rooms
  const prefix = Buffer.from(`42["message",${JSON.stringify(measured)},`)
  const isAlone = rooms.length < 2
  const waiting = new Map<number, (isTaken: boolean) => void>()
  let nextAck = JOIN_ACK + 1

  const acked = (text: string): void => {
    const [, id = '', args] = /^43(\d+)\[(.*)\]$/u.exec(text) ?? []
    const done = waiting.get(Number(id))
    waiting.delete(Number(id))
    if (done === undefined) line.fail(`an ack that was not asked for: ${text}`)
    // A server of ours says why it was not taken, if it was not.
    else done(args === '')
  }

  const control = (text: string): void => {
    if (text === '2') line.text('3')
    else if (text.startsWith('43')) acked(text)
    else if (text.startsWith('0{')) line.text('40')
    else if (text.startsWith('40{') && rooms.length === 0) line.ready()
    else if (text.startsWith('40{')) {
      waiting.set(JOIN_ACK, (isIn) => (isIn ? line.ready() : line.fail('no place in the room')))
      line.text(`42${JOIN_ACK}${JSON.stringify(['join', rooms])}`)
    } else line.fail(`what was not expected: ${text.slice(0, 100)}`)
  }

  return {
    take(bytes, from, to, isBinary) {
      const isEvent = to - from > 2 && bytes[from] === MESSAGE && bytes[from + 1] === EVENT
      if (isBinary) line.fail('a binary packet')
      else if (!isEvent) control(bytes.toString('utf8', from, to))
      else if (isAlone || startsWith(bytes, from, to, prefix)) line.record(bytes, from, to)
    },
    send(room, text, done) {
      const id = nextAck
      nextAck += 1
      waiting.set(id, done)
      line.text(`42${id}${JSON.stringify(['send', room, text])}`)
    },
  }
}
