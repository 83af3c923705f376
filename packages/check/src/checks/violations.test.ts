import { describe, expect, test } from 'vitest'
import type { DeliveryLine, HistoryLine, RowLine } from '../history/history-line.ts'
import { Draft } from '../testing/draft.ts'
import { exampleHistory, HALL, TOMBSTONE } from '../testing/example-history.ts'
import { anEvent, lineOf, type SomeEvent } from '../testing/write-lines.ts'
import type { CheckOptions } from './check-options.ts'
import { checkHistory } from './check-history.ts'
import type { CheckId } from './violation.ts'

interface Case {
  readonly says: string
  readonly breaks: readonly CheckId[]
  /** Breaks the history; answers the lines that show it, and nothing else. */
  readonly change: (draft: Draft) => (HistoryLine | undefined)[]
  readonly options?: CheckOptions
}

const inHall = { roomId: 'hall' }
const inDen = { roomId: 'den' }
const rowIn = (roomId: string, seq: number) => ({ kind: 'row', roomId, seq })
const sent = (key: string) => ({ kind: 'operation', key })
const handed = (reader: string, roomId: string, seq: number) => ({
  kind: 'delivery',
  reader,
  roomId,
  seq,
})
const withText = (line: HistoryLine, text: string) => {
  const { event } = line as DeliveryLine
  return { event: { ...event, data: { type: 'text', text } } }
}

const log: Case[] = [
  {
    says: 'a hole in the rows',
    breaks: ['C1', 'C4', 'C7', 'I4', 'I5'],
    change: (draft) => {
      const line = draft.find(rowIn('hall', 3))
      draft.drop(line)
      return [draft.find(rowIn('hall', 2)), draft.find(rowIn('hall', 4))]
    },
  },
  {
    says: 'a seq that stands twice',
    breaks: ['C1', 'I4'],
    change: (draft) => {
      const line = draft.find(rowIn('hall', 4))
      return [line, draft.repeat(line)]
    },
  },
  {
    says: 'a head that is not the last event',
    breaks: ['C1', 'C5', 'C7', 'I4', 'I9'],
    change: (draft) => [
      draft.change(draft.find({ kind: 'room', ...inHall }), { head: 9 }),
      draft.find(rowIn('hall', 8)),
    ],
  },
  {
    says: 'a message number that is left out',
    breaks: ['C1', 'I4'],
    change: (draft) => {
      const state = draft.find({ kind: 'room', ...inDen })
      draft.change(state, { lastMsgNo: 4 })
      const line = draft.find(rowIn('den', 8))
      for (const one of draft.all({ kind: 'delivery', roomId: 'den', seq: 8 })) {
        const { event } = one as DeliveryLine
        draft.change(one, { event: { ...event, msgNo: 4 } })
      }
      return [draft.change(line, { msgNo: 4 })]
    },
  },
  {
    says: 'a room that says another number of messages',
    breaks: ['C1', 'I4'],
    change: (draft) => [
      draft.change(draft.find({ kind: 'room', ...inHall }), { lastMsgNo: 2 }),
      draft.find(rowIn('hall', 8)),
    ],
  },
]

