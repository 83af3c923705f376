export interface Cut {
  /** Of the record that begins at `from`: 0 while its end has not come, -1 if that is no record. */
  readonly sizeOf: (bytes: Buffer, from: number, to: number) => number
  /** It is only valid during the call. */
  readonly take: (bytes: Buffer, from: number, to: number) => void
  readonly fail: (why: string) => void
}

/** A record that is longer than this is none. */
export const LONGEST_RECORD = 65_536

/** So much is copied to find the end of what was begun, and the rest is read where it lies. */
const PIECE = 1_024

/** Where records and frames do not end together: reads the records of one connection, whatever it was cut into. */
export function cutRecords({ sizeOf, take, fail }: Cut) {
  let begun: Buffer = Buffer.alloc(0)
  let kept = 0
  let isBroken = false

  /** Answers where the first that is not whole begins. After what is no record, nothing is. */
  const cut = (bytes: Buffer, from: number, to: number): number => {
    let at = isBroken ? to : from
    while (at < to) {
      const size = sizeOf(bytes, at, to)
      if (size === 0) break
      if (size < 0) {
        isBroken = true
        fail(`what is no record: ${bytes.toString('latin1', at, Math.min(to, at + 40))}`)
        return to
      }
      take(bytes, at, at + size)
      at += size
    }
    return at
  }

  const keep = (bytes: Buffer, from: number, to: number): void => {
    const size = kept + to - from
    if (size > begun.length) {
      const larger = Buffer.allocUnsafe(2 * size)
      begun.copy(larger, 0, 0, kept)
      begun = larger
    }
    bytes.copy(begun, kept, from, to)
    kept = size
  }

  return (bytes: Buffer, from: number, to: number): void => {
    let at = from
    while (kept > 0 && at < to) {
      const before = kept
      const end = Math.min(to, at + PIECE)
      keep(bytes, at, end)
      const whole = cut(begun, 0, kept)
      if (whole === 0) {
        at = end
      } else {
        // What was kept held no whole record, so the first ends in what came now.
        at += whole - before
        kept = 0
      }
    }
    if (kept === 0) at = cut(bytes, at, to)
    if (at < to) keep(bytes, at, to)
  }
}
