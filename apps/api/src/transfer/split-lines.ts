import { LIMITS, ParleyError } from '@parley/message-schema'

export interface Line {
  /** From 1. */
  readonly number: number
  /** `null`: it was too long, and is not kept. */
  readonly text: string | null
}

const NEWLINE = 0x0a

/**
 * Lines of a stream of bytes, in memory one at a time. Throws `TOO_LARGE` when all of it is more than
 * is accepted, after the lines before.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  limits: { readonly bytes: number; readonly lineBytes: number } = {
    bytes: LIMITS.importBytes,
    lineBytes: LIMITS.importLineBytes,
  },
): AsyncGenerator<Line> {
  let kept: Uint8Array[] = []
  let length = 0
  let number = 0
  let bytes = 0

  const take = (piece: Uint8Array): void => {
    length += piece.length
    if (length <= limits.lineBytes) kept.push(piece)
    else kept = []
  }
  const end = (): Line => {
    const text = length > limits.lineBytes ? null : Buffer.concat(kept).toString('utf8')
    kept = []
    length = 0
    number += 1
    return { number, text }
  }

  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes > limits.bytes) {
      throw new ParleyError('TOO_LARGE', {
        message: `An import has at most ${limits.bytes} bytes; send the rest as another one.`,
      })
    }
    let from = 0
    for (;;) {
      const to = chunk.indexOf(NEWLINE, from)
      if (to === -1) break
      take(chunk.subarray(from, to))
      yield end()
      from = to + 1
    }
    if (from < chunk.length) take(chunk.subarray(from))
  }
  if (length > 0) yield end()
}