const sends: Case[] = [
  {
    says: 'an acknowledged message that is not in the log',
    breaks: ['C2', 'I1', 'I3'],
    change: (draft) => {
      const line = draft.find(sent('k5'))
      return [draft.repeat(line, { key: 'k9', result: { seq: 9 } })]
    },
  },
  {
    says: 'an acknowledged message with another text',
    breaks: ['C2', 'I1', 'I3'],
    change: (draft) => [
      draft.change(draft.find(sent('k5')), { value: 'something else' }),
      draft.find(rowIn('hall', 8)),
    ],
  },
  {
    says: 'an acknowledged message of somebody else',
    breaks: ['C2', 'I1', 'I3'],
    change: (draft) => {
      const line = draft.find(sent('k1'))
      const other = { process: 'ws-bob', userId: 'bob', key: 'k9' }
      return [draft.repeat(line, other), draft.find(rowIn('hall', 4))]
    },
  },
  {
    says: 'an acknowledgement that names the place of another event',
    breaks: ['C2', 'C3', 'I1', 'I3'],
    change: (draft) => [
      draft.change(draft.find(sent('k5')), { result: { seq: 7 } }),
      draft.find(rowIn('hall', 7)),
    ],
  },
  {
    says: 'an edit of another message than was asked for',
    breaks: ['C2', 'I1', 'I3'],
    change: (draft) => [
      draft.change(draft.find(sent('k3')), { ref: 8 }),
      draft.find(rowIn('hall', 6)),
    ],
  },
  {
    says: 'an acknowledgement with another number of the message',
    breaks: ['C2', 'I1', 'I3'],
    change: (draft) => [
      draft.change(draft.find(sent('k5')), { result: { seq: 8, msgNo: 4 } }),
      draft.find(rowIn('hall', 8)),
    ],
  },
  {
    says: 'a reaction that was acknowledged, and is not there',
    breaks: ['C2', 'I1', 'I3'],
    change: (draft) => {
      const line = draft.find(sent('k5'))
      const reaction = { op: 'react', key: undefined, value: 'ok', ref: 4, result: { seq: 6 } }
      return [draft.repeat(line, reaction), draft.find(rowIn('hall', 6))]
    },
  },
  {
    says: 'a retry that made another event',
    breaks: ['C3', 'I1', 'I2'],
    change: (draft) => {
      const again = { ...HALL[4], seq: 9, msgNo: 4 }
      const state = draft.find({ kind: 'room', ...inHall })
      draft.change(state, { head: 9, lastMsgNo: 4 })
      draft.change(draft.find({ what: 'head' }), { value: 9, expected: 9 })
      for (const line of draft.all({ kind: 'delivery', ...inHall, seq: 8 })) {
        draft.repeat(line, { seq: 9, event: again })
      }
      const list = draft.find({ kind: 'operation', op: 'history' })
      const { result } = list as unknown as { result: { messages: object[] } }
      const shown = { seq: 9, msgNo: 4, senderId: 'bob', text: 'hi', version: 0, deleted: false }
      draft.change(list, { result: { isAll: true, messages: [...result.messages, shown] } })
      const last = draft.find(rowIn('hall', 8))
      return [
        draft.find(rowIn('hall', 5)),
        draft.add(lineOf.row('hall', again as SomeEvent, 'k2'), last),
      ]
    },
  },
  {
    says: 'a retry that was told another place',
    breaks: ['C2', 'C3', 'I1', 'I3'],
    change: (draft) => {
      const first = draft.find({ ...sent('k2'), type: 'ok' })
      return [first, draft.repeat(first, { result: { seq: 4, dup: true }, attempt: 2 })]
    },
  },
  {
    says: 'a retry that was told that it was the first',
    breaks: ['C3', 'I3'],
    change: (draft) => {
      const first = draft.find(sent('k1'))
      return [first, draft.repeat(first, { attempt: 1, invokedMs: 13, completedMs: 14 })]
    },
  },
  {
    says: 'a message that was refused, and is there',
    breaks: ['I2'],
    change: (draft) => {
      const refused = { type: 'fail', result: undefined, error: 'FORBIDDEN' }
      return [draft.change(draft.find(sent('k5')), refused), draft.find(rowIn('hall', 8))]
    },
  },
  {
    says: 'a message that nobody asked for',
    breaks: ['I1'],
    change: (draft) => {
      draft.drop(draft.find(sent('k5')))
      return [draft.find(rowIn('hall', 8))]
    },
  },
  {
    says: 'a message that overtook what was acknowledged before it was asked for',
    breaks: ['I7'],
    change: (draft) => {
      const [one, two] = [draft.find(sent('k1')), draft.find(sent('k5'))]
      const later = draft.change(one, { invokedMs: 80, completedMs: 81 })
      return [later, two]
    },
  },
]

