import type { ClientPlan } from '../../subjects/subject.ts'
import { cutRecords, LONGEST_RECORD } from './cut-records.ts'
import type { Dialect, Line, Talk } from './dialect.ts'
import { startsWith } from './starts-with.ts'

const CR = 0x0d
const LF = 0x0a
const ZERO = 0x30
const NINE = 0x39
/** Of `MSG`; nothing else that the server says begins with it. */
const M = 0x4d

const CONNECT = JSON.stringify({ verbose: false, pedantic: false, lang: 'bench', version: '1' })

/** Its text protocol in binary frames, which are cut anywhere. */
export const nats: Dialect = {
  upgrade: () => ({ path: '/', headers: [] }),
  open: (client, line) => talk(client, line),
  read(record) {
    const size = sizeOf(record, 0, record.length)
    const [header = ''] = record.toString('latin1').split('\r\n', 1)
    if (size !== record.length || !/^MSG \S+ \d+ \d+$/u.test(header))
      throw new Error(`No message: ${header}`)
    return { texts: [record.toString('utf8', header.length + 2, size - 2)] }
  },
}

function talk({ rooms }: ClientPlan, line: Line): Talk {
  const [measured = ''] = rooms
  const isAlone = rooms.length < 2
  // A subscription has the number of its place. So the measured room's is 1 and its messages are the same
  // bytes for everybody.
  const prefix = Buffer.from(`MSG ${measured} 1 `)
  const subscribe = rooms.map((room, index) => `SUB ${room} ${index + 1}\r\n`).join('')
  let isConnected = false
  let isReady = false

  const control = (text: string): void => {
    if (text === 'PING\r\n') line.binary(Buffer.from('PONG\r\n'))
    else if (text === 'PONG\r\n') {
      if (!isReady) line.ready()
      isReady = true
    } else if (text.startsWith('INFO ')) {
      // It says more when its cluster changes.
      if (!isConnected) line.binary(Buffer.from(`CONNECT ${CONNECT}\r\n${subscribe}PING\r\n`))
      isConnected = true
    } else line.fail(`what was not expected: ${text.slice(0, 100)}`)
  }

  const cut = cutRecords({
    sizeOf,
    take(bytes, from, to) {
      if (bytes[from] !== M) control(bytes.toString('utf8', from, to))
      else if (isAlone || startsWith(bytes, from, to, prefix)) line.record(bytes, from, to)
    },
    fail: line.fail,
  })

  return {
    take(bytes, from, to, isBinary) {
      if (isBinary) cut(bytes, from, to)
      else line.fail('a text frame')
    },
    send(room, text, done) {
      line.binary(Buffer.from(`PUB ${room} ${Buffer.byteLength(text)}\r\n${text}\r\n`))
      done(true)
    },
  }
}

/** Of a line, and of the payload that the line of a message announces as its last word. */
function sizeOf(bytes: Buffer, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at] !== CR) at += 1
  if (at + 1 >= to) return to - from > LONGEST_RECORD ? -1 : 0
  if (bytes[at + 1] !== LF) return -1
  const head = at + 2 - from
  if (bytes[from] !== M) return head
  let payload = 0
  let unit = 1
  for (at -= 1; at > from; at -= 1) {
    const digit = bytes[at] ?? 0
    if (digit < ZERO || digit > NINE) break
    payload += (digit - ZERO) * unit
    unit *= 10
  }
  const size = head + payload + 2
  if (unit === 1 || size > LONGEST_RECORD) return -1
  if (from + size > to) return 0
  return bytes[from + size - 2] === CR && bytes[from + size - 1] === LF ? size : -1
}
