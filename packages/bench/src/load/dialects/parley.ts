import { randomUUID } from 'node:crypto'
import type { Dialect, Line, Said, Talk } from './dialect.ts'

/** Of Engine.IO and of Socket.IO behind it, as they stand in a text frame. */
const PING = '2'.charCodeAt(0)
const OPEN = '0'.charCodeAt(0)
const CONNECT = '0'.charCodeAt(0)
const EVENT = '2'.charCodeAt(0)
const ACK = '3'.charCodeAt(0)
const REFUSED = '4'.charCodeAt(0)
const EVENTS = Buffer.from('42["room:events",')
const READY = Buffer.from('42["session:ready",')
const END = Buffer.from('42["session:end",')

const startsWith = (bytes: Buffer, from: number, to: number, start: Buffer): boolean =>
  to - from >= start.length &&
  bytes.compare(start, 0, start.length, from, from + start.length) === 0

interface Event {
  readonly seq: number
  readonly type: string
  readonly data: { readonly text?: string }
}

function read(record: Buffer): Said {
  const [, fact] = JSON.parse(record.subarray(2).toString()) as [
    string,
    { readonly events: readonly Event[] },
  ]
  const [first] = fact.events
  if (first === undefined) throw new Error('A packet without events.')
  const texts = fact.events.map(({ seq, type, data }, index) => {
    if (seq !== first.seq + index) throw new Error(`seq ${seq} stands after ${first.seq}.`)
    if (type !== 'message:created') throw new Error(`${type} came at ${seq}.`)
    return data.text ?? ''
  })
  return { texts, seq: first.seq }
}

/** Signs in with a token, syncs its rooms from their heads, and is live from there. */
function open(token: string, line: Line): Talk {
  const waiting = new Map<number, (answer: { readonly ok: boolean }) => void>()
  let asked = 0
  const ask = (
    command: string,
    payload: object,
    answered: (answer: { readonly ok: boolean }) => void,
  ): void => {
    asked += 1
    waiting.set(asked, answered)
    line.text(`42${asked}${JSON.stringify([command, payload])}`)
  }
  const takeAck = (text: string): void => {
    const start = text.indexOf('[')
    const id = Number(text.slice(2, start))
    const answered = waiting.get(id)
    waiting.delete(id)
    const [answer] = JSON.parse(text.slice(start)) as [{ readonly ok: boolean }]
    answered?.(answer)
  }
  return {
    take(bytes, from, to) {
      if (startsWith(bytes, from, to, EVENTS)) return line.record(bytes, from, to)
      if (bytes[from] === PING) return line.text('3')
      if (bytes[from] === OPEN) return line.text(`40${JSON.stringify({ token, v: 1 })}`)
      const kind = bytes[from + 1]
      if (kind === ACK) takeAck(bytes.toString('utf8', from, to))
      else if (kind === REFUSED) line.fail(bytes.toString('utf8', from, to))
      else if (kind === EVENT && startsWith(bytes, from, to, READY)) {
        ask('sync', {}, ({ ok }) => (ok ? line.ready() : line.fail('sync was refused.')))
      } else if (kind === EVENT && startsWith(bytes, from, to, END))
        line.fail(bytes.toString('utf8', from, to))
      else if (kind !== EVENT && kind !== CONNECT)
        line.fail(`An unknown packet: ${bytes.toString('utf8', from, to)}`)
    },
    send(roomId, text, done) {
      ask('message:send', { roomId, clientMsgId: randomUUID(), text }, ({ ok }) => done(ok))
    },
  }
}

export const parley: Dialect = {
  upgrade: () => ({ path: '/socket.io/?EIO=4&transport=websocket', headers: [] }),
  open: ({ token }, line) => open(token, line),
  read,
}
