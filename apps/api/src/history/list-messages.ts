import type { Message } from '@parley/message-schema'
import type { MessageMarksStore } from '../db/messages/message-marks-store.ts'
import type { MessageStore } from '../db/messages/message-store.ts'
import type { AllowReading, ReaderAccess } from './reader-access.ts'
import { toMessage } from './to-message.ts'

export interface MessagesQuery {
  readonly before?: number | undefined
  readonly after?: number | undefined
  readonly around?: number | undefined
  readonly limit: number
}

/** Cursors are `seq` numbers: `before` and `after` of this page for the next ones. */
export interface MessagesPage {
  readonly data: Message[]
  readonly head: number
  readonly page: {
    readonly before: number | null
    readonly after: number | null
    readonly hasMoreBefore: boolean
    readonly hasMoreAfter: boolean
  }
}

export interface ListMessagesPorts {
  readonly allowReading: AllowReading
  readonly messages: MessageStore
  readonly marks: Pick<MessageMarksStore, 'read'>
}

export type ListMessages = (
  userId: string,
  roomId: string,
  query: MessagesQuery,
) => Promise<MessagesPage>

/** Seqs of a page, ascending, and whether there is more on either side. */
export interface Window {
  readonly seqs: readonly number[]
  readonly hasMoreBefore: boolean
  readonly hasMoreAfter: boolean
}

/** Half of the page older than the middle, half from it on; a short half leaves its place free. */
export function windowAround(
  older: readonly number[],
  newer: readonly number[],
  limit: number,
): Window {
  const half = Math.floor(limit / 2)
  const olderCount = Math.min(older.length, Math.max(half, limit - newer.length))
  const newerCount = Math.min(newer.length, limit - olderCount)
  return {
    seqs: [...older.slice(0, olderCount).toReversed(), ...newer.slice(0, newerCount)],
    hasMoreBefore: older.length > olderCount,
    hasMoreAfter: newer.length > newerCount,
  }
}

/** Nothing beyond the head that the reader was allowed to see, however fast somebody writes (C8). */
async function findWindow(
  messages: MessageStore,
  roomId: string,
  { visibleFrom, head }: ReaderAccess,
  { before, after, around, limit }: MessagesQuery,
): Promise<Window> {
  const below = (seq: number, count: number) =>
    messages.seqsBelow(roomId, visibleFrom, Math.min(seq, head + 1), count)
  const from = (seq: number, count: number) =>
    messages.seqsFrom(roomId, Math.max(seq, visibleFrom), head, count)

  if (around !== undefined) {
    const [older, newer] = await Promise.all([below(around, limit + 1), from(around, limit + 1)])
    return windowAround(older, newer, limit)
  }
  if (after !== undefined) {
    const [newer, older] = await Promise.all([from(after + 1, limit + 1), below(after + 1, 1)])
    return {
      seqs: newer.slice(0, limit),
      hasMoreBefore: older.length > 0,
      hasMoreAfter: newer.length > limit,
    }
  }
  const [older, newer] = await Promise.all([
    below(before ?? head + 1, limit + 1),
    before === undefined ? [] : from(before, 1),
  ])
  return {
    seqs: older.slice(0, limit).toReversed(),
    hasMoreBefore: older.length > limit,
    hasMoreAfter: newer.length > 0,
  }
}

/** As they stand now, ascending, for a reader who is let in before and after. */
export async function readMessages(
  { allowReading, messages, marks }: ListMessagesPorts,
  userId: string,
  roomId: string,
  seqs: readonly number[],
  read: MessageStore['read'] = messages.read,
): Promise<Message[]> {
  const [stored, marked] = await Promise.all([read(roomId, seqs), marks.read(roomId, seqs, userId)])
  // Bodies are as of now: what was edited after the reader was removed is not for them (C8).
  await allowReading(userId, roomId)
  return stored.map((message) => toMessage(roomId, message, userId, marked.get(message.seq)))
}

/** The head is read first: whoever goes on from it in the log misses nothing of what is shown. */
export function createListMessages(ports: ListMessagesPorts): ListMessages {
  const { allowReading, messages } = ports
  return async (userId, roomId, query) => {
    const access = await allowReading(userId, roomId)
    const window = await findWindow(messages, roomId, access, query)
    return { ...(await readWindow(ports, userId, roomId, window, query)), head: access.head }
  }
}

/** What the page is asked for is read first: where not all fits, the rest is left for the next page. */
function nearestFirst(
  seqs: readonly number[],
  { after, around }: Omit<MessagesQuery, 'limit'>,
): number[] {
  const found = around === undefined ? -1 : seqs.findIndex((seq) => seq >= around)
  const middle = after !== undefined ? 0 : found === -1 ? seqs.length : found
  const far = (index: number): number => (index < middle ? middle - index - 0.5 : index - middle)
  return seqs
    .map((seq, index) => ({ seq, far: far(index) }))
    .toSorted((one, other) => one.far - other.far)
    .map(({ seq }) => seq)
}

/** The messages of a window, as many as fit; where some do not, there is more on their side. */
export async function readWindow(
  ports: ListMessagesPorts,
  userId: string,
  roomId: string,
  { seqs, hasMoreBefore, hasMoreAfter }: Window,
  asked: Omit<MessagesQuery, 'limit'>,
): Promise<Pick<MessagesPage, 'data' | 'page'>> {
  const wanted = nearestFirst(seqs, asked)
  const data = await readMessages(ports, userId, roomId, wanted, ports.messages.readFitting)
  const [first, last] = [seqs[0], seqs.at(-1)]
  const isShort = data.length < seqs.length
  const before = isShort ? data[0]?.seq : first
  const after = isShort ? data.at(-1)?.seq : last
  return {
    data,
    page: {
      before: before ?? asked.before ?? null,
      after: after ?? asked.after ?? null,
      hasMoreBefore: hasMoreBefore || before !== first,
      hasMoreAfter: hasMoreAfter || after !== last,
    },
  }
}
