import { ByteReader, ByteWriter } from './varints.ts'

/** Where a message stands: by second, then by `seq`. */
export interface Place {
  readonly at: number
  readonly seq: number
}

/** Positive if `one` is newer. */
export const comparePlaces = (one: Place, other: Place): number =>
  one.at - other.at || one.seq - other.seq

/**
 * Places of one word in one block, ascending: how many, then each as its distance from the one before,
 * the first from the beginning of the piece. Lists may be put behind one another, so that a block grows
 * without being read.
 */
export function writePlaces(writer: ByteWriter, base: Place, places: readonly Place[]): void {
  writer.count(places.length)
  let before = base
  for (const place of places) {
    writer.signed(place.at - before.at)
    writer.signed(place.seq - before.seq)
    before = place
  }
}

export function readPlaces(bytes: Uint8Array, base: Place): Place[] {
  const reader = new ByteReader(bytes)
  const places: Place[] = []
  while (!reader.isEnd) {
    let { at, seq } = base
    for (let left = reader.count(); left > 0; left -= 1) {
      at += reader.signed()
      seq += reader.signed()
      places.push({ at, seq })
    }
  }
  return places
}
