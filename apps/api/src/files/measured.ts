import { createHash } from 'node:crypto'
import { HEAD_BYTES } from './file-mime.ts'

export interface Measured extends AsyncIterable<Buffer> {
  /** Of what has come so far. */
  readonly bytes: () => number
  readonly head: () => Buffer
  readonly sha256: () => Buffer
}

/** What passes through is counted and looked at, and cut off with the error where it is too much. */
export function measure(
  source: AsyncIterable<Buffer>,
  maxBytes: number,
  tooMuch: () => Error,
): Measured {
  const hash = createHash('sha256')
  const head: Buffer[] = []
  let headBytes = 0
  let bytes = 0

  async function* pass(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > maxBytes) throw tooMuch()
      hash.update(chunk)
      if (headBytes < HEAD_BYTES) {
        head.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - headBytes)))
        headBytes += head.at(-1)?.length ?? 0
      }
      yield chunk
    }
  }

  return {
    [Symbol.asyncIterator]: pass,
    bytes: () => bytes,
    head: () => Buffer.concat(head),
    sha256: () => hash.digest(),
  }
}
