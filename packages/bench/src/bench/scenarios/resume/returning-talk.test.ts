import { expect, test } from 'vitest'
import type { Dialect } from '../../../load/dialects/dialect.ts'
import { openTalk } from '../../../load/dialects/testing/open-talk.ts'
import { RoomPositions } from './room-positions.ts'
import { returningTalk } from './returning-talk.ts'
import { roomTextOf } from './room-text.ts'

function talk(rooms = ['r1']) {
  const reports: string[] = []
  const refusals: (number | undefined)[] = []
  let moves = 0
  const positions = new RoomPositions({ rooms, report: (what) => reports.push(what) })
  const dialect: Dialect = {
    upgrade: () => ({ path: '/', headers: [] }),
    open: ({ token }, line) =>
      returningTalk({
        token,
        line,
        positions,
        moved: () => (moves += 1),
        refused: (retryAfterMs) => refusals.push(retryAfterMs),
      }),
    read: () => ({ texts: [] }),
  }
  return {
    ...openTalk(dialect, { token: 'a-token' }),
    positions,
    reports,
    refusals,
    moves: () => moves,
  }
}

const event = (seq: number, number: number) => ({
  seq,
  type: 'message:created',
  data: { text: roomTextOf('r1', number) },
})
const answer = (id: number, data: object): string =>
  `43${id}${JSON.stringify([{ ok: true, data }])}`
const news = (...events: object[]): string =>
  `42${JSON.stringify(['room:events', { roomId: 'r1', head: 9, events }])}`

test('it signs in, syncs from its positions, and is ready when that is answered', () => {
  const { come, sent, readies, positions, failures } = talk()
  come('0{"sid":"x"}')
  expect(sent).toEqual(['40{"token":"a-token","v":1}'])
  come('40{"sid":"y"}')
  come('42["session:ready",{}]')
  expect(sent[1]).toBe('421["sync",{"rooms":{}}]')
  expect(readies()).toBe(0)
  come(answer(1, { rooms: { r1: { from: 4, to: 4, head: 4, events: [] } }, epoch: 'e' }))
  come('2')
  expect([readies(), sent[2], positions.asked(), failures]).toEqual([1, '3', { r1: 4 }, []])
})

test('a gap is synced once, and what did not fit is asked for again', () => {
  const { come, sent, positions, readies } = talk(['r1', 'r2'])
  positions.takeAnswer('r1', { from: 4, to: 4, head: 4 })
  positions.takeAnswer('r2', { from: 7, to: 7, head: 7 })
  come(news(event(6, 1)))
  come(news(event(7, 2)))
  expect(sent).toEqual(['421["sync",{"rooms":{"r1":4,"r2":7}}]'])
  const events = [event(5, 0), event(6, 1), event(7, 2)]
  come(answer(1, { rooms: { r1: { from: 4, to: 7, head: 7, events } }, more: true, epoch: 'e' }))
  expect([sent[1], readies()]).toEqual(['422["sync",{"rooms":{"r2":7}}]', 0])
  come(answer(2, { rooms: { r2: { from: 7, to: 7, head: 7, events: [] } }, epoch: 'e' }))
  expect([readies(), positions.asked()]).toEqual([1, { r1: 7, r2: 7 }])
})

test('a refused handshake says when to come again', () => {
  const { come, refusals, failures } = talk()
  come('44{"message":"busy","data":{"code":"SERVER_BUSY","retryAfterMs":1200}}')
  expect([refusals, failures.length]).toEqual([[1200], 1])
})

test('the end of a session, and what nobody knows, end the connection', () => {
  const { come, failures } = talk()
  come('42["session:end",{"code":"DRAINING"}]')
  come('9')
  expect(failures).toEqual([expect.stringContaining('DRAINING'), 'An unknown packet: 9'])
})
