import { expect, test } from 'vitest'
import type { HistoryLine } from '../history/history-line.ts'
import { Draft } from '../testing/draft.ts'
import { anEvent, lineOf } from '../testing/write-lines.ts'
import { checkHistory } from './check-history.ts'
import type { CheckId } from './violation.ts'

const roomId = 'hall'
const { run, asked, handed, told, row, mark } = lineOf

const LOG = [
  anEvent(1, 'room:updated', { by: 'ann', data: { kind: 'room', history: 'all' } }),
  anEvent(2, 'member:joined', { by: 'ann', data: { userId: 'ann' } }),
  anEvent(3, 'member:joined', { by: 'ann', data: { userId: 'bob' } }),
  anEvent(4, 'message:created', { by: 'ann', msgNo: 1, data: { type: 'text', text: 'one' } }),
  anEvent(5, 'member:left', { by: 'ann', data: { userId: 'bob', reason: 'removed' } }),
  anEvent(6, 'member:joined', { by: 'bob', data: { userId: 'bob' } }),
  anEvent(7, 'message:created', { by: 'ann', msgNo: 2, data: { type: 'text', text: 'two' } }),
]
const KEYS: Readonly<Record<number, string>> = { 4: 'k1', 7: 'k2' }

/** Bob is removed, and comes back by another device; the one that listens is told nothing of that. */
function unheard(): Draft {
  const live = (reader: string, seq: number, atMs: number): HistoryLine =>
    handed(LOG[seq - 1] ?? LOG[0]!, { reader, roomId, atMs })
  const send = (invokedMs: number, seq: number, value: string): HistoryLine => {
    const key = KEYS[seq] ?? ''
    return asked({ process: 'ws-ann', op: 'send', roomId, key, value, invokedMs, result: { seq } })
  }
  const final = { reader: 'late-ann', roomId, by: 'final', via: 'http' } as const
  return new Draft([
    run(),
    told('ws-ann', 'connected', 1),
    told('ws-bob', 'connected', 1),
    told('ws-ann', 'starts', 2, { roomId, seq: 3 }),
    told('ws-bob', 'starts', 2, { roomId, seq: 3 }),
    send(10, 4, 'one'),
    live('ws-ann', 4, 13),
    live('ws-bob', 4, 13),
    asked({ process: 'ws-ann', op: 'remove', roomId, value: 'bob', invokedMs: 20 }),
    live('ws-ann', 5, 23),
    told('ws-bob', 'removed', 23, { roomId }),
    asked({ process: 'http-bob', op: 'join', via: 'http', roomId, invokedMs: 1_000 }),
    live('ws-ann', 6, 1_003),
    send(2_000, 7, 'two'),
    live('ws-ann', 7, 2_003),
    mark('load-ends', 4_000),
    mark('quiet', 60_000),
    ...LOG.map((event) => handed(event, { ...final, askedMs: 60_050, atMs: 60_100 })),
    {
      kind: 'room',
      roomId,
      head: 7,
      lastMsgNo: 2,
      history: 'all',
      members: [
        { userId: 'ann', joinedSeq: 2, readSeq: 0 },
        { userId: 'bob', joinedSeq: 6, readSeq: 0 },
      ],
    },
    ...LOG.map((event) => row(roomId, event, KEYS[event.seq] ?? null)),
    mark('end', 120_000),
  ])
}

async function violated({ lines }: Draft): Promise<CheckId[]> {
  const results = await checkHistory(lines)
  return results.filter(({ state }) => state === 'violated').map(({ check }) => check)
}

const joining = { kind: 'operation', op: 'join' }

test('a connected device that is never told of a return hears nothing, and that is found', async () => {
  expect(await violated(unheard())).toEqual(['C5', 'I9'])
})

test('one that connects after it is not told', async () => {
  const draft = unheard()
  draft.add(told('ws-bob', 'connected', 900), draft.find(joining))
  expect(await violated(draft)).toEqual([])
})

test('one that is gone before it had to be told is not held to it', async () => {
  const draft = unheard()
  draft.add(told('ws-bob', 'disconnected', 2_100), draft.find(joining))
  expect(await violated(draft)).toEqual([])
})

test('one that says where it is at the end has been told', async () => {
  const draft = unheard()
  const heads = told('ws-bob', 'heads', 60_001, { roomId, seq: 7 })
  draft.add(heads, draft.find({ kind: 'mark', what: 'quiet' }))
  expect(await violated(draft)).toEqual([])
})
