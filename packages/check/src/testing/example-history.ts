import type { HistoryLine } from '../history/history-line.ts'
import { anEvent, lineOf, type SomeEvent } from './write-lines.ts'

const { run, asked, handed, told, seen, row, mark } = lineOf

const said = (seq: number, by: string, msgNo: number, text: string): SomeEvent =>
  anEvent(seq, 'message:created', { by, msgNo, data: { type: 'text', text } })
const joined = (seq: number, by: string, userId = by): SomeEvent =>
  anEvent(seq, 'member:joined', { by, data: { userId, role: 'member' } })

export const TOMBSTONE: SomeEvent = anEvent(5, 'message:created', {
  by: 'bob',
  msgNo: 2,
  data: { type: 'text', deleted: true },
})

/** A room that shows everything to all: bob takes back what he said. */
export const HALL: readonly SomeEvent[] = [
  anEvent(1, 'room:updated', { by: 'ann', data: { kind: 'room', history: 'all' } }),
  joined(2, 'ann'),
  joined(3, 'ann', 'bob'),
  said(4, 'ann', 1, 'hello'),
  said(5, 'bob', 2, 'hi'),
  anEvent(6, 'message:updated', { by: 'ann', ref: 4, data: { version: 1, text: 'hello!' } }),
  anEvent(7, 'message:deleted', { by: 'bob', ref: 5, data: {} }),
  said(8, 'ann', 3, 'bye'),
]

const SEALED = { version: 1, sealed: true }
/** A room that shows what was said since one came: bob comes after the first message, and is removed. */
const DEN: readonly SomeEvent[] = [
  anEvent(1, 'room:updated', { by: 'ann', data: { kind: 'room', history: 'since-join' } }),
  joined(2, 'ann'),
  said(3, 'ann', 1, 'one'),
  joined(4, 'bob'),
  said(5, 'ann', 2, 'two'),
  anEvent(6, 'message:updated', { by: 'ann', ref: 3, data: SEALED }),
  anEvent(7, 'member:left', { by: 'ann', data: { userId: 'bob', reason: 'removed' } }),
  said(8, 'ann', 3, 'three'),
]

const at = (log: readonly SomeEvent[], seq: number): SomeEvent => {
  const event = log[seq - 1]
  if (event === undefined) throw new Error(`There is no event ${seq}.`)
  return event
}

const inHall = { roomId: 'hall' }
const inDen = { roomId: 'den' }

function hallLines(): HistoryLine[] {
  const live = (seq: number, reader: string, atMs: number): HistoryLine =>
    handed(at(HALL, seq), { ...inHall, reader, atMs })
  const caughtUp = (seq: number): HistoryLine =>
    handed(at(HALL, seq), { ...inHall, reader: 'ws-bob', atMs: 61, by: 'sync', askedMs: 60 })
  const hi = { ...inHall, process: 'ws-bob', op: 'send', key: 'k2', value: 'hi' } as const
  const ofAnn = { ...inHall, process: 'ws-ann' } as const
  const read = { ...ofAnn, op: 'read' } as const
  return [
    told('ws-ann', 'connected', 1),
    told('ws-bob', 'connected', 1),
    told('ws-ann', 'starts', 2, { ...inHall, seq: 3 }),
    told('ws-bob', 'starts', 2, { ...inHall, seq: 3 }),
    asked({ ...ofAnn, op: 'send', key: 'k1', value: 'hello', invokedMs: 10, result: { seq: 4 } }),
    live(4, 'ws-ann', 13),
    live(4, 'ws-bob', 13),
    asked({ ...hi, invokedMs: 20, type: 'info' }),
    live(5, 'ws-ann', 23),
    live(5, 'ws-bob', 23),
    asked({ ...hi, attempt: 1, invokedMs: 24, result: { seq: 5, msgNo: 2, dup: true } }),
    told('ws-bob', 'disconnected', 29),
    asked({
      ...ofAnn,
      op: 'edit',
      key: 'k3',
      ref: 4,
      value: 'hello!',
      invokedMs: 30,
      result: { seq: 6, version: 1 },
    }),
    live(6, 'ws-ann', 33),
    asked({ ...read, value: 5, invokedMs: 34, result: { readSeq: 5 } }),
    asked({ ...read, value: 6, invokedMs: 38, result: { readSeq: 6 } }),
    asked({
      ...hi,
      op: 'delete',
      key: 'k4',
      ref: 5,
      value: undefined,
      invokedMs: 40,
      result: { seq: 7 },
    }),
    live(7, 'ws-ann', 43),
    told('ws-bob', 'connected', 59),
    caughtUp(6),
    caughtUp(7),
    asked({ ...ofAnn, op: 'send', key: 'k5', value: 'bye', invokedMs: 70, result: { seq: 8 } }),
    live(8, 'ws-ann', 73),
    live(8, 'ws-bob', 73),
    asked({ ...hi, key: 'k6', value: 'x', invokedMs: 75, type: 'fail', error: 'REJECTED' }),
    asked({
      ...hi,
      op: 'search',
      key: undefined,
      value: 'h',
      invokedMs: 78,
      result: { seqs: [4] },
    }),
  ]
}

