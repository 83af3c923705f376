const LENGTH_IN_2 = 126
const LENGTH_IN_8 = 127
const MOST_BYTES = 64 * 1024 * 1024

export type TakeFrame = (opcode: number, bytes: Buffer, from: number, to: number) => void

/**
 * Finds the frames of a server in what comes from a socket. A frame that came whole is shown where it
 * lies; only what is cut is copied.
 */
export class FrameReader {
  readonly #take: TakeFrame
  #rest: Buffer | undefined

  constructor(take: TakeFrame) {
    this.#take = take
  }

  /** `chunk` is only valid during the call. */
  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = undefined
    let at = 0
    for (;;) {
      const end = this.#frame(bytes, at)
      if (end === undefined) break
      at = end
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at))
  }

  /** Where the frame ends that begins at `at`, or `undefined` if it is not all there. */
  #frame(bytes: Buffer, at: number): number | undefined {
    if (bytes.length - at < 2) return undefined
    const [first = 0, second = 0] = [bytes[at], bytes[at + 1]]
    // Whole, uncompressed, not masked: what all servers here send.
    if ((first & 0xf0) !== 0x80 || (second & 0x80) !== 0)
      throw new Error(`This is no frame of a server: ${first} ${second}.`)
    let length = second
    let from = at + 2
    if (length === LENGTH_IN_2) {
      if (bytes.length < at + 4) return undefined
      length = bytes.readUInt16BE(at + 2)
      from = at + 4
    } else if (length === LENGTH_IN_8) {
      if (bytes.length < at + 10) return undefined
      length = Number(bytes.readBigUInt64BE(at + 2))
      from = at + 10
    }
    if (length > MOST_BYTES) throw new Error(`A frame of ${length} bytes is none.`)
    const end = from + length
    if (end > bytes.length) return undefined
    this.#take(first & 0x0f, bytes, from, end)
    return end
  }
}
