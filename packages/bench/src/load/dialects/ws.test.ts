import { expect, test } from 'vitest'
import { openTalk } from './testing/open-talk.ts'
import { ws } from './ws.ts'

test('joins at once and is ready when that is answered', () => {
  const { come, sent, readies } = openTalk(ws, { rooms: ['room-1', 'room-2'] })
  expect(sent).toEqual(['{"join":["room-1","room-2"]}'])
  come('{"joined":true}')
  expect(readies()).toBe(1)
})

test('what is sent comes back as it was', () => {
  const { come, sent, talk, records, failures } = openTalk(ws)
  const done: boolean[] = []
  talk.send('room-1', '1 "a"', (isTaken) => done.push(isTaken))
  come(String(sent[1]))
  expect([done, records, failures]).toEqual([[true], [sent[1]], []])
  expect(ws.read(Buffer.from(records[0] ?? ''))).toEqual({ texts: ['1 "a"'] })
})

test('of several rooms, only the first one is recorded', () => {
  const frames = ['{"room":"room-1","text":"1 a"}', '{"room":"room-10","text":"1 b"}']
  const several = openTalk(ws, { rooms: ['room-1', 'room-10'] })
  const single = openTalk(ws)
  for (const frame of frames) {
    several.come(frame)
    single.come(frame)
  }
  expect(several.records).toEqual(frames.slice(0, 1))
  expect(single.records).toEqual(frames)
})

test.each(['', '{', '{"joined":false}', '{"error":"no"}'])(
  'says that it did not expect %j',
  (frame) => {
    const { come, failures, readies } = openTalk(ws)
    come(frame)
    expect([failures.length, readies()]).toEqual([1, 0])
  },
)

test('a binary frame is none of ours', () => {
  const { come, failures, records } = openTalk(ws)
  come(Buffer.from('{"room":"room-1","text":"1 a"}'))
  expect([failures, records]).toEqual([['a binary frame'], []])
})

test.each(['{"room":"room-1","text":"1 a', '{"room":"room-1"}', '{"room":1,"text":"1"}', '[]'])(
  '%j is no message',
  (record) => {
    expect(() => ws.read(Buffer.from(record))).toThrow()
  },
)