function denLines(): HistoryLine[] {
  const live = (seq: number, reader: string, atMs: number): HistoryLine =>
    handed(at(DEN, seq), { ...inDen, reader, atMs })
  const send = (value: string, invokedMs: number, seq: number): HistoryLine =>
    asked({
      ...inDen,
      process: 'ws-ann',
      op: 'send',
      key: `d${seq}`,
      value,
      invokedMs,
      result: { seq },
    })
  return [
    told('ws-ann', 'starts', 80, { ...inDen, seq: 2 }),
    send('one', 81, 3),
    live(3, 'ws-ann', 84),
    told('ws-bob', 'starts', 90, { ...inDen, seq: 3 }),
    live(4, 'ws-ann', 91),
    live(4, 'ws-bob', 91),
    send('two', 92, 5),
    live(5, 'ws-ann', 95),
    live(5, 'ws-bob', 95),
    asked({
      ...inDen,
      process: 'ws-ann',
      op: 'edit',
      key: 'd6',
      ref: 3,
      value: 'one!',
      invokedMs: 96,
      result: { seq: 6 },
    }),
    live(6, 'ws-ann', 99),
    live(6, 'ws-bob', 99),
    asked({ ...inDen, process: 'ws-ann', op: 'remove', value: 'bob', invokedMs: 100 }),
    live(7, 'ws-ann', 103),
    told('ws-bob', 'removed', 103, inDen),
    send('three', 104, 8),
    live(8, 'ws-ann', 107),
  ]
}

function quietLines(): HistoryLine[] {
  const final = (event: SomeEvent, roomId: string): HistoryLine =>
    handed(event, {
      reader: 'http-ann',
      roomId,
      atMs: 40_003,
      by: 'final',
      askedMs: 40_002,
      via: 'http',
    })
  const shown = { senderId: 'ann', deleted: false }
  const messages = [
    { ...shown, seq: 4, msgNo: 1, text: 'hello!', version: 1 },
    { senderId: 'bob', deleted: true, seq: 5, msgNo: 2, text: null, version: 0 },
    { ...shown, seq: 8, msgNo: 3, text: 'bye', version: 0 },
  ]
  const isPlanned = { value: 'SIGKILL', expected: 'SIGKILL' }
  const online = { value: 'online', expected: 'online', observer: 'ws-ann' }
  return [
    asked({ process: 'app-eve', op: 'sign-out', invokedMs: 110 }),
    asked({ process: 'app-eve', op: 'presence', invokedMs: 5_000, type: 'fail' }),
    { kind: 'fault', name: 'kill', target: 'g1', startedMs: 10_000, endedMs: 11_000 },
    seen('exit', 'g1', 10_001, isPlanned),
    mark('load-ends', 11_500),
    mark('healed', 12_000),
    mark('quiet', 40_000),
    seen('presence', 'bob', 50_000, online),
    seen('resource', 'g1', 40_001, { value: { fds: 40 }, expected: { fds: 44 } }),
    seen('crash-log', 'g1', 40_001, { value: 0 }),
    ...HALL.map((event) => final(event.seq === 5 ? TOMBSTONE : event, 'hall')),
    ...DEN.map((event) => final(event, 'den')),
    asked({
      ...inHall,
      process: 'http-ann',
      op: 'history',
      invokedMs: 40_010,
      result: { messages, isAll: true },
    }),
    seen('unread', 'bob', 40_020, { ...inHall, value: 1 }),
    seen('read-cursor', 'ann', 40_020, { ...inHall, value: 6, observer: 'ws-ann' }),
    seen('head', 'ws-ann', 40_021, { ...inHall, value: 8, expected: 8 }),
  ]
}

function databaseLines(): HistoryLine[] {
  const keys: Record<number, string> = { 4: 'k1', 5: 'k2', 6: 'k3', 7: 'k4', 8: 'k5' }
  const room = { kind: 'room', head: 8, lastMsgNo: 3 } as const
  const ann = { userId: 'ann', joinedSeq: 2 }
  const bob = { userId: 'bob', joinedSeq: 3, readSeq: 4 }
  const members = [{ ...ann, readSeq: 6 }, bob]
  // The row keeps what the readers are not told.
  const edit = { ...at(DEN, 6), data: { ...SEALED, text: 'one!' } }
  return [
    { ...room, ...inHall, history: 'all', members },
    ...HALL.map((event) =>
      row('hall', event.seq === 5 ? TOMBSTONE : event, keys[event.seq] ?? null),
    ),
    { ...room, ...inDen, history: 'since-join', members: [{ ...ann, readSeq: 2 }] },
    ...DEN.map((event) => {
      const isSent = [3, 5, 6, 8].includes(event.seq)
      return row('den', event.seq === 6 ? edit : event, isSent ? `d${event.seq}` : null)
    }),
    mark('end', 60_000),
  ]
}

/** Small, and every check finds something to look at in it. */
export const exampleHistory = (): HistoryLine[] =>
  structuredClone([run(), ...hallLines(), ...denLines(), ...quietLines(), ...databaseLines()])
