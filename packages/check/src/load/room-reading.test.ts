import type { Event } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { checkHistory } from '../checks/check-history.ts'
import type { HistoryLine } from '../history/history-line.ts'
import { RoomReading } from './room-reading.ts'

const event = (seq: number): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-01-01T00:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  msgNo: seq,
  clientMsgId: '01a1fe7b-82b7-74f9-b429-dd5a238e34e6',
  data: { type: 'text', text: `${seq}` },
})

function rig() {
  const lines: HistoryLine[] = []
  const recorder = { now: () => 1, write: (line: HistoryLine) => void lines.push(line) }
  const device = { name: 'ws-1', userId: 'bob', via: 'websocket' as const }
  const reading = new RoomReading(recorder, device)
  const short = () =>
    lines.map((line) => {
      if (line.kind === 'delivery') return `${line.span}: ${line.seq} ${line.by}`
      return line.kind === 'reader' ? `${line.what} ${line.seq ?? line.detail ?? ''}` : line.kind
    })
  return { lines, reading, short }
}

test('what is handed over is taken down as it comes: gaps and doubles too', () => {
  const { reading, short } = rig()
  reading.startAt('r', 4)
  reading.take('r', [event(5), event(7), event(7)], 'live')
  expect(short()).toEqual(['starts 4', '1: 5 live', '1: 7 live', '1: 7 live'])
  expect(reading.position('r')).toBe(7)
})

test('a room that nothing has named begins where its first event is', () => {
  const { reading, short } = rig()
  reading.take('r', [event(9)], 'live')
  expect(short()).toEqual(['starts 8', '1: 9 live'])
})

test('who is told to be in the room anew goes on from there, and never from before where it is', () => {
  const { reading, short } = rig()
  reading.addedAt('r', 4)
  reading.take('r', [event(5)], 'live')
  reading.addedAt('r', 4)
  reading.take('r', [event(6)], 'live')
  reading.addedAt('r', 9)
  reading.take('r', [event(10)], 'live')
  expect(short()).toEqual(['added 4', '1: 5 live', '1: 6 live', 'added 9', '2: 10 live'])
})

test('what comes of a room that it was told to be out of begins nothing, and is found', async () => {
  const { reading, short, lines } = rig()
  reading.startAt('r', 4)
  reading.take('r', [event(5)], 'live')
  reading.remove('r')
  reading.take('r', [event(6)], 'live')
  expect(short()).toEqual(['starts 4', '1: 5 live', 'removed ', '1: 6 live'])
  expect(reading.position('r')).toBeNull()
  const results = await checkHistory(lines)
  const found = results.filter((result) => result.found > 0).map(({ check }) => check)
  expect(found).toEqual(['C8', 'I8'])
})

test.each([
  ['by what says so', (reading: RoomReading) => reading.mayReturn('r')],
  ['by a session that begins', (reading: RoomReading) => reading.connected('g1')],
])('who may be in the room again, %s, begins with what comes first', async (_how, comeBack) => {
  const { reading, short, lines } = rig()
  reading.startAt('r', 4)
  reading.remove('r')
  comeBack(reading)
  reading.take('r', [event(9)], 'live')
  expect(short().slice(-2)).toEqual(['starts 8', '2: 9 live'])
  const results = await checkHistory(lines)
  expect(results.filter(({ found }) => found > 0)).toEqual([])
})

test('a reset and a return begin anew', () => {
  const { reading, short } = rig()
  reading.startAt('r', 0)
  reading.resetTo('r', 6, 'too-far')
  reading.remove('r')
  expect(reading.position('r')).toBeNull()
  expect(reading.positions()).toEqual({})
  reading.startAt('r', 10)
  reading.take('r', [event(11)], 'sync', 0)
  reading.end(['r', 'other'])
  expect(short()).toEqual([
    'starts 0',
    'reset 6',
    'removed ',
    'starts 10',
    '3: 11 sync',
    'heads 11',
  ])
})

test('an id that only its author is shown is not taken down', () => {
  const { reading, lines } = rig()
  reading.take('r', [event(1)], 'live')
  expect(JSON.stringify(lines)).not.toContain('clientMsgId')
})