const readers: Case[] = [
  {
    says: 'a delivery that was left out',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      draft.drop(draft.find(handed('ws-ann', 'hall', 5)))
      return [draft.find(handed('ws-ann', 'hall', 4)), draft.find(handed('ws-ann', 'hall', 6))]
    },
  },
  {
    says: 'a delivery that came twice',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      const line = draft.find(handed('ws-ann', 'hall', 6))
      return [line, draft.repeat(line)]
    },
  },
  {
    says: 'two deliveries in the wrong order',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      const [one, two] = [handed('ws-bob', 'hall', 6), handed('ws-bob', 'hall', 7)]
      draft.swap(draft.find(one), draft.find(two))
      return [draft.find(two), draft.find(one)]
    },
  },
  {
    says: 'a stream that does not begin where it was said to',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      const starts = draft.find({ kind: 'reader', reader: 'ws-ann', what: 'starts', ...inHall })
      return [draft.change(starts, { seq: 2 }), draft.find(handed('ws-ann', 'hall', 4))]
    },
  },
  {
    says: 'a room that one is said to have come into anew, and never left',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      const skipped = draft.find(handed('ws-bob', 'hall', 6))
      const before = draft.find(handed('ws-bob', 'hall', 5))
      const added = lineOf.told('ws-bob', 'added', 60, { ...inHall, seq: 6 })
      draft.add(added, skipped)
      draft.drop(skipped)
      return [before, added]
    },
  },
  {
    says: 'a gap in the answers to sync',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      draft.drop(draft.find(handed('ws-bob', 'hall', 6)))
      return [draft.find(handed('ws-bob', 'hall', 5)), draft.find(handed('ws-bob', 'hall', 7))]
    },
  },
  {
    says: 'a gap in what was read at the end',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      draft.drop(draft.find(handed('http-ann', 'hall', 3)))
      return [draft.find(handed('http-ann', 'hall', 2)), draft.find(handed('http-ann', 'hall', 4))]
    },
  },
  {
    says: 'what the official client counted against its stream',
    breaks: ['C4', 'I6'],
    change: (draft) => [
      draft.add(lineOf.seen('guarantees', 'sdk-ann', 5, { value: { gaps: 1, doubles: 0 } })),
    ],
  },
  {
    says: 'a text that one reader was handed otherwise',
    breaks: ['C4', 'C7', 'I5'],
    change: (draft) => {
      const line = draft.find(handed('ws-bob', 'hall', 8))
      return [draft.change(line, withText(line, 'no')), draft.find(rowIn('hall', 8))]
    },
  },
  {
    says: 'a time that one reader was handed otherwise',
    breaks: ['C4', 'C7', 'I5'],
    change: (draft) => {
      const line = draft.find(handed('ws-bob', 'hall', 8))
      const event = { ...(line as DeliveryLine).event, ts: '2001-01-01T00:00:00.000Z' }
      return [draft.find(handed('ws-ann', 'hall', 8)), draft.change(line, { event })]
    },
  },
  {
    says: 'an event that the log does not have',
    breaks: ['C4', 'C7', 'I5'],
    change: (draft) => {
      const last = draft.find(handed('ws-ann', 'hall', 8))
      const event = { ...(last as DeliveryLine).event, seq: 9 }
      return [draft.repeat(last, { seq: 9, event })]
    },
  },
  {
    says: 'a final read that ends before the head',
    breaks: ['C7'],
    change: (draft) => {
      draft.drop(draft.find(handed('http-ann', 'hall', 8)))
      return [draft.find(handed('http-ann', 'hall', 7)), draft.find({ kind: 'room', ...inHall })]
    },
  },
  {
    says: 'a final read that begins too late',
    breaks: ['C7'],
    change: (draft) => {
      draft.drop(draft.find(handed('http-ann', 'hall', 1)))
      return [draft.find(handed('http-ann', 'hall', 2)), draft.find(rowIn('hall', 2))]
    },
  },
  {
    says: 'a list of messages without one of them',
    breaks: ['C7'],
    change: (draft) => {
      const line = draft.find({ kind: 'operation', op: 'history' })
      const { result } = line as unknown as { result: { messages: unknown[] } }
      const messages = result.messages.slice(0, 2)
      return [draft.change(line, { result: { ...result, messages } }), draft.find(rowIn('hall', 8))]
    },
  },
  {
    says: 'a list of messages without the last edit',
    breaks: ['C7'],
    change: (draft) => {
      const line = draft.find({ kind: 'operation', op: 'history' })
      const { result } = line as unknown as { result: { messages: object[] } }
      const [first, ...rest] = result.messages
      const messages = [{ ...first, text: 'hello', version: 0 }, ...rest]
      return [draft.change(line, { result: { ...result, messages } }), draft.find(rowIn('hall', 6))]
    },
  },
  {
    says: 'a list of messages with another text',
    breaks: ['C7'],
    change: (draft) => {
      const line = draft.find({ kind: 'operation', op: 'history' })
      const { result } = line as unknown as { result: { messages: object[] } }
      const [first, ...rest] = result.messages
      const messages = [{ ...first, text: 'no' }, ...rest]
      return [draft.change(line, { result: { ...result, messages } }), draft.find(rowIn('hall', 4))]
    },
  },
]

