import { expect, test } from 'vitest'
import { socketIo } from './socket-io.ts'
import { openTalk } from './testing/open-talk.ts'

const OPEN =
  '0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'

test('connects, joins and is ready when that is acknowledged', () => {
  const { come, sent, readies, failures } = openTalk(socketIo, { rooms: ['room-1', 'room-2'] })
  come(OPEN)
  come('40{"sid":"y"}')
  expect(sent).toEqual(['40', '420["join",["room-1","room-2"]]'])
  expect(readies()).toBe(0)
  come('430[]')
  expect(readies()).toBe(1)
  expect(failures).toEqual([])
})

test('is ready without a room when it is connected', () => {
  const { come, sent, readies } = openTalk(socketIo, { rooms: [] })
  come(OPEN)
  come('40{"sid":"y"}')
  expect([sent, readies()]).toEqual([['40'], 1])
})

test('answers pings', () => {
  const { come, sent } = openTalk(socketIo)
  come('2')
  expect(sent).toEqual(['3'])
})

test('a send is done when its own ack comes, and refused when that gives a reason', () => {
  const { come, sent, talk, failures } = openTalk(socketIo)
  const done: string[] = []
  for (const text of ['1 a', '2 b', '3 c'])
    talk.send('room-1', text, (isTaken) => done.push(`${text} ${isTaken}`))
  expect(sent[1]).toBe('422["send","room-1","2 b"]')
  come('432[]')
  come('433["Error: (conn:1) Lock wait timeout"]')
  come('431[]')
  expect(done).toEqual(['2 b true', '3 c false', '1 a true'])
  expect(failures).toEqual([])
  come('431[]')
  expect(failures).toHaveLength(1)
})

test('of several rooms, only the first one is recorded', () => {
  const frames = ['42["message","room-1","1 a"]', '42["message","room-10","1 b"]']
  const several = openTalk(socketIo, { rooms: ['room-1', 'room-10'] })
  const single = openTalk(socketIo)
  for (const frame of frames) {
    several.come(frame)
    single.come(frame)
  }
  expect(several.records).toEqual(frames.slice(0, 1))
  // Who is in one room is shown all: what is not its own is found when it is compared.
  expect(single.records).toEqual(frames)
})

test.each([
  '',
  '4',
  '42',
  '41',
  '1',
  '44{"message":"no"}',
  '43[]',
  '43x[]',
  '430["full"]',
  '51-["m"]',
])('says that it did not expect %j', (frame) => {
  const { come, failures, records } = openTalk(socketIo)
  come(frame)
  expect(failures).toHaveLength(1)
  expect(records).toEqual([])
})

test('a binary packet is none of ours', () => {
  const { come, failures } = openTalk(socketIo)
  come(Buffer.from('42["message","room-1","1 a"]'))
  expect(failures).toEqual(['a binary packet'])
})

test('reads the text of a message', () => {
  expect(socketIo.read(Buffer.from('42["message","room-1","7 some text"]'))).toEqual({
    texts: ['7 some text'],
  })
})

test.each([
  '42["message","room-1","7 some',
  '42["message","room-1"]',
  '42["message","room-1",7]',
  '42["notice","room-1","7"]',
  '43["message","room-1","7"]',
])('%j is no message', (record) => {
  expect(() => socketIo.read(Buffer.from(record))).toThrow()
})
