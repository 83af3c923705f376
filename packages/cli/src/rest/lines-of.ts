const NEWLINE = 10
/** A line of an export holds one message. */
const LONGEST_LINE = 16 * 1024 * 1024

/** Lines of a stream without their newlines; what is behind the last newline is a line too. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let chunks: Buffer[] = []
  let length = 0
  for await (const bytes of stream) {
    let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      yield Buffer.concat([...chunks, rest.subarray(0, at)])
      chunks = []
      length = 0
      rest = rest.subarray(at + 1)
    }
    length += rest.length
    if (length > LONGEST_LINE) throw new Error('A line of the answer is too long.')
    if (rest.length > 0) chunks.push(Buffer.from(rest))
  }
  if (length > 0) yield Buffer.concat(chunks)
}
