import { invalid, type Message } from '@parley/message-schema'
import { z } from 'zod'
import type { EventStore } from '../db/log/event-store.ts'
import type { ReadTail } from '../db/search/search-tail.ts'
import type { AllowReading } from '../history/reader-access.ts'
import { matchText, type Highlight } from './match-text.ts'
import { parseQuery, type ParsedQuery } from './parse-query.ts'
import type { IndexSource } from './index-ranges.ts'
import type {
  IndexQuery,
  SearchFilters,
  SearchIndex,
  SearchPosition,
  SearchRoom,
} from './search-index.ts'
import { fieldsOf, hasLinkIn, searchedAt, type FoundMessage } from './to-search-doc.ts'

export interface SearchQuery {
  readonly q: string
  readonly roomId?: string | undefined
  readonly from?: string | undefined
  readonly threadId?: number | undefined
  readonly has?: readonly ('file' | 'link')[] | undefined
  readonly before?: string | undefined
  readonly after?: string | undefined
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface SearchResult {
  readonly message: Message
  /** In code units of `message.text`. */
  readonly highlights: Highlight[]
}

export interface SearchPage {
  readonly data: SearchResult[]
  readonly page: {
    readonly before: null
    readonly after: string | null
    readonly hasMoreBefore: false
    readonly hasMoreAfter: boolean
  }
}

export interface SearchPorts {
  readonly index: Pick<SearchIndex, 'search'>
  readonly source: Pick<IndexSource, 'read'>
  /** What is not in the index yet. */
  readonly readTail: ReadTail
  /** Throws what a reader is refused with. */
  readonly allowReading: AllowReading
  /** Rooms that the user is a member of now. */
  readonly positions: EventStore['positions']
  /** As this reader may see them now, of one room; ascending. */
  readonly readMessages: (
    readerId: string,
    roomId: string,
    seqs: readonly number[],
  ) => Promise<Message[]>
}

export type SearchMessages = (
  userId: string,
  query: SearchQuery,
  signal: AbortSignal,
) => Promise<SearchPage>

/** Questions to the index for one page: what is not found then comes with the next page. */
const LOOKS = 8
const LARGEST_LOOK = 500
/** Their bodies are in memory at the same time. */
const READ_AT_ONCE = 100

const Cursor = z.tuple([z.int().nonnegative(), z.uuid(), z.int().nonnegative()])

const toCursor = ({ at, roomId, seq }: SearchPosition): string =>
  Buffer.from(JSON.stringify([at, roomId, seq])).toString('base64url')

function fromCursor(cursor: string | undefined): SearchPosition | undefined {
  if (cursor === undefined) return undefined
  try {
    const [at, roomId, seq] = Cursor.parse(
      JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')),
    )
    return { at, roomId, seq }
  } catch (cause) {
    throw invalid('cursor', 'is none of ours', cause)
  }
}

const secondsOf = (time: string): number => Date.parse(time) / 1_000

function fitsFilters(message: FoundMessage, filters: SearchFilters): boolean {
  const { body, senderId } = message
  if (filters.from !== undefined && senderId !== filters.from) return false
  if (filters.threadId !== undefined && body.threadId !== filters.threadId) return false
  return (filters.has ?? []).every((what) =>
    what === 'file' ? (body.attachments?.length ?? 0) > 0 : hasLinkIn(body),
  )
}

const timesOf = ({ after, before }: SearchQuery): Pick<IndexQuery, 'fromAt' | 'toAt'> => ({
  fromAt: after === undefined ? undefined : Math.ceil(secondsOf(after)),
  toAt: before === undefined ? undefined : Math.ceil(secondsOf(before)) - 1,
})

function parse(query: SearchQuery): ParsedQuery {
  const parsed = parseQuery(query.q)
  const { from, threadId, has = [] } = query
  const hasFilter = from !== undefined || threadId !== undefined || has.length > 0
  if (parsed.phrases.length === 0 && (query.q.trim() !== '' || !hasFilter)) {
    throw invalid('q', 'has no word to search for')
  }
  return parsed
}

async function roomsOf(
  { positions, allowReading }: SearchPorts,
  userId: string,
  roomId: string | undefined,
): Promise<SearchRoom[]> {
  if (roomId !== undefined) {
    const { visibleFrom } = await allowReading(userId, roomId)
    return [{ roomId, visibleFrom }]
  }
  const rooms = await positions(userId, undefined)
  return Array.from(rooms, ([id, { visibleFrom }]) => ({ roomId: id, visibleFrom }))
}

interface Found {
  readonly found: readonly SearchPosition[]
  /** Where the next page begins; absent when there is nothing more. */
  readonly next: SearchPosition | undefined
}

/** Asks the index until a page is full, and holds every hit against the message as it stands. */
async function collect(
  { index, source, readTail }: SearchPorts,
  query: SearchQuery,
  parsed: ParsedQuery,
  rooms: readonly SearchRoom[],
  signal: AbortSignal,
): Promise<Found> {
  const visibleFrom = new Map(rooms.map((room) => [room.roomId, room.visibleFrom]))
  const fits = (message: FoundMessage): boolean =>
    !message.isDeleted &&
    message.seq >= (visibleFrom.get(message.roomId) ?? Infinity) &&
    fitsFilters(message, query) &&
    matchText(parsed, fieldsOf(message.body)) !== null

  // Before the index is asked: what is indexed meanwhile is there too.
  const tail = await readTail(rooms.map(({ roomId }) => roomId))
  const fresh = tail
    .filter(fits)
    .map((message) => ({ at: searchedAt(message), roomId: message.roomId, seq: message.seq }))
  const found: SearchPosition[] = []
  let position = fromCursor(query.cursor)
  let limit = query.limit + 1
  for (let look = 0; look < LOOKS; look += 1) {
    const { hits, end } = await index.search({
      ...query,
      ...timesOf(query),
      rooms,
      fresh,
      after: position,
      limit,
    })
    for (let i = 0; i < hits.length; i += READ_AT_ONCE) {
      signal.throwIfAborted()
      const some = hits.slice(i, i + READ_AT_ONCE)
      const read = await source.read(some)
      const messages = new Map(read.map((one) => [`${one.roomId}/${one.seq}`, one]))
      for (const hit of some) {
        const message = messages.get(`${hit.roomId}/${hit.seq}`)
        if (message === undefined || searchedAt(message) !== hit.at || !fits(message)) continue
        // One more than is shown: there is a next page, after the last one that is.
        if (found.length === query.limit) return { found, next: found.at(-1) }
        found.push(hit)
      }
    }
    if (end === null) return { found, next: undefined }
    position = end
    limit = Math.min(LARGEST_LOOK, limit * 3)
  }
  return { found, next: position }
}

/** As they stand now, and as this reader may see them now. */
async function show(
  { readMessages, positions }: SearchPorts,
  userId: string,
  parsed: ParsedQuery,
  found: readonly SearchPosition[],
): Promise<SearchResult[]> {
  const byRoom = new Map<string, number[]>()
  for (const { roomId, seq } of found) byRoom.set(roomId, [...(byRoom.get(roomId) ?? []), seq])
  const messages = new Map<string, Message>()
  for (const [roomId, seqs] of byRoom) {
    for (const message of await readMessages(userId, roomId, seqs)) {
      messages.set(`${roomId}/${message.seq}`, message)
    }
  }
  const allowed = await positions(userId, [...byRoom.keys()])
  return found.flatMap(({ roomId, seq }) => {
    const message = messages.get(`${roomId}/${seq}`)
    if (message === undefined || message.deletedAt !== undefined) return []
    if (seq < (allowed.get(roomId)?.visibleFrom ?? Infinity)) return []
    const names = message.attachments.map(({ name }) => name)
    const highlights = matchText(parsed, [message.text ?? '', ...names])
    return highlights === null ? [] : [{ message, highlights }]
  })
}

/**
 * C8: rooms are those of now, asked again at the end; messages are read as they stand, and what does
 * not fit any more, because it was edited or deleted a moment ago, is not a result.
 */
export function createSearchMessages(ports: SearchPorts): SearchMessages {
  return async (userId, query, signal) => {
    const parsed = parse(query)
    const rooms = await roomsOf(ports, userId, query.roomId)
    const { found, next } = await collect(ports, query, parsed, rooms, signal)
    const last = next ?? found.at(-1)
    return {
      data: await show(ports, userId, parsed, found),
      page: {
        before: null,
        after: last === undefined ? (query.cursor ?? null) : toCursor(last),
        hasMoreBefore: false,
        hasMoreAfter: next !== undefined,
      },
    }
  }
}
