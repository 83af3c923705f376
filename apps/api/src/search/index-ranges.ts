import type { RoomRange } from '../jobs/job.ts'
import type { SearchTodo, TodoRoom } from '../db/search/search-todo.ts'
import type { SearchDoc, SearchIndex, RemovedDoc } from './search-index.ts'
import { toRemovedDoc, toSearchDoc, type FoundMessage } from './to-search-doc.ts'

/** Messages that a piece of a log is about. */
export interface TouchedMessages {
  /** As they stand now; what is no message is left out. */
  readonly messages: readonly FoundMessage[]
  /** By `seq` of the message: the last event of the piece that is about it. */
  readonly revisions: ReadonlyMap<number, number>
  readonly nextSeq: number
  /** The log has no more for now. */
  readonly isEnd: boolean
  /** Where the piece says that bodies up to a `seq` are to be erased. */
  readonly erasedTo: number
}

export interface IndexSource {
  readonly touched: (roomId: string, fromSeq: number, limit: number) => Promise<TouchedMessages>
  /** Those that events of these ranges are about. */
  readonly messagesSince: (ranges: readonly RoomRange[]) => Promise<FoundMessage[]>
  /** As they stand now; what is no message is left out. */
  readonly read: (
    keys: readonly { readonly roomId: string; readonly seq: number }[],
  ) => Promise<FoundMessage[]>
}

export interface IndexPorts {
  readonly source: Pick<IndexSource, 'touched'>
  readonly index: Pick<SearchIndex, 'index' | 'remove' | 'removeUpTo'>
  readonly todo: Pick<SearchTodo, 'take' | 'advance'>
  /** Seconds between the sending of a message and its being in the index. */
  readonly onIndexed?: (lagSeconds: number) => void
}

const EVENTS_AT_ONCE = 1_000
const ROOMS_AT_ONCE = 16
/** A worker that died is followed by another one after this. */
const LEASE_MS = 30_000

/** Several ranges of a room are one: what is between them is in the log already. */
export function joinRanges(ranges: readonly RoomRange[]): RoomRange[] {
  const joined = new Map<string, RoomRange>()
  for (const range of ranges) {
    const { roomId, fromSeq, toSeq } = range
    const there = joined.get(roomId) ?? range
    joined.set(roomId, {
      roomId,
      fromSeq: Math.min(fromSeq, there.fromSeq),
      toSeq: Math.max(toSeq, there.toSeq),
    })
  }
  return [...joined.values()]
}

/**
 * Messages are read as they stand after the events of the piece, so that doing it again, or in
 * another order, ends the same. What was deleted goes in the same pass.
 */
async function indexPiece(ports: IndexPorts, room: TodoRoom): Promise<TouchedMessages> {
  const { source, index, onIndexed } = ports
  const { roomId } = room
  const piece = await source.touched(roomId, room.fromSeq, EVENTS_AT_ONCE)
  const docs: SearchDoc[] = []
  const removed: RemovedDoc[] = []
  let oldestNew = Infinity
  for (const message of piece.messages) {
    const revision = piece.revisions.get(message.seq) ?? message.seq
    if (message.isDeleted) removed.push(toRemovedDoc(message, revision))
    else docs.push(toSearchDoc(message, revision))
    if (revision === message.seq) oldestNew = Math.min(oldestNew, message.ts.getTime())
  }
  if (piece.erasedTo > 0) await index.removeUpTo(roomId, piece.erasedTo)
  if (removed.length > 0) await index.remove(removed)
  if (docs.length > 0) await index.index(docs)
  if (oldestNew < Infinity) onIndexed?.((Date.now() - oldestNew) / 1_000)
  return piece
}

/**
 * Brings the index up to the log, room by room and a piece at a time, until nothing waits. Resumes
 * where it was: each piece is noted when it is in the index.
 */
export function createIndexRooms(ports: IndexPorts): (signal: AbortSignal) => Promise<void> {
  const { todo } = ports
  return async (signal) => {
    while (!signal.aborted) {
      const rooms = await todo.take(ROOMS_AT_ONCE, LEASE_MS)
      if (rooms.length === 0) return
      for (const room of rooms) {
        const { nextSeq, isEnd } = await indexPiece(ports, room)
        await todo.advance(room, nextSeq, isEnd)
      }
    }
  }
}