const times: Case[] = [
  {
    says: 'a reader that never gets the last event',
    breaks: ['C5', 'I9'],
    change: (draft) => {
      draft.drop(draft.find(handed('ws-bob', 'hall', 8)))
      return [draft.find(handed('ws-bob', 'hall', 7)), draft.find(rowIn('hall', 8))]
    },
  },
  {
    says: 'a reader that is handed something later than promised',
    breaks: ['C5', 'I9'],
    change: (draft) => [
      draft.find(sent('k5')),
      draft.change(draft.find(handed('ws-bob', 'hall', 8)), { atMs: 22_500 }),
    ],
  },
  {
    says: 'a head that is not known at the end',
    breaks: ['C5', 'I9'],
    change: (draft) => [draft.change(draft.find({ what: 'head' }), { value: 7 })],
  },
  {
    says: 'a reader that says it ends before the head',
    breaks: ['C5', 'I9'],
    change: (draft) => [
      draft.add(
        lineOf.told('ws-ann', 'heads', 50_000, { ...inHall, seq: 7 }),
        draft.find({ what: 'quiet' }),
      ),
      draft.find({ kind: 'room', ...inHall }),
    ],
  },
  {
    says: 'a message of which nobody ever hears, though all is well',
    breaks: ['I9'],
    change: (draft) => {
      const unheard = {
        key: 'k9',
        invokedMs: 13_000,
        completedMs: 34_000,
        type: 'info',
        result: undefined,
      }
      return [draft.repeat(draft.find(sent('k5')), unheard)]
    },
  },
]

const cursors: Case[] = [
  {
    says: 'a cursor that goes back',
    breaks: ['C6', 'I10'],
    change: (draft) => {
      const [first, second] = draft.all({ kind: 'operation', op: 'read' })
      if (second === undefined) throw new Error('There is one read only.')
      return [first, draft.change(second, { value: 4, result: { readSeq: 4 } })]
    },
  },
  {
    says: 'a cursor that is not stored',
    breaks: ['C6', 'I10'],
    change: (draft) => {
      const state = draft.find({ kind: 'room', ...inHall })
      const members = (state as { members: object[] }).members.map((one) => ({
        ...one,
        readSeq: 4,
      }))
      const [, second] = draft.all({ kind: 'operation', op: 'read' })
      return [second, draft.change(state, { members })]
    },
  },
  {
    says: 'a device that has another cursor',
    breaks: ['C6', 'I10'],
    change: (draft) => [
      draft.change(draft.find({ what: 'read-cursor' }), { value: 5 }),
      draft.find({ kind: 'room', ...inHall }),
    ],
  },
  {
    says: 'a wrong number of unread messages',
    breaks: ['C6', 'I10'],
    change: (draft) => [
      draft.change(draft.find({ what: 'unread' }), { value: 2 }),
      draft.find({ kind: 'room', ...inHall }),
      draft.find(rowIn('hall', 8)),
    ],
  },
  {
    says: 'another number of unread messages than whoever measured expects',
    breaks: ['C6', 'I10'],
    change: (draft) => [draft.change(draft.find({ what: 'unread' }), { expected: 2 })],
  },
  {
    says: 'a wrong number of mentions',
    breaks: ['C6', 'I10'],
    change: (draft) => [
      draft.change(draft.find({ what: 'unread' }), { value: { unread: 1, mentions: 1 } }),
      draft.find({ kind: 'room', ...inHall }),
    ],
  },
  {
    says: 'another number of mentions than whoever measured expects',
    breaks: ['C6', 'I10'],
    change: (draft) => [
      draft.change(draft.find({ what: 'unread' }), {
        value: { unread: 1, mentions: 1 },
        expected: { unread: 1, mentions: 0 },
      }),
    ],
  },
  {
    says: 'a wrong number of unread messages in an answer',
    breaks: ['C6', 'I10'],
    change: (draft) => [
      draft.find(rowIn('hall', 4)),
      draft.find(rowIn('hall', 8)),
      draft.find({ kind: 'room', ...inHall }),
      draft.repeat(
        draft.find({ kind: 'operation', op: 'search' }),
        { op: 'unread', invokedMs: 50_000, completedMs: 50_001, result: { unread: 0, readSeq: 3 } },
        draft.find({ what: 'quiet' }),
      ),
    ],
  },
]

