const FIRST_SIZE = 1_024

/** Bytes that grow; whole numbers in as few of them as they need. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(FIRST_SIZE)
  #length = 0

  get length(): number {
    return this.#length
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }

  /** From zero to 2^53. */
  count(value: number): void {
    this.#reserve(8)
    let rest = value
    // Bits are of 32 in JavaScript: what is larger is divided.
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest % 0x80) + 0x80
      this.#length += 1
      rest = rest < 2 ** 31 ? rest >>> 7 : Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length] = rest
    this.#length += 1
  }

  /** Small ones of either sign are short. */
  signed(value: number): void {
    this.count(value < 0 ? value * -2 - 1 : value * 2)
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.count(length)
    this.#reserve(length)
    this.#length += this.#bytes.write(value, this.#length)
  }

  /** What was written until now, and is not written to any more. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}

export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  count(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) throw new Error('A list of the search index is cut off.')
      this.#at += 1
      if (byte < 0x80) return value + byte * scale
      value += (byte - 0x80) * scale
    }
  }

  signed(): number {
    const value = this.count()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  text(): string {
    const length = this.count()
    const from = this.#at
    this.#at += length
    return this.#bytes.toString('utf8', from, this.#at)
  }
}
