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
  /** Of the room: each is in order by itself. */
  readonly streams: number
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
  /** Of each stream; what a block holds is read whole. */
  readonly blocks: number
  /** No more hits than this. */
  readonly limit: number
}

export interface RoomHits {
  /** Newest first, those that have all that the plan asks for. */
  readonly hits: readonly RoomPlace[]
  /** Places that were looked at. */
  readonly read: number
  /** Everything newer is known, and itself; `null`: there is nothing more. */
  readonly next: RoomPlace | null
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
  readonly read: (chunks: readonly RoomChunk[]) => Promise<readonly RoomHits[]>
}

const LATEST_AT = 2 ** 32 - 1
/** Rooms that are read in one go: one round trip. */
const ROOMS_AT_ONCE = 16
const FIRST_BLOCKS = 4
const LARGEST_BLOCKS = 256
/** Where as many places came of a room, its blocks are full: more of them are not asked for at once. */
const MANY_PLACES = 2_000
/** Of one call: what then is not known yet comes with the next one. */
const PLACES_PER_CALL = 20_000

/** Positive if `one` is newer. */
export function comparePositions(one: SearchPosition, other: SearchPosition): number {
  if (one.at !== other.at) return one.at - other.at
  if (one.roomId !== other.roomId) return one.roomId > other.roomId ? 1 : -1
  return one.seq - other.seq
}

/** All of a room that is of that second or older: another room is not opened for what it has newer. */
const upTo = (at: number): RoomPlace => ({ at, seq: Number.MAX_SAFE_INTEGER })

/** Where a room goes on after a position that may be of another room. */
function placeAfter(roomId: string, after: SearchPosition): RoomPlace {
  if (roomId === after.roomId) return { at: after.at, seq: after.seq }
  return roomId > after.roomId ? { at: after.at, seq: 0 } : upTo(after.at)
}

const older = (one: RoomPlace, other: RoomPlace): RoomPlace =>
  one.at < other.at || (one.at === other.at && one.seq < other.seq) ? one : other

/** A room on its way: all that is newer than `place`, or at it, is known. */
interface Scan {
  readonly room: SearchRoom
  place: RoomPlace
  plan: RoomPlan | undefined
  blocks: number
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
  { rooms, after, fromAt = 0, toAt = LATEST_AT - 1, fresh = [], limit }: IndexQuery,
): Promise<IndexHits> {
  const latest = Math.min(toAt, after?.at ?? toAt)
  // So few are all read at once: there is nothing to choose, and finding the newest may cost more.
  const isFew = rooms.length <= ROOMS_AT_ONCE
  const starts = isFew
    ? rooms.map((room) => ({ room, newestAt: latest }))
    : await postings.starts(rooms, terms, latest)
  const open = starts.map(({ room, newestAt }): Scan => {
    const start = upTo(newestAt)
    const place = after === undefined ? start : older(start, placeAfter(room.roomId, after))
    return { room, place, plan: undefined, blocks: FIRST_BLOCKS }
  })
  open.sort(byPlace)
  const hits = fresh.filter(
    (one) =>
      one.at >= fromAt &&
      one.at <= toAt &&
      (after === undefined || comparePositions(one, after) < 0),
  )
  let read = 0

  const known = (): SearchPosition[] => {
    const [first] = open
    const frontier = first === undefined ? undefined : toPosition(first)
    return (
      hits
        .filter((hit) => frontier === undefined || comparePositions(hit, frontier) >= 0)
        .toSorted((one, other) => comparePositions(other, one))
        // In the index meanwhile, and found by other means.
        .filter((hit, i, all) => i === 0 || comparePositions(hit, all[i - 1] ?? hit) !== 0)
    )
  }

  while (open.length > 0 && read < PLACES_PER_CALL && known().length < limit) {
    const group = open.splice(0, ROOMS_AT_ONCE)
    const planned = await planAll(postings, terms, group)
    const chunks = planned.map(({ room, plan, place, blocks }): RoomChunk => ({
      room,
      plan: plan as RoomPlan,
      before: place,
      fromAt,
      blocks,
      limit: limit + 1,
    }))
    const found = await postings.read(chunks)
    for (const [index, scan] of planned.entries()) {
      const answer = found[index]
      if (answer === undefined) continue
      read += answer.read + 1
      for (const { at, seq } of answer.hits) {
        const { roomId, visibleFrom } = scan.room
        if (seq >= visibleFrom) hits.push({ at, seq, roomId })
      }
      if (answer.next === null) continue
      scan.place = { at: answer.next.at, seq: answer.next.seq }
      if (answer.read < MANY_PLACES) scan.blocks = Math.min(LARGEST_BLOCKS, scan.blocks * 4)
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
