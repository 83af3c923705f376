import { generate } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { mqtt } from './mqtt.ts'
import { openTalk } from './testing/open-talk.ts'

// As mosquitto 2.0 sent them.
const CONNACK = Buffer.from('20020000', 'hex')
const SUBACK = Buffer.from('9003000100', 'hex')

const publish = (
  text: string,
  { topic = 'room-1', qos = 0 as 0 | 1, retain = false } = {},
): Buffer =>
  generate({ cmd: 'publish', topic, payload: text, qos, retain, dup: false, messageId: 1 })
const textOf = (packets: readonly Buffer[]): string[] =>
  packets.map((packet) => packet.toString('latin1'))

test('connects, subscribes and is ready when that is granted', () => {
  const { come, sent, readies, failures } = openTalk(mqtt, { rooms: ['room-1', 'room-2'] })
  expect(sent).toEqual([
    generate({ cmd: 'connect', clientId: 'bench-1', clean: true, keepalive: 0 }),
  ])
  come(CONNACK)
  const subscriptions = ['room-1', 'room-2'].map((topic) => ({ topic, qos: 0 as const }))
  expect(sent[1]).toEqual(generate({ cmd: 'subscribe', messageId: 1, subscriptions }))
  expect(readies()).toBe(0)
  come(SUBACK)
  expect([readies(), failures]).toEqual([1, []])
})

test('is ready without a room when it is connected', () => {
  const { come, sent, readies } = openTalk(mqtt, { rooms: [] })
  come(CONNACK)
  expect([sent.length, readies()]).toEqual([1, 1])
})

test('publishes what is sent, at most once', () => {
  const { talk, sent } = openTalk(mqtt)
  const done: boolean[] = []
  talk.send('room-1', '1 a', (isTaken) => done.push(isTaken))
  expect([sent[1], done]).toEqual([publish('1 a'), [true]])
})

test('finds every packet, wherever the frames were cut', () => {
  const packets = [publish('1 a'), publish('x'.repeat(150)), publish(''), publish('4 d')]
  const stream = Buffer.concat([SUBACK, ...packets])
  for (let first = 0; first <= stream.length; first += 1) {
    for (let second = first; second <= stream.length; second += 7) {
      const its = openTalk(mqtt)
      its.come(stream.subarray(0, first))
      its.come(stream.subarray(first, second))
      its.come(stream.subarray(second))
      expect([its.records, its.readies(), its.failures]).toEqual([textOf(packets), 1, []])
    }
  }
})

test('finds every packet in frames of a byte, and in one that is larger than what is copied', () => {
  const packets = Array.from({ length: 40 }, (_, index) => publish(`${index} ${'x'.repeat(200)}`))
  const stream = Buffer.concat(packets)
  const bytewise = openTalk(mqtt)
  for (const byte of stream) bytewise.come(Buffer.of(byte))
  expect(bytewise.records).toEqual(textOf(packets))
  const whole = openTalk(mqtt)
  whole.come(stream.subarray(0, 10))
  whole.come(stream.subarray(10))
  expect(whole.records).toEqual(textOf(packets))
})

test('of several rooms, only the first one is recorded', () => {
  const several = openTalk(mqtt, { rooms: ['room-1', 'room-2'] })
  const single = openTalk(mqtt)
  for (const text of ['1 a', 'x'.repeat(200)]) {
    const both = [publish(text), publish(text, { topic: 'room-2' })]
    several.come(Buffer.concat(both))
    single.come(Buffer.concat(both))
    expect(several.records.splice(0)).toEqual(textOf(both.slice(0, 1)))
    expect(single.records.splice(0)).toEqual(textOf(both))
  }
})

test.each([
  ['a refused connection', '20020005'],
  ['a refused subscription', '9003000180'],
  ['an answer that was not asked for', 'd000'],
  ['an ack of what is not acknowledged', '40020001'],
  ['a type that does not exist', '0000'],
  ['a size of five bytes', '308080808000'],
  ['a size that nobody sends', '30ffff7f'],
])('says that it did not expect %s', (_, bytes) => {
  const { come, failures, records, readies } = openTalk(mqtt)
  come(Buffer.from(bytes, 'hex'))
  expect([failures.length, records, readies()]).toEqual([1, [], 0])
})

test('a text frame is none of ours', () => {
  const { come, failures, records } = openTalk(mqtt)
  come(publish('1 a').toString('latin1'))
  expect([failures, records]).toEqual([['a text frame'], []])
})

test('reads the text of a message', () => {
  expect(mqtt.read(publish('7 some text'))).toEqual({ texts: ['7 some text'] })
})

test.each([
  ['cut off', publish('7 some text').subarray(0, -1)],
  ['followed by more', Buffer.concat([publish('7'), publish('8')])],
  ['sent to be repeated', publish('7', { qos: 1 })],
  ['kept from before', publish('7', { retain: true })],
  ['an answer', SUBACK],
  ['nothing', Buffer.alloc(0)],
])('what is %s is no message', (_, record) => {
  expect(() => mqtt.read(record)).toThrow()
})
