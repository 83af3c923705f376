import type { IncomingMessage, ServerResponse } from 'node:http'

/** Without a byte for so long, somebody who sends a body has gone away. */
const IDLE_MS = 60_000
/** So long a refused body is still read, and thrown away, so that the refusal arrives. */
const LINGER_MS = 5_000

/**
 * For bodies that are not read at once: one that stands still is ended, and one that was refused does
 * not go on for ever. Answering before everything was read is how HTTP refuses; closing at once would
 * take the answer away from a client that is still sending.
 */
export function cutOffBody(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request
  // A socket that is told so and heeded by nobody is ended by Node.
  socket.setTimeout(IDLE_MS)
  request.once('end', () => socket.setTimeout(0))
  response.once('finish', () => {
    if (request.complete) return
    request.resume()
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    const settle = (): void => clearTimeout(timer)
    request.once('end', settle)
    socket.once('close', settle)
  })
}
