import { randomUUID } from 'node:crypto'
import {
  LIMITS,
  type Event,
  type EventRanges,
  type EventRangesRequest,
} from '@parley/message-schema'
import { expect, test } from 'vitest'
import { EventFetcher } from './event-fetcher.ts'

const said = (seq: number): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  msgNo: seq,
  data: { type: 'text', text: `m${seq}` },
})

/** An API whose every room has `head` events, of which `most` fit into a range, and what it was asked. */
function begin(head: number, most = Infinity) {
  const asked: EventRangesRequest['rooms'][] = []
  const control = { fail: false }
  const { fetchAfter } = new EventFetcher(async ({ rooms }): Promise<EventRanges> => {
    asked.push(rooms)
    await Promise.resolve()
    if (control.fail) throw new Error('away')
    return {
      rooms: Object.fromEntries(
        Object.entries(rooms).map(([roomId, { after, limit }]) => [
          roomId,
          {
            head,
            memberVersion: 1,
            events: Array.from(
              { length: Math.max(0, Math.min(limit, most, head - after)) },
              (_, i) => said(after + i + 1),
            ),
          },
        ]),
      ),
    }
  })
  const seqsAfter = async (roomId: string, after: number): Promise<number[]> =>
    (await fetchAfter(roomId, after)).events.map(({ seq }) => seq)
  return { asked, control, fetchAfter, seqsAfter }
}
const from = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => first + i)

test('who asks for the same at the same time shares one answer', async () => {
  const { asked, fetchAfter } = begin(10)
  const roomId = randomUUID()
  const [one, other] = await Promise.all([fetchAfter(roomId, 3), fetchAfter(roomId, 3)])
  expect(other).toBe(one)
  expect(asked).toEqual([{ [roomId]: { after: 3, limit: LIMITS.syncEvents } }])
  await fetchAfter(roomId, 3)
  expect(asked).toHaveLength(2)
})

test('the asks of one moment share one request, and each is answered from its own position on', async () => {
  const { asked, seqsAfter } = begin(10)
  const [one, other] = [randomUUID(), randomUUID()]
  const answers = await Promise.all([seqsAfter(one, 8), seqsAfter(other, 9), seqsAfter(one, 6)])
  expect(answers).toEqual([[9, 10], [10], [7, 8, 9, 10]])
  expect(asked).toHaveLength(1)
})

test('whoever is close to the head is not kept from it by who is far behind in the same room', async () => {
  const { seqsAfter } = begin(9_000)
  const roomId = randomUUID()
  const [far, near] = await Promise.all([seqsAfter(roomId, 0), seqsAfter(roomId, 8_900)])
  expect(far).toEqual(from(1, LIMITS.syncEvents))
  expect([near[0], near.length]).toEqual([8_901, 100])
})

test('a request that fails is the failure of those who shared it, and the next is asked anew', async () => {
  const { control, fetchAfter, seqsAfter } = begin(2)
  const roomId = randomUUID()
  control.fail = true
  const failed = await Promise.allSettled([
    fetchAfter(roomId, 0),
    fetchAfter(roomId, 0),
    fetchAfter(roomId, 1),
  ])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  control.fail = false
  expect(await seqsAfter(roomId, 0)).toEqual([1, 2])
})

test('whoever an answer to others did not reach is answered from its own position on', async () => {
  const { asked, seqsAfter } = begin(900, 10)
  const roomId = randomUUID()
  const answers = await Promise.all([0, 5, 100, 104, 500].map((after) => seqsAfter(roomId, after)))
  expect(answers).toEqual([from(1, 10), from(6, 5), from(101, 10), from(105, 6), from(501, 10)])
  expect(asked.map((rooms) => rooms[roomId]?.after)).toEqual([0, 100, 500])
  // At the head there is nothing, and nothing is asked for again.
  expect(await Promise.all([seqsAfter(roomId, 895), seqsAfter(roomId, 900)])).toEqual([
    from(896, 5),
    [],
  ])
  expect(asked).toHaveLength(4)
})