const members: Case[] = [
  {
    says: 'an event from before one came',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const starts = draft.find({ kind: 'reader', reader: 'ws-bob', what: 'starts', ...inDen })
      const before = draft.find(handed('ws-ann', 'den', 3))
      draft.change(starts, { seq: 2 })
      const leaked = { reader: 'ws-bob', userId: 'bob', atMs: 91 }
      const first = draft.find(handed('ws-bob', 'den', 4))
      const line = draft.repeat(before, leaked, first)
      draft.swap(first, line)
      return [line, draft.find(rowIn('den', 4))]
    },
  },
  {
    says: 'an event from after one was removed',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      draft.drop(draft.find({ kind: 'reader', what: 'removed' }))
      for (const seq of [7, 8]) {
        const line = draft.find(handed('ws-ann', 'den', seq))
        draft.repeat(line, { reader: 'ws-bob', userId: 'bob', via: 'polling' })
      }
      return [draft.find(handed('ws-bob', 'den', 8)), draft.find(rowIn('den', 7))]
    },
  },
  {
    says: 'one who is told to be out before they were handed what was said until then',
    breaks: ['C4', 'I6'],
    change: (draft) => {
      draft.drop(draft.find(handed('ws-bob', 'den', 6)))
      const removed = draft.find({ kind: 'reader', what: 'removed' })
      return [draft.find(handed('ws-bob', 'den', 5)), removed, draft.find(rowIn('den', 7))]
    },
  },
  {
    says: 'an event after one was told to be out',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const line = draft.find(handed('ws-bob', 'den', 6))
      draft.drop(line)
      // It was not following the room, so that nobody asks whether it had all.
      const told = draft.find({ kind: 'reader', what: 'removed' })
      const removed = draft.change(told, { detail: 'not-member' })
      draft.add(line, removed)
      return [removed, line]
    },
  },
  {
    says: 'a page that was asked for after one was removed',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const line = draft.find(handed('ws-bob', 'den', 5))
      const page = { by: 'page', span: 1, askedMs: 200, atMs: 202 }
      return [draft.repeat(line, page, draft.find({ what: 'quiet' })), draft.find(rowIn('den', 7))]
    },
  },
  {
    says: 'a reader who never came',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const line = draft.find(handed('ws-ann', 'hall', 4))
      return [draft.repeat(line, { reader: 'ws-eve', userId: 'eve', by: 'page' })]
    },
  },
  {
    says: 'a search that finds what one may not see',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const search = draft.find({ kind: 'operation', op: 'search' })
      const when = { invokedMs: 99, completedMs: 99.5 }
      const found = { ...inDen, ...when, result: { seqs: [3] } }
      return [draft.repeat(search, found), draft.find(rowIn('den', 4))]
    },
  },
  {
    says: 'a list of messages that one may not see',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const list = draft.find({ kind: 'operation', op: 'history' })
      const message = { seq: 3, msgNo: 1, senderId: 'ann', text: 'one', version: 0, deleted: false }
      const who = { process: 'http-bob', userId: 'bob', ...inDen, invokedMs: 99, completedMs: 99.5 }
      return [
        draft.repeat(list, { ...who, result: { messages: [message] } }),
        draft.find(rowIn('den', 4)),
      ]
    },
  },
  {
    says: 'the words of a sealed edit',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const line = draft.find(handed('ws-bob', 'den', 6))
      const { event } = line as DeliveryLine
      const data = { version: 1, sealed: true, text: 'one!' }
      return [draft.change(line, { event: { ...event, data } })]
    },
  },
  {
    says: 'a member of whom the log knows nothing',
    breaks: ['C8', 'I8'],
    change: (draft) => {
      const state = draft.find({ kind: 'room', ...inHall })
      const { members: some } = state as { members: object[] }
      const eve = { userId: 'eve', joinedSeq: 3, readSeq: 3 }
      return [draft.change(state, { members: [...some, eve] })]
    },
  },
]

