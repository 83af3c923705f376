import { ParleyError, toErrorBody } from '@parley/message-schema'
import type { Request, Response } from 'express'
import type { Followed } from '../history/follow-room.ts'
import { abortSignalOf } from './abort-signal.ts'
import { fromExpress } from './problem.ts'
import { requestIdOf } from './request-id.ts'
import { createWriteInTime, TooSlow } from './write-in-time.ts'

/** How a stream came to its end. */
export type StreamEnd = 'gone' | 'stopped' | 'slow' | ParleyError['code']

export interface StreamOptions {
  readonly roomId: string
  /** Aborted when this server goes away. */
  readonly stopping: AbortSignal
  /** Whoever takes nothing for so long is cut off. */
  readonly stallMs: number
}

const RETRY_MS = 1_000
/** All readers of a server that goes away do not come to the next one at the same moment. */
const RETRY_SPREAD_MS = 4_000

/** One event of the standard. JSON has no line breaks, so that `data` is one line. */
function frame(name: string, data: object, id?: string): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`
}

const retryLine = (): string => `retry: ${RETRY_MS + Math.floor(Math.random() * RETRY_SPREAD_MS)}\n`

function textOf(followed: Followed, roomId: string): string[] {
  if (followed.is === 'quiet') return [':\n\n']
  if (followed.is === 'begun') {
    const { from, head, epoch } = followed
    return [retryLine() + frame('stream:begun', { roomId, from, head, epoch }, `${roomId}:${from}`)]
  }
  return followed.events.map((event) => frame(event.type, event, `${roomId}:${event.seq}`))
}

function begin(response: Response): void {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    // For nginx, which would gather what is meant to be seen now.
    'X-Accel-Buffering': 'no',
    // A server that stops would wait for a connection that is kept for what comes after the stream.
    Connection: 'close',
  })
  response.flushHeaders()
}

function sayEnd(response: Response, error: ParleyError): void {
  response.end(retryLine() + frame('stream:end', toErrorBody(error, requestIdOf(response))))
}

/**
 * What is refused before the first word is thrown, and answered as elsewhere; later the last event says
 * why it ends, without an id, so that the reader goes on from where it was.
 */
export async function sendEventStream(
  request: Request,
  response: Response,
  follow: (signal: AbortSignal) => AsyncIterable<Followed>,
  { roomId, stopping, stallMs }: StreamOptions,
): Promise<StreamEnd> {
  const gone = abortSignalOf(response)
  const signal = AbortSignal.any([gone, stopping])
  const write = createWriteInTime(response, gone, stallMs)
  try {
    for await (const followed of follow(signal)) {
      if (!response.headersSent) begin(response)
      if (request.method === 'HEAD') break
      for (const text of textOf(followed, roomId)) {
        if (signal.aborted) break
        // What is not taken yet is one event and what the connection buffers: nothing is read ahead of it.
        await write(text)
      }
    }
  } catch (thrown) {
    return endBy(thrown, response, gone)
  }
  if (gone.aborted) return 'gone'
  if (stopping.aborted) sayEnd(response, new ParleyError('DRAINING', { retryAfterMs: RETRY_MS }))
  else response.end()
  return 'stopped'
}

function endBy(thrown: unknown, response: Response, gone: AbortSignal): StreamEnd {
  if (gone.aborted) return 'gone'
  if (thrown instanceof TooSlow) {
    response.destroy()
    return 'slow'
  }
  if (!response.headersSent) throw thrown
  const error = fromExpress(thrown)
  sayEnd(response, error)
  return error.code
}
