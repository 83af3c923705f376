import { ParleyError, type Message } from '@parley/message-schema'
import { z } from 'zod'
import type { EventStore } from '../db/event-store.ts'
import { matchText, type Highlight } from './match-text.ts'
import { parseQuery } from './parse-query.ts'
import type { IndexSource } from './index-ranges.ts'
import type { SearchFilters, SearchIndex, SearchPosition, SearchRoom } from './search-index.ts'
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
    throw new ParleyError('INVALID', { message: 'cursor: is none of ours', cause })
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

/**
 * C8: rooms are those of now, asked again at the end; messages are read as they stand, and what does
 * not fit any more, because it was edited or deleted a moment ago, is not a result.
 */
export function createSearchMessages(ports: SearchPorts): SearchMessages {
  const { index, source, positions } = ports

  async function roomsOf(userId: string, roomId: string | undefined): Promise<SearchRoom[]> {
    const rooms = await positions(userId, roomId === undefined ? undefined : [roomId])
    if (roomId !== undefined && rooms.size === 0) {
      throw new ParleyError('NOT_FOUND', { message: 'There is no such room.' })
    }
    return Array.from(rooms, ([id, { visibleFrom }]) => ({ roomId: id, visibleFrom }))
  }

  return async (userId, query, signal) => {
    const parsed = parseQuery(query.q)
    const hasFilter =
      query.from !== undefined || query.threadId !== undefined || (query.has?.length ?? 0) > 0
    if (parsed.phrases.length === 0 && (query.q.trim() !== '' || !hasFilter)) {
      throw new ParleyError('INVALID', { message: 'q: has no word to search for' })
    }
    const after = query.after === undefined ? undefined : Math.ceil(secondsOf(query.after))
    const before = query.before === undefined ? undefined : Math.ceil(secondsOf(query.before)) - 1
    const rooms = await roomsOf(userId, query.roomId)
    const visibleFrom = new Map(rooms.map((room) => [room.roomId, room.visibleFrom]))
    const fits = (message: FoundMessage): boolean =>
      !message.isDeleted &&
      message.seq >= (visibleFrom.get(message.roomId) ?? Infinity) &&
      fitsFilters(message, query) &&
      matchText(parsed, fieldsOf(message.body)) !== null

    const found: SearchPosition[] = []
    let position = fromCursor(query.cursor)
    let limit = query.limit + 1
    let hasMore = true
    for (let look = 0; look < LOOKS && hasMore && found.length <= query.limit; look += 1) {
      signal.throwIfAborted()
      const { hits, end } = await index.search({
        ...query,
        rooms,
        after: position,
        fromAt: after,
        toAt: before,
        limit,
      })
      const messages = new Map(
        (await source.read(hits)).map((message) => [`${message.roomId}/${message.seq}`, message]),
      )
      for (const hit of hits) {
        const message = messages.get(`${hit.roomId}/${hit.seq}`)
        if (message !== undefined && searchedAt(message) === hit.at && fits(message))
          found.push(hit)
      }
      position = end ?? position
      hasMore = end !== null
      limit = Math.min(LARGEST_LOOK, limit * 3)
    }
    const shown = found.slice(0, query.limit)
    const isCut = found.length > query.limit
    const next = isCut ? shown.at(-1) : hasMore ? position : undefined
    return {
      data: await show(userId, parsed, shown),
      page: {
        before: null,
        after: next === undefined ? null : toCursor(next),
        hasMoreBefore: false,
        hasMoreAfter: next !== undefined,
      },
    }
  }

  async function show(
    userId: string,
    parsed: ReturnType<typeof parseQuery>,
    shown: readonly SearchPosition[],
  ): Promise<SearchResult[]> {
    const byRoom = new Map<string, number[]>()
    for (const { roomId, seq } of shown) byRoom.set(roomId, [...(byRoom.get(roomId) ?? []), seq])
    const messages = new Map<string, Message>()
    for (const [roomId, seqs] of byRoom) {
      for (const message of await ports.readMessages(userId, roomId, seqs)) {
        messages.set(`${roomId}/${message.seq}`, message)
      }
    }
    const allowed = await positions(userId, [...byRoom.keys()])
    return shown.flatMap(({ roomId, seq }) => {
      const message = messages.get(`${roomId}/${seq}`)
      const visibleFrom = allowed.get(roomId)?.visibleFrom
      if (message === undefined || visibleFrom === undefined || seq < visibleFrom) return []
      const names = message.attachments.map(({ name }) => name)
      const highlights = matchText(parsed, [message.text ?? '', ...names])
      return highlights === null || message.deletedAt !== undefined ? [] : [{ message, highlights }]
    })
  }
}
