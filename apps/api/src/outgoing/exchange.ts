import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { OutgoingError } from './outgoing-error.ts'

export interface Exchange {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
  readonly signal: AbortSignal
}

const HEADER_BYTES = 16 * 1024

/** Sends one request over a connection that stands, and waits for the head of the answer. */
export function exchange(socket: Duplex, options: Exchange): Promise<IncomingMessage> {
  const { method, path, headers, body, signal } = options
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      // No agent: this connection, once, and no other.
      createConnection: () => socket,
      method,
      path,
      headers,
      signal,
      maxHeaderSize: HEADER_BYTES,
    })
    request.once('error', reject)
    request.once('response', (response) => {
      // What happens to the connection later is told by the answer's own stream.
      request.on('error', () => {})
      resolve(response)
    })
    // To whoever wants to speak something else there is nothing to say.
    request.once('upgrade', (_response, upgraded) => {
      upgraded.destroy()
      reject(new OutgoingError('unreachable', 'The answer is no HTTP answer.'))
    })
    request.end(body)
  })
}

const DECODERS = new Map<string, () => Readable & NodeJS.WritableStream>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

function decoded(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return response
  const createDecoder = DECODERS.get(encoding)
  if (createDecoder === undefined) {
    response.destroy()
    throw new OutgoingError('encoding', 'The answer is packed in a way that is not read here.')
  }
  const decoder = createDecoder()
  response.once('error', (error) => decoder.destroy(error))
  decoder.once('close', () => response.destroy())
  return response.pipe(decoder)
}

export interface BoundedBody {
  readonly body: Buffer
  /** There was more than `maxBytes`. */
  readonly isCut: boolean
}

/** At most `maxBytes` of the unpacked body; then the connection is ended, whatever more would come. */
export async function readBounded(
  response: IncomingMessage,
  maxBytes: number,
): Promise<BoundedBody> {
  const stream = decoded(response)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const room = maxBytes - bytes
      chunks.push(chunk.subarray(0, room))
      bytes += Math.min(chunk.length, room)
      if (chunk.length > room) return { body: Buffer.concat(chunks), isCut: true }
    }
    return { body: Buffer.concat(chunks), isCut: false }
  } finally {
    stream.destroy()
    response.destroy()
  }
}

/** One value a name; of a name that came several times, the values in one line. */
export const flatHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
