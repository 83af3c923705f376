import { generate, parser, type Packet } from 'mqtt-packet'
import type { ClientPlan } from '../../subjects/subject.ts'
import { cutRecords, LONGEST_RECORD } from './cut-records.ts'
import type { Dialect, Line, Talk } from './dialect.ts'
import { startsWith } from './starts-with.ts'

/** The upper half of the first byte. */
const PUBLISH = 3
const REFUSED = 128

/** MQTT 3.1.1, at most once. */
export const mqtt: Dialect = {
  upgrade: () => ({ path: '/mqtt', headers: ['Sec-WebSocket-Protocol: mqtt'] }),
  open: (client, line) => talk(client, line),
  read(record) {
    const packet = decode(record)
    if (packet.cmd !== 'publish' || packet.qos !== 0 || packet.retain || packet.dup)
      throw new Error(`Not a message that is sent once: ${JSON.stringify(packet)}`)
    return { texts: [packet.payload.toString()] }
  },
}

function talk({ userId, rooms }: ClientPlan, line: Line): Talk {
  const [measured = ''] = rooms
  const isAlone = rooms.length < 2
  const topic = Buffer.concat([
    Buffer.of(measured.length >> 8, measured.length & 255),
    Buffer.from(measured),
  ])

  const control = (packet: Packet): void => {
    if (packet.cmd === 'connack' && packet.returnCode === 0) {
      if (rooms.length === 0) line.ready()
      else line.binary(subscription(rooms))
    } else if (packet.cmd === 'suback' && packet.granted.every((qos) => Number(qos) < REFUSED)) {
      line.ready()
    } else line.fail(`what was not expected: ${JSON.stringify(packet)}`)
  }

  const cut = cutRecords({
    sizeOf,
    take(bytes, from, to) {
      if ((bytes[from] ?? 0) >> 4 !== PUBLISH) {
        const packet = tryDecode(bytes.subarray(from, to))
        if (packet instanceof Error) line.fail(`what is no packet: ${packet.message}`)
        else control(packet)
      } else if (isAlone || startsWith(bytes, afterSize(bytes, from), to, topic)) {
        line.record(bytes, from, to)
      }
    },
    fail: line.fail,
  })

  line.binary(generate({ cmd: 'connect', clientId: userId, clean: true, keepalive: 0 }))
  return {
    take(bytes, from, to, isBinary) {
      if (isBinary) cut(bytes, from, to)
      else line.fail('a text frame')
    },
    send(room, text, done) {
      line.binary(
        generate({ cmd: 'publish', topic: room, payload: text, qos: 0, dup: false, retain: false }),
      )
      done(true)
    },
  }
}

function subscription(rooms: readonly string[]): Buffer {
  const subscriptions = rooms.map((topic) => ({ topic, qos: 0 as const }))
  return generate({ cmd: 'subscribe', messageId: 1, subscriptions })
}

/** The size stands after the first byte, seven bits a byte, the lowest first. */
function sizeOf(bytes: Buffer, from: number, to: number): number {
  let rest = 0
  let unit = 1
  for (let at = from + 1; at < to; at += 1) {
    const byte = bytes[at] ?? 0
    rest += (byte & 127) * unit
    const size = at + 1 - from + rest
    if (size > LONGEST_RECORD) return -1
    if (byte < 128) return from + size > to ? 0 : size
    unit *= 128
    if (unit > 128 ** 3) return -1
  }
  return 0
}

function afterSize(bytes: Buffer, from: number): number {
  let at = from + 1
  while ((bytes[at] ?? 0) >= 128) at += 1
  return at + 1
}

function decode(bytes: Buffer): Packet {
  const packet = tryDecode(bytes)
  if (packet instanceof Error) throw packet
  return packet
}

function tryDecode(bytes: Buffer): Packet | Error {
  const packets: Packet[] = []
  const errors: Error[] = []
  const reader = parser({ protocolVersion: 4 })
  reader.on('packet', (packet) => packets.push(packet))
  reader.on('error', (error: Error) => errors.push(error))
  // It keeps what it is given.
  const left = reader.parse(Buffer.from(bytes))
  const [packet] = packets
  if (errors[0] !== undefined) return errors[0]
  if (packet === undefined || packets.length > 1 || left > 0) return new Error('not one packet')
  return packet
}