const deletions: Case[] = [
  {
    says: 'words in a row of what was deleted',
    breaks: ['C4', 'C7', 'I5', 'I13'],
    change: (draft) => [
      draft.change(draft.find(rowIn('hall', 5)), { data: { type: 'text', text: 'hi' } }),
      draft.find(rowIn('hall', 7)),
    ],
  },
  {
    says: 'words that come back to somebody who asks',
    breaks: ['C7', 'I13'],
    change: (draft) => {
      const line = draft.find(handed('http-ann', 'hall', 5))
      return [
        draft.find({ kind: 'operation', op: 'delete' }),
        draft.change(line, { event: HALL[4] }),
      ]
    },
  },
  {
    says: 'words that come after their tombstone',
    breaks: ['C7', 'I13'],
    change: (draft) => {
      const line = draft.find(handed('ws-ann', 'hall', 5))
      const page = { by: 'page', askedMs: undefined, atMs: 200 }
      const tombstone = draft.repeat(line, { ...page, span: 1, event: TOMBSTONE })
      return [tombstone, draft.repeat(line, { ...page, span: 2 }, tombstone)]
    },
  },
  {
    says: 'a tombstone with words',
    breaks: ['C4', 'C7', 'I5', 'I13'],
    change: (draft) => {
      const line = draft.find(handed('http-ann', 'hall', 5))
      const data = { type: 'text', deleted: true, text: 'hi' }
      return [draft.change(line, { event: { ...TOMBSTONE, data } })]
    },
  },
  {
    says: 'a tombstone of what was never deleted',
    breaks: ['C4', 'C7', 'I5', 'I13'],
    change: (draft) => {
      const line = draft.find(handed('ws-bob', 'hall', 8))
      const event = { ...(line as DeliveryLine).event, data: { type: 'text', deleted: true } }
      return [draft.change(line, { event }), draft.find(rowIn('hall', 8))]
    },
  },
  {
    says: 'a deleted message that is found',
    breaks: ['C7', 'I13'],
    change: (draft) => [
      draft.find({ kind: 'operation', op: 'delete' }),
      draft.change(draft.find({ kind: 'operation', op: 'search' }), { result: { seqs: [5] } }),
    ],
  },
  {
    says: 'a deleted message that was observed to be found',
    breaks: ['C7', 'I13'],
    change: (draft) => [
      draft.find({ kind: 'operation', op: 'delete' }),
      draft.add(
        lineOf.seen('search', 'ann', 50_000, { ...inHall, value: { seqs: [5], askedMs: 49_000 } }),
      ),
    ],
  },
  {
    says: 'a deleted message in a list',
    breaks: ['C7', 'I13'],
    change: (draft) => {
      const line = draft.find({ kind: 'operation', op: 'history' })
      const { result } = line as unknown as { result: { messages: { seq: number }[] } }
      const messages = result.messages.map((one) => (one.seq === 5 ? { ...one, text: 'hi' } : one))
      return [
        draft.find({ kind: 'operation', op: 'delete' }),
        draft.change(line, { result: { ...result, messages } }),
      ]
    },
  },
  {
    says: 'a version that is not a later one',
    breaks: ['I13'],
    change: (draft) => {
      const zero = (line: HistoryLine, data: unknown): HistoryLine =>
        line.kind === 'row'
          ? draft.change(line, { data: { ...line.data, version: 0 } })
          : draft.change(line, {
              event: { ...(line as DeliveryLine).event, data: { ...(data as object), version: 0 } },
            })
      for (const one of draft.all({ kind: 'delivery', ...inDen, seq: 6 })) {
        zero(one, (one as DeliveryLine).event['data'])
      }
      return [zero(draft.find(rowIn('den', 6)) as RowLine, {})]
    },
  },
]

