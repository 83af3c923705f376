import { describe, expect, test } from 'vitest'
import type { HistoryLine, OperationLine } from '../history/history-line.ts'
import { Draft } from '../testing/draft.ts'
import { smallRoom } from '../testing/small-room.ts'
import { lineOf } from '../testing/write-lines.ts'
import { checkHistory } from './check-history.ts'
import type { CheckId } from './violation.ts'

const roomId = 'hall'
const { asked, told, seen } = lineOf

async function violated(lines: readonly HistoryLine[]): Promise<CheckId[]> {
  const results = await checkHistory(lines)
  return results.filter(({ state }) => state === 'violated').map(({ check }) => check)
}

async function lookedAt(check: CheckId, lines: readonly HistoryLine[]): Promise<number> {
  const results = await checkHistory(lines)
  return results.find((result) => result.check === check)?.looked ?? 0
}

const ask = (more: Partial<OperationLine> & Pick<OperationLine, 'op'>): HistoryLine =>
  asked({ process: 'ws-ann', roomId, invokedMs: 3_000, ...more })

test('the room that all of this is done to is as it should be', async () => {
  expect(await violated(smallRoom())).toEqual([])
})

describe('what was acknowledged, and is nowhere', () => {
  const seqless = { key: 'lost', value: 'lost words' }
  test.each<[string, HistoryLine, CheckId[]]>([
    ['a send without a seq', ask({ op: 'send', ...seqless, result: {} }), ['C2', 'I1', 'I3']],
    [
      'a send with a seq in quotes',
      ask({ op: 'send', ...seqless, result: { seq: '4' } }),
      ['C2', 'I1', 'I3'],
    ],
    [
      'a send with half a seq',
      ask({ op: 'send', ...seqless, result: { seq: 4.5 } }),
      ['C2', 'I1', 'I3'],
    ],
    [
      'an edit of the official client',
      ask({ op: 'edit', via: 'sdk', ref: 4, value: 'other words', result: {} }),
      ['C2', 'I1', 'I3'],
    ],
    [
      'a deletion of the official client',
      ask({ op: 'delete', via: 'sdk', ref: 4, result: {} }),
      ['C2', 'C7', 'I1', 'I3', 'I13'],
    ],
    ['a ban', ask({ op: 'ban', value: 'bob', result: { seq: 99 } }), ['C2', 'I1']],
    ['a removal', ask({ op: 'remove', value: 'bob', result: {} }), ['C2', 'I1']],
    [
      'a removal at the seq of a message',
      ask({ op: 'remove', value: 'eve', result: { seq: 4 } }),
      ['C2', 'I1'],
    ],
    ['a leaving', ask({ op: 'leave', process: 'ws-bob', result: {} }), ['C2', 'I1']],
    ['a joining', ask({ op: 'join', process: 'ws-eve', result: {} }), ['C2', 'I1']],
  ])('%s', async (_says, line, checks) => {
    expect(await violated(smallRoom({}, [line]))).toEqual(checks)
  })

  test('the joining of who is in and the leaving of who is out change nothing', async () => {
    const more = [
      ask({ op: 'join', process: 'ws-bob', result: {} }),
      ask({ op: 'leave', process: 'ws-eve', result: {} }),
      ask({ op: 'remove', value: 'eve', result: {} }),
    ]
    expect(await violated(smallRoom({}, more))).toEqual([])
  })
})

describe('where nothing is broken, all is well from the beginning', () => {
  test('what comes a minute late under load is late', async () => {
    expect(await violated(smallRoom({ messages: 100, lateMs: 60_000 }))).toEqual(['C5', 'I9'])
  })

  test('what is answered after a minute under load is answered late', async () => {
    const slow = { gapMs: 60_000, ackMs: 55_000 }
    expect(await violated(smallRoom(slow))).toEqual(['I9'])
  })

  test('who is told to come again later for ever is not answered', async () => {
    const busy = (error: string) =>
      Array.from({ length: 20 }, (_, n) => {
        const invokedMs = 100 + n * 2_000
        const times = { attempt: n, invokedMs, type: 'fail', error } as const
        return ask({ op: 'send', process: 'ws-bob', key: 'busy', value: 'bob/1', ...times })
      })
    expect(await violated(smallRoom({ messages: 60 }, busy('SERVER_BUSY')))).toEqual(['I9'])
    expect(await violated(smallRoom({ messages: 60 }, busy('RATE_LIMITED')))).toEqual([])
  })

  test('faults that were planned may have been at work, though none is told of', async () => {
    const draft = new Draft(smallRoom({ messages: 100, lateMs: 60_000 }))
    draft.change(draft.find({ kind: 'run' }), { about: { faults: ['all'] } })
    expect(await violated(draft.lines)).toEqual([])
  })
})

