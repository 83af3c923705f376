import { comparePlaces, type Place } from './place-list.ts'

/**
 * Messages that are in blocks together; `at` and `seq` are those of the first one. Of one stream no
 * piece begins before the one before it ends: so the newest of a word are in its last blocks.
 */
export interface Piece extends Place {
  readonly stream: number
}

/** Where a stream ends, and its last piece. */
export interface Stream {
  readonly newest: Place
  readonly base: Place
  readonly docs: number
}

/** For those who come in no order at all: each message is a piece of its own. */
export const LOOSE = 4
/** As many are put into one piece, which is in a block a word. */
const LARGEST_PIECE = 1_024
/** A piece that smaller ones are added to is not read again and again for ever. */
const LARGEST_GROWN = 512
/** As many are worth a piece of their own: a new row costs less than one that is there. */
const OWN_PIECE = 128

export const packStreams = (streams: readonly Stream[]): string =>
  JSON.stringify(
    streams.map(({ newest, base, docs }) => [newest.at, newest.seq, base.at, base.seq, docs]),
  )

export const unpackStreams = (text: string): Stream[] =>
  (JSON.parse(text) as number[][]).map(([at = 0, seq = 0, baseAt = 0, baseSeq = 0, docs = 0]) => ({
    newest: { at, seq },
    base: { at: baseAt, seq: baseSeq },
    docs,
  }))

/** The stream that ends closest before it. A room that is written in order has one. */
function streamOf(ends: readonly (Place | undefined)[], place: Place): number {
  let best = -1
  for (const [index, end] of ends.entries()) {
    if (index === LOOSE || end === undefined || comparePlaces(end, place) >= 0) continue
    const there = ends[best]
    if (there === undefined || comparePlaces(end, there) > 0) best = index
  }
  if (best >= 0) return best
  return Math.min(ends.length, LOOSE)
}

export interface Placed<Doc> {
  readonly piece: Piece
  /** Nobody has it yet: its blocks are not there. */
  readonly isNew: boolean
  /** Ascending by place. */
  readonly docs: Doc[]
}

/** Puts messages into pieces of the room's streams; what has come too late for one is in another. */
export function placeDocs<Doc extends Place>(
  before: readonly Stream[],
  docs: readonly Doc[],
): { readonly streams: Stream[]; readonly placed: Placed<Doc>[] } {
  const streams = [...before]
  const ends: (Place | undefined)[] = streams.map(({ newest }) => newest)
  const byStream = new Map<number, Doc[]>()
  for (const doc of docs.toSorted(comparePlaces)) {
    const index = streamOf(ends, doc)
    ends[index] = doc
    const there = byStream.get(index)
    if (there === undefined) byStream.set(index, [doc])
    else there.push(doc)
  }
  const placed: Placed<Doc>[] = []
  // In their order, so that a stream that is new comes behind those that are there.
  for (const [stream, some] of [...byStream].toSorted(([one], [other]) => one - other)) {
    const last = some.at(-1)
    if (last === undefined) continue
    const newest = { at: last.at, seq: last.seq }
    const open = streams[stream]
    if (stream === LOOSE) {
      for (const doc of some) {
        placed.push({ piece: { stream, at: doc.at, seq: doc.seq }, isNew: true, docs: [doc] })
      }
      streams[stream] = { newest, base: newest, docs: 1 }
    } else if (
      open !== undefined &&
      some.length < OWN_PIECE &&
      open.docs + some.length <= LARGEST_GROWN
    ) {
      placed.push({ piece: { stream, ...open.base }, isNew: false, docs: some })
      streams[stream] = { newest, base: open.base, docs: open.docs + some.length }
    } else {
      for (let i = 0; i < some.length; i += LARGEST_PIECE) {
        const part = some.slice(i, i + LARGEST_PIECE)
        const base = { at: part[0]?.at ?? 0, seq: part[0]?.seq ?? 0 }
        placed.push({ piece: { stream, ...base }, isNew: true, docs: part })
        streams[stream] = { newest, base, docs: part.length }
      }
    }
  }
  return { streams, placed }
}
