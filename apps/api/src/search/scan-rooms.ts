import type { IndexTerms } from './index-tokens.ts'
import type { IndexHits, IndexQuery, SearchPosition, SearchRoom } from './search-index.ts'

/** A place in one room's postings. What is read next is strictly before it: older. */
export interface RoomPlace {
  readonly at: number
  readonly seq: number
}

/**
 * How a room is read: along the postings of any of these words, or of all that begin so, where they
 * are few; and held against the postings of the others.
 */
export interface RoomPlan {
  readonly along: { readonly words: readonly string[] } | { readonly prefix: string }
  readonly also: readonly string[]
}

export interface RoomStart {
  readonly room: SearchRoom
  /** Nothing in the room that may fit is newer. */
  readonly newestAt: number
}

export interface RoomChunk {
  readonly room: SearchRoom
  readonly plan: RoomPlan
  readonly before: RoomPlace
  readonly fromAt: number
  readonly limit: number
}

/** Newest first. `isHit`: it has all that the plan asks for. */
export interface Posting extends RoomPlace {
  readonly isHit: boolean
}

export interface Postings {
  /** Leaves out rooms in which something that is asked for is nowhere. */
  readonly starts: (
    rooms: readonly SearchRoom[],
    terms: IndexTerms,
    toAt: number,
  ) => Promise<RoomStart[]>
  /** In their order; `null` where nothing can fit. */
  readonly plan: (
    rooms: readonly SearchRoom[],
    terms: IndexTerms,
  ) => Promise<readonly (RoomPlan | null)[]>
  readonly read: (chunks: readonly RoomChunk[]) => Promise<readonly (readonly Posting[])[]>
}

const LATEST_AT = 2 ** 32 - 1
/** Rooms that are read in one go: one round trip. */
const ROOMS_AT_ONCE = 16
const FIRST_CHUNK = 32
const LARGEST_CHUNK = 2_000
/** Of one call: what then is not known yet comes with the next one. */
const POSTINGS_PER_CALL = 20_000

/** Positive if `one` is newer. */
export function comparePositions(one: SearchPosition, other: SearchPosition): number {
  if (one.at !== other.at) return one.at - other.at
  if (one.roomId !== other.roomId) return one.roomId > other.roomId ? 1 : -1
  return one.seq - other.seq
}

/** Where a room goes on after a position that may be of another room. */
function placeAfter(roomId: string, after: SearchPosition): RoomPlace {
  if (roomId === after.roomId) return { at: after.at, seq: after.seq }
  return { at: roomId > after.roomId ? after.at : after.at + 1, seq: 0 }
}

const older = (one: RoomPlace, other: RoomPlace): RoomPlace =>
  one.at < other.at || (one.at === other.at && one.seq < other.seq) ? one : other

/** A room on its way: all that is newer than `place`, or at it, is known. */
interface Scan {
  readonly room: SearchRoom
  place: RoomPlace
  plan: RoomPlan | undefined
  chunk: number
}

const toPosition = ({ room, place }: Scan): SearchPosition => ({ roomId: room.roomId, ...place })

/** Newest first. */
const byPlace = (one: Scan, other: Scan): number =>
  comparePositions(toPosition(other), toPosition(one))

/**
 * The newest of many rooms without reading any of them to its end. Rooms are read in small pieces,
 * always those that may still hold the newest; what is newer than all that is unknown is an answer.
 */
export async function scanRooms(
  postings: Postings,
  terms: IndexTerms,
  { rooms, after, fromAt = 0, toAt = LATEST_AT - 1, limit }: IndexQuery,
): Promise<IndexHits> {
  const latest = Math.min(toAt, after?.at ?? toAt)
  const starts = await postings.starts(rooms, terms, latest)
  const open = starts.map(({ room, newestAt }): Scan => {
    const start = { at: newestAt + 1, seq: 0 }
    const place = after === undefined ? start : older(start, placeAfter(room.roomId, after))
    return { room, place, plan: undefined, chunk: Math.max(FIRST_CHUNK, limit) }
  })
  open.sort(byPlace)
  const hits: SearchPosition[] = []
  let read = 0

  const known = (): SearchPosition[] => {
    const [first] = open
    const frontier = first === undefined ? undefined : toPosition(first)
    return hits
      .filter((hit) => frontier === undefined || comparePositions(hit, frontier) >= 0)
      .toSorted((one, other) => comparePositions(other, one))
  }

  while (open.length > 0 && read < POSTINGS_PER_CALL && known().length < limit) {
    const group = open.splice(0, ROOMS_AT_ONCE)
    const planned = await planAll(postings, terms, group)
    const chunks = planned.map(({ room, plan, place, chunk }): RoomChunk => ({
      room,
      plan: plan as RoomPlan,
      before: place,
      fromAt,
      limit: chunk,
    }))
    const found = await postings.read(chunks)
    for (const [index, scan] of planned.entries()) {
      const rows = found[index] ?? []
      read += rows.length + 1
      for (const { at, seq, isHit } of rows) {
        const { roomId, visibleFrom } = scan.room
        if (isHit && seq >= visibleFrom) hits.push({ at, seq, roomId })
      }
      const last = rows.at(-1)
      if (last === undefined || rows.length < scan.chunk) continue
      scan.place = { at: last.at, seq: last.seq }
      scan.chunk = Math.min(LARGEST_CHUNK, scan.chunk * 4)
      open.push(scan)
    }
    open.sort(byPlace)
  }
  const answer = known()
  const shown = answer.slice(0, limit)
  const isCut = answer.length > limit
  if (isCut) return { hits: shown, end: shown.at(-1) ?? null }
  const [next] = open
  return { hits: shown, end: next === undefined ? null : toPosition(next) }
}

async function planAll(postings: Postings, terms: IndexTerms, group: readonly Scan[]) {
  const fresh = group.filter(({ plan }) => plan === undefined)
  if (fresh.length > 0) {
    const plans = await postings.plan(
      fresh.map(({ room }) => room),
      terms,
    )
    fresh.forEach((scan, index) => {
      scan.plan = plans[index] ?? undefined
    })
  }
  return group.filter(({ plan }) => plan !== undefined)
}