const others: Case[] = [
  {
    says: 'a ghost',
    breaks: ['I11'],
    change: (draft) => [draft.change(draft.find({ what: 'presence' }), { expected: 'offline' })],
  },
  {
    says: 'something that was accepted after the sign-out',
    breaks: ['I12'],
    change: (draft) => [
      draft.find({ op: 'sign-out' }),
      draft.change(draft.find({ process: 'app-eve', op: 'presence' }), { type: 'ok' }),
    ],
  },
  {
    says: 'something that was handed over after the sign-out',
    breaks: ['I12'],
    change: (draft) => {
      const out = draft.find({ op: 'sign-out' })
      const late = draft.find(handed('ws-ann', 'hall', 8))
      return [
        draft.change(out, { process: 'ws-ann', userId: 'ann', invokedMs: 0, completedMs: 1 }),
        draft.change(late, { atMs: 2_100 }),
      ]
    },
  },
  {
    says: 'more of a resource than is allowed',
    breaks: ['I14'],
    change: (draft) => [draft.change(draft.find({ what: 'resource' }), { value: { fds: 45 } })],
  },
  {
    says: 'a resource that goes on growing',
    breaks: ['I14'],
    change: (draft) => {
      const start = draft.find({ kind: 'fault' })
      const samples = Array.from({ length: 40 }, (_, n) =>
        lineOf.seen('resource', 'g2', n * 60_000, { value: { timers: 100 + n * 5 } }),
      )
      for (const one of samples.toReversed()) draft.add(one, start)
      draft.drop(draft.find({ what: 'load-ends' }))
      return [samples[20], samples[39]]
    },
    options: { catchUpMs: 10_000_000 },
  },
  {
    says: 'a process that ended by itself',
    breaks: ['I15'],
    change: (draft) => [draft.change(draft.find({ what: 'exit' }), { expected: undefined })],
  },
  {
    says: 'a crash in a log',
    breaks: ['I15'],
    change: (draft) => [draft.change(draft.find({ what: 'crash-log' }), { value: 1 })],
  },
]

const groups = { log, sends, readers, times, cursors, members, deletions, others }

describe.each(Object.entries(groups))('%s', (_, cases) => {
  test.each(cases.map((one) => [one.says, one] as const))('%s', async (_says, one) => {
    const draft = new Draft(exampleHistory())
    const shown = one.change(draft).map((line) => draft.numberOf(line as HistoryLine))
    expect(shown).not.toContain(0)
    const results = await checkHistory(draft.lines, one.options)
    const violated = results.filter(({ state }) => state === 'violated')
    const says = results.flatMap(({ violations }) =>
      violations.map((found) => `${found.check} ${found.says} [${found.lines}]`),
    )
    expect(
      violated.map(({ check }) => check),
      says.join('\n'),
    ).toEqual(one.breaks)
    const isShown = (lines: readonly number[]): boolean =>
      lines.join() === shown.toSorted((a, b) => a - b).join()
    const found = violated.flatMap(({ violations }) => violations)
    expect(
      found.some(({ lines }) => isShown(lines)),
      `${shown.join()}: ${says.join('\n')}`,
    ).toBe(true)
  })
})

describe('without the database', () => {
  const isSeen = ({ kind }: HistoryLine): boolean => kind !== 'row' && kind !== 'room'
  const remote = (): Draft => new Draft(exampleHistory().filter(isSeen))
  const violatedOf = async ({ lines }: Draft): Promise<CheckId[]> => {
    const results = await checkHistory(lines)
    return results.filter(({ state }) => state === 'violated').map(({ check }) => check)
  }

  test('what was read at the end is the log', async () => {
    const results = await checkHistory(remote().lines)
    expect(results.filter(({ state }) => state !== 'held')).toEqual([])
  })

  test('an acknowledged message that nobody can read is lost', async () => {
    const draft = remote()
    draft.repeat(draft.find(sent('k5')), { key: 'k9', result: { seq: 9 } })
    expect(await violatedOf(draft)).toEqual(['C2', 'I1', 'I3'])
  })

  test('a text that stands twice was sent twice', async () => {
    const draft = remote()
    for (const line of draft.all({ kind: 'delivery', ...inHall, seq: 8 })) {
      const { event } = line as DeliveryLine
      draft.repeat(line, { seq: 9, event: { ...event, seq: 9, msgNo: 4 } })
    }
    draft.change(draft.find({ what: 'head' }), { value: 9, expected: 9 })
    draft.change(draft.find({ what: 'unread' }), { value: 2 })
    draft.drop(draft.find({ kind: 'operation', op: 'history' }))
    expect(await violatedOf(draft)).toEqual(['C3', 'I1', 'I2'])
  })

  test('a text that was refused and can be read', async () => {
    const draft = remote()
    const refused = { type: 'fail', result: undefined, error: 'FORBIDDEN' }
    draft.change(draft.find(sent('k5')), refused)
    expect(await violatedOf(draft)).toEqual(['I2'])
  })

  test('nobody knows what became of what was not read at the end', async () => {
    const draft = remote()
    for (const line of draft.all({ kind: 'delivery', by: 'final' })) draft.drop(line)
    draft.repeat(draft.find(sent('k5')), { key: 'k9', result: { seq: 9 } })
    const results = await checkHistory(draft.lines)
    const states = Object.fromEntries(results.map(({ check, state }) => [check, state]))
    expect(states).toMatchObject({ C1: 'not-checked', C2: 'held', I4: 'not-checked' })
  })
})

