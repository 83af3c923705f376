import { expect, test } from 'vitest'
import type { HistoryLine, Via } from '../history/history-line.ts'
import type { LoadClient } from '../load/load-client.ts'
import { RoomReading } from '../load/room-reading.ts'
import type { LoadStage } from '../load/set-stage.ts'
import { markQuiet, type QuietRoom } from './wait-until-quiet.ts'

const lines: HistoryLine[] = []
const recorder = { now: () => 7, write: (line: HistoryLine) => void lines.push(line) }

function clientAt(via: Via, seq?: number): LoadClient {
  const device = { name: `${via}-ann`, userId: 'ann', via }
  const reading = new RoomReading(recorder, device)
  if (seq !== undefined) reading.startAt('hall', seq)
  return { device, reading } as unknown as LoadClient
}

test('places are told behind the mark, and of members that know of none that they do not', () => {
  const clients = [clientAt('http', 3), clientAt('sdk'), clientAt('websocket')]
  const stage = { rooms: [{ id: 'hall' }] } as unknown as LoadStage
  const room = { roomId: 'hall', head: 5, memberIds: new Set(['ann']) } as unknown as QuietRoom
  lines.length = 0
  markQuiet({ stage, clients, recorder }, [room])
  expect(lines).toMatchObject([
    { kind: 'mark', what: 'quiet' },
    { kind: 'reader', reader: 'http-ann', what: 'heads', seq: 3 },
    { kind: 'observation', what: 'head', subject: 'sdk-ann', value: 0, expected: 5 },
  ])
  expect(lines).toHaveLength(3)
})
