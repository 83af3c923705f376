import type { Event } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { RoomPacket } from './room-packet.ts'

const roomId = '01900000-0000-7000-8000-000000000001'
const said = (seq: number, by: string, clientMsgId?: string): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: by, kind: 'user' },
  msgNo: seq,
  ...(clientMsgId !== undefined && { clientMsgId }),
  data: { type: 'text', text: `"quoted" \u2028 ${seq} 你好` },
})
const packet = new RoomPacket(
  roomId,
  [said(4, 'ada', 'a4'), said(5, 'bob'), said(6, 'eve', 'e6'), said(7, 'ada', 'a7')],
  9,
)

test.each(['ada', 'bob', 'eve', 'kim'])('its text says to %s what its fact says', (reader) => {
  expect(JSON.parse(packet.textFor(reader))).toEqual(['room:events', packet.factFor(reader)])
})

test('without a reader nobody’s id is in it', () => {
  expect(packet.textFor()).not.toContain('clientMsgId')
  expect(packet.textFor()).toBe(packet.textFor('kim'))
})

test('its authors are those who see an id of their own', () => {
  expect([...packet.authors]).toEqual(['ada', 'eve'])
  expect(packet.factFor('ada').events.map(({ clientMsgId }) => clientMsgId)).toEqual([
    'a4',
    undefined,
    undefined,
    'a7',
  ])
})
