import type { Event } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { EventRing } from './event-ring.ts'

const event = (seq: number, text = 'x'): Event => ({
  seq,
  type: 'message:created',
  ts: '2026-11-21T10:00:00.000Z',
  actor: { id: 'ada', kind: 'user' },
  msgNo: seq,
  data: { type: 'text', text },
})
function ringOf(from: number, to: number, text?: string): EventRing {
  const ring = new EventRing()
  for (let seq = from; seq <= to; seq += 1) ring.push(event(seq, text))
  return ring
}
const seqs = (events: readonly Event[] | undefined) => events?.map(({ seq }) => seq)

test('it answers everything after a position, or says that it cannot', () => {
  const ring = ringOf(11, 15)
  expect(seqs(ring.after(10))).toEqual([11, 12, 13, 14, 15])
  expect(seqs(ring.after(13))).toEqual([14, 15])
  expect(seqs(ring.after(14))).toEqual([15])
  expect(ring.after(9)).toBeUndefined()
  expect(ring.after(0)).toBeUndefined()
  expect(ring.after(15)).toBeUndefined()
  expect(ring.after(99)).toBeUndefined()
  expect(new EventRing().after(0)).toBeUndefined()
})

test('however long the log, the latest are at hand, and what is answered is whole', () => {
  const ring = new EventRing()
  for (let seq = 1; seq <= 5_000; seq += 1) {
    ring.push(event(seq))
    for (const back of [1, 2, 50, 255]) {
      const after = Math.max(0, seq - back)
      const expected = Array.from({ length: seq - after }, (_, i) => after + i + 1)
      expect(seqs(ring.after(after))).toEqual(expected)
    }
  }
  expect(ring.after(5_000 - 1_000)).toBeUndefined()
})

test('long messages take no more room than many short ones: what is forgotten is the oldest', () => {
  const ring = new EventRing()
  const long = 'x'.repeat(20_000)
  for (let seq = 1; seq <= 300; seq += 1) ring.push(event(seq, long))
  const kept = Array.from({ length: 300 }, (_, i) => i).filter(
    (after) => ring.after(after) !== undefined,
  )
  expect(300 - Math.min(...kept)).toBeLessThanOrEqual(30)
  expect(seqs(ring.after(299))).toEqual([300])
})

test('what was deleted is handed to nobody who comes later: the ring says what the log says', () => {
  const ring = ringOf(1, 3, 'a secret')
  ring.push({
    seq: 4,
    type: 'message:updated',
    ts: '2026-11-21T10:00:00.000Z',
    actor: { id: 'ada', kind: 'user' },
    ref: 2,
    data: { version: 1, text: 'a secret too' },
  })
  ring.push({
    seq: 5,
    type: 'message:deleted',
    ts: '2026-11-21T10:00:00.000Z',
    actor: { id: 'ada', kind: 'user' },
    ref: 2,
    data: {},
  })
  const handed = ring.after(0) ?? []
  expect(seqs(handed)).toEqual([1, 2, 3, 4, 5])
  expect(handed[1]?.data).toEqual({ type: 'text', deleted: true })
  expect(handed[3]?.data).toEqual({ version: 1, deleted: true })
  expect(handed[0]?.data).toEqual({ type: 'text', text: 'a secret' })
})

test('what retention has erased is handed to nobody who comes later either', () => {
  const ring = ringOf(1, 3, 'a secret')
  const of = { ts: '2026-11-21T10:00:00.000Z', actor: { id: 'ada', kind: 'user' as const } }
  ring.push({ seq: 4, type: 'message:updated', ...of, ref: 2, data: { version: 1, text: 'x' } })
  ring.push({ seq: 5, type: 'room:updated', ...of, data: { erasedTo: 2 } })
  expect((ring.after(0) ?? []).map(({ data }) => data)).toEqual([
    { type: 'text', deleted: true },
    { type: 'text', deleted: true },
    { type: 'text', text: 'a secret' },
    { version: 1, deleted: true },
    { erasedTo: 2 },
  ])
})

test('what stood before can be put in, as much of its end as there is room for', () => {
  const ring = ringOf(1_001, 1_100)
  ring.prepend(Array.from({ length: 1_000 }, (_, n) => event(n + 1)))
  const first = ring.first ?? 0
  expect(first).toBeGreaterThan(1)
  expect(first).toBeLessThan(1_001 - 200)
  const all = Array.from({ length: 1_100 - first + 1 }, (_, n) => first + n)
  expect(seqs(ring.after(first - 1))).toEqual(all)
  ring.push(event(1_101))
  expect(seqs(ring.after(1_099))).toEqual([1_100, 1_101])
})

test('also into an empty one, and no more of long messages than it keeps', () => {
  const ring = new EventRing()
  ring.prepend(Array.from({ length: 100 }, (_, n) => event(n + 1, 'x'.repeat(20_000))))
  expect(ring.first).toBeGreaterThan(70)
  expect(seqs(ring.after(98))).toEqual([99, 100])
})

test.each([
  ['payloads', { payload: { blob: 'x'.repeat(16_000) } }],
  ['attachments', { attachments: Array.from({ length: 40 }, () => ({ name: 'x'.repeat(400) })) }],
])('long %s weigh as much as long texts', (_, more) => {
  const heavy = (seq: number): Event =>
    ({ ...event(seq), data: { type: 'card', ...more } }) as unknown as Event
  const pushed = new EventRing()
  for (let seq = 1; seq <= 511; seq += 1) pushed.push(heavy(seq))
  const prepended = new EventRing()
  prepended.prepend(Array.from({ length: 511 }, (_event, n) => heavy(n + 1)))
  for (const ring of [pushed, prepended]) {
    const kept = ring.after((ring.first ?? 0) - 1) ?? []
    expect(kept.at(-1)?.seq).toBe(511)
    expect(kept.length).toBeGreaterThan(10)
    expect(JSON.stringify(kept).length).toBeLessThan(600_000)
  }
})