describe('where readers end', () => {
  /** Bob hears nothing from the tenth on. */
  const stuck = (via: 'http' | 'websocket', atMs: number): HistoryLine[] => {
    const draft = new Draft(smallRoom())
    for (const line of draft.all({ kind: 'delivery', reader: 'ws-bob' })) {
      if (line.kind !== 'delivery' || line.seq > 10) draft.drop(line)
      else if (via === 'http') draft.change(line, { via, by: 'page', askedMs: line.atMs - 1 })
    }
    for (const line of draft.all({ kind: 'reader', reader: 'ws-bob' })) draft.change(line, { via })
    const end = told('ws-bob', 'heads', atMs, { roomId, seq: 10, via })
    draft.add(end, draft.find({ kind: 'mark', what: 'quiet' }))
    return draft.lines
  }

  test('a poller that is stuck', async () => {
    expect(await violated(stuck('http', 40_000))).toEqual(['C5', 'I9'])
  })

  test('a client that never gets back in', async () => {
    const draft = new Draft(stuck('websocket', 40_000))
    const gone = told('ws-bob', 'disconnected', 6_020)
    draft.add(gone, draft.find({ kind: 'delivery', reader: 'ws-bob', seq: 10 }))
    expect(await violated(draft.lines)).toEqual(['C5', 'I9'])
  })

  test('a place that is told of before all had their time is held against nobody', async () => {
    const draft = new Draft(smallRoom())
    const early = told('ws-bob', 'heads', 19_100, { roomId, seq: 22 })
    draft.add(early, draft.find({ kind: 'mark', what: 'load-ends' }))
    expect(await violated(draft.lines)).toEqual([])
  })

  test('a read at the end that is answered nothing', async () => {
    const draft = new Draft(smallRoom())
    const begun = told('pages-ann', 'starts', 30_000, { roomId, seq: 0, via: 'http' })
    draft.add(begun, draft.find({ kind: 'mark', what: 'quiet' }))
    expect(await violated(draft.lines)).toEqual(['C7'])
  })
})

describe('a search', () => {
  const search = (result: Record<string, unknown>): HistoryLine =>
    ask({ op: 'search', process: 'ws-bob', via: 'http', value: 'ann', result })
  test.each<[string, Record<string, unknown>]>([
    ['finds what is not in the log', { seqs: [4_000] }],
    ['finds what is no message', { seqs: [2] }],
    ['finds something of another room', { seqs: [4], roomIds: [roomId, 'den'] }],
  ])('%s', async (_says, result) => {
    expect(await violated(smallRoom({}, [search(result)]))).toEqual(['C8', 'I8'])
  })

  test('finds a message of the room', async () => {
    expect(await violated(smallRoom({}, [search({ seqs: [4], roomIds: [roomId] })]))).toEqual([])
  })
})

describe('evidence', () => {
  test('of a sign-out is what was asked for when it was certain', async () => {
    const guest = { process: 'ws-eve', via: 'http' } as const
    const out = ask({ ...guest, op: 'sign-out', invokedMs: 10_000 })
    const again = ask({ ...guest, op: 'history', invokedMs: 18_000, type: 'fail' })
    const broken: HistoryLine = {
      kind: 'fault',
      name: 'slow',
      target: 'g1>redis',
      startedMs: 9_000,
      endedMs: 19_000,
    }
    expect(await lookedAt('I12', smallRoom({}, [out, again]))).toBe(1)
    expect(await lookedAt('I12', smallRoom({}, [out, again, broken]))).toBe(0)
  })

  test('of a cursor is an answer that something is known before', async () => {
    const read = (invokedMs: number, readSeq: number): HistoryLine =>
      ask({ op: 'read', process: 'ws-bob', value: readSeq, invokedMs, result: { readSeq } })
    const unstored = (lines: HistoryLine[]): HistoryLine[] =>
      lines.filter(({ kind }) => kind !== 'room' && kind !== 'row')
    expect(await lookedAt('C6', unstored(smallRoom({}, [read(100, 5)])))).toBe(0)
    expect(await lookedAt('C6', unstored(smallRoom({}, [read(100, 5), read(200, 6)])))).toBe(1)
  })

  test('that a process ended by itself is a violation', async () => {
    const end = seen('exit', 'g1', 500, { value: 'code 1' })
    expect(await violated(smallRoom({}, [end]))).toEqual(['I15'])
  })
})