describe('what is no violation', () => {
  const isHeld = async ({ lines }: Draft): Promise<void> => {
    const results = await checkHistory(lines)
    expect(results.flatMap(({ violations }) => violations)).toEqual([])
  }
  const example = (): Draft => new Draft(exampleHistory())

  test('a message that nobody knows of is there', async () => {
    const draft = example()
    draft.change(draft.find(sent('k5')), { type: 'info', result: undefined })
    await isHeld(draft)
  })

  test('a message that nobody knows of is not there', async () => {
    const draft = example()
    draft.repeat(draft.find(sent('k5')), {
      type: 'info',
      result: undefined,
      key: 'k9',
      value: 'no',
    })
    await isHeld(draft)
  })

  test('the text of what is deleted later, by an answer that was asked for before', async () => {
    const draft = example()
    const line = draft.find(handed('ws-ann', 'hall', 5))
    draft.repeat(
      line,
      { by: 'page', span: 1, askedMs: 39, atMs: 200 },
      draft.find({ op: 'sign-out' }),
    )
    await isHeld(draft)
  })

  test('a reader that is told to begin elsewhere', async () => {
    const draft = example()
    draft.drop(draft.find(handed('ws-bob', 'hall', 6)))
    const seventh = draft.find(handed('ws-bob', 'hall', 7))
    const reset = lineOf.told('ws-bob', 'reset', 60, { ...inHall, seq: 6 })
    draft.swap(seventh, draft.add(reset, seventh))
    await isHeld(draft)
  })

  test('what comes late while something is broken, or to somebody who is away', async () => {
    const draft = example()
    draft.change(draft.find(handed('ws-bob', 'hall', 8)), { atMs: 21_900 })
    await isHeld(draft)
  })

  test('a cursor that was set back', async () => {
    const draft = example()
    const [, second] = draft.all({ kind: 'operation', op: 'read' })
    if (second === undefined) throw new Error('There is one read only.')
    const back = draft.change(second, { mode: 'set', value: 4, result: { readSeq: 4 } })
    draft.repeat(back, {
      mode: 'forward',
      value: 6,
      result: { readSeq: 6 },
      invokedMs: 41,
      completedMs: 43,
    })
    await isHeld(draft)
  })

  test('coming back', async () => {
    const draft = example()
    const rows = [
      anEvent(9, 'member:joined', { by: 'bob', data: { userId: 'bob', role: 'member' } }),
      anEvent(10, 'message:created', { by: 'ann', msgNo: 4, data: { type: 'text', text: 'four' } }),
    ]
    const members = [
      { userId: 'ann', joinedSeq: 2, readSeq: 2 },
      { userId: 'bob', joinedSeq: 9, readSeq: 9 },
    ]
    draft.change(draft.find({ kind: 'room', ...inDen }), { head: 10, lastMsgNo: 4, members })
    const quiet = draft.find({ what: 'load-ends' })
    for (const row of rows.toReversed()) {
      draft.add(lineOf.row('den', row), draft.find(rowIn('den', 8)))
      draft.add(lineOf.handed(row, { reader: 'ws-bob', ...inDen, atMs: 11_000 }), quiet)
      draft.add(lineOf.handed(row, { reader: 'ws-ann', ...inDen, atMs: 11_000 }), quiet)
      const last = draft.find(handed('http-ann', 'den', 8))
      draft.repeat(last, { seq: row.seq, event: row })
    }
    draft.add(lineOf.told('ws-bob', 'starts', 10_500, { ...inDen, seq: 8 }), quiet)
    await isHeld(draft)
  })

  test('times are not looked at where nobody said that all is well again', async () => {
    const draft = example()
    draft.drop(draft.find({ what: 'healed' }))
    draft.drop(draft.find({ what: 'head' }))
    draft.change(draft.find(handed('ws-bob', 'hall', 8)), { atMs: 39_000 })
    const results = await checkHistory(draft.lines)
    expect(results.find(({ check }) => check === 'C5')?.state).toBe('not-checked')
  })
})
