import { expect, test } from 'vitest'
import { nats } from './nats.ts'
import { openTalk } from './testing/open-talk.ts'

const INFO = 'INFO {"server_id":"N","version":"2.9.10","max_payload":1048576}\r\n'
const message = (text: string, { room = 'room-1', sid = 1 } = {}): string =>
  `MSG ${room} ${sid} ${text.length}\r\n${text}\r\n`
const come = (its: ReturnType<typeof openTalk>, text: string): void => its.come(Buffer.from(text))

test('subscribes when the server has said who it is, and is ready when that was read', () => {
  const its = openTalk(nats, { rooms: ['room-7', 'room-9'] })
  expect(its.sent).toEqual([])
  come(its, INFO)
  const lines = String(its.sent[0]).split('\r\n')
  expect(lines[0]).toMatch(/^CONNECT \{.*"verbose":false.*\}$/u)
  expect(lines.slice(1)).toEqual(['SUB room-7 1', 'SUB room-9 2', 'PING', ''])
  expect(its.readies()).toBe(0)
  come(its, 'PONG\r\n')
  come(its, INFO)
  come(its, 'PONG\r\n')
  expect([its.readies(), its.sent.length, its.failures]).toEqual([1, 1, []])
})

test('answers pings', () => {
  const its = openTalk(nats)
  come(its, 'PING\r\n')
  expect(its.sent.map(String)).toEqual(['PONG\r\n'])
})

test('publishes what is sent with its size in bytes', () => {
  const { talk, sent } = openTalk(nats)
  const done: boolean[] = []
  talk.send('room-1', '1 é', (isTaken) => done.push(isTaken))
  expect([sent.map(String), done]).toEqual([['PUB room-1 4\r\n1 é\r\n'], [true]])
})

test('finds every record, wherever the frames were cut', () => {
  const records = [message('1 a'), message('2 x\r\ny'), message(''), message('M'.repeat(120))]
  const stream = `${records[0]}PING\r\n${records[1]}${records[2]}${records[3]}`
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 7) {
      const its = openTalk(nats)
      for (const part of [
        stream.slice(0, first),
        stream.slice(first, second),
        stream.slice(second),
      ])
        come(its, part)
      expect([its.records, its.sent.map(String), its.failures]).toEqual([records, ['PONG\r\n'], []])
    }
  }
})

test('finds every record in frames of a byte, and in one that is larger than what is copied', () => {
  const records = Array.from({ length: 40 }, (_, index) => message(`${index} ${'x'.repeat(200)}`))
  const stream = records.join('')
  const bytewise = openTalk(nats)
  for (const byte of stream) come(bytewise, byte)
  expect(bytewise.records).toEqual(records)
  const whole = openTalk(nats)
  come(whole, stream.slice(0, 10))
  come(whole, stream.slice(10, -10))
  come(whole, stream.slice(-10))
  expect(whole.records).toEqual(records)
})

test('of several rooms, only the first one is recorded', () => {
  const several = openTalk(nats, { rooms: ['room-1', 'room-2'] })
  const single = openTalk(nats)
  const [own, other] = [message('1 a'), message('1 b', { room: 'room-2', sid: 2 })]
  come(several, own + other)
  come(single, own + other)
  expect(several.records).toEqual([own])
  expect(single.records).toEqual([own, other])
})

test.each([
  "-ERR 'Slow Consumer'\r\n",
  '+OK\r\n',
  'HMSG room-1 1 12 20\r\n',
  'MSG room-1 1 x\r\nabc\r\n',
  'MSG room-1 1 \r\nabc\r\n',
  'MSG room-1 1 \r\n\r\n',
  'MSG room-1 1 3\r\nabcd\r\n',
  'MSG room-1 1 3\rabc\r\n',
  'MSG room-1 1 99999999999\r\nabc\r\n',
])('says that it did not expect %j, and takes nothing more', (bytes) => {
  const its = openTalk(nats)
  come(its, bytes)
  const { length } = its.failures
  expect(length).toBe(1)
  expect(its.records).toEqual([])
})

test('after what is no record, nothing that follows is one', () => {
  const stream = `${message('1 a')}MSG room-1 1 3\r\nabcd\r\n${message('2 b').repeat(200)}`
  for (let first = 0; first <= 60; first += 1) {
    const its = openTalk(nats)
    come(its, stream.slice(0, first))
    come(its, stream.slice(first))
    come(its, message('3 c'))
    expect([its.records, its.failures.length]).toEqual([[message('1 a')], 1])
  }
})

test('a line without an end is not kept for ever', () => {
  const its = openTalk(nats)
  for (let frames = 0; frames < 40; frames += 1) come(its, 'I'.repeat(2_000))
  expect(its.failures).toHaveLength(1)
})

test('a text frame is none of ours', () => {
  const its = openTalk(nats)
  its.come(message('1 a'))
  expect([its.failures, its.records]).toEqual([['a text frame'], []])
})

test('reads the text of a message', () => {
  expect(nats.read(Buffer.from(message('7 some text')))).toEqual({ texts: ['7 some text'] })
})

test.each([
  'MSG room-1 1 3\r\nab\r\n',
  'MSG room-1 1 3\r\nabc\r\nM',
  'MSG 3\r\nabc\r\n',
  'PING\r\n',
  '',
])('%j is no message', (record) => {
  expect(() => nats.read(Buffer.from(record))).toThrow()
})
