import type { Response } from 'express'
import { abortSignalOf } from './abort-signal.ts'
import { jsonLine } from './json-line.ts'
import { createWriteInTime } from './write-in-time.ts'

/** As for files: who takes nothing for so long is not there any more. */
const STALL_MS = 60_000

/**
 * Answers piece by piece, as fast as they are read and no faster. What fails before the first piece is
 * answered as a problem; afterwards the connection breaks, so that nobody takes a half for the whole.
 */
export async function sendPieces(
  response: Response,
  type: string,
  pieces: AsyncIterable<string>,
  stallMs = STALL_MS,
): Promise<void> {
  const gone = abortSignalOf(response)
  const write = createWriteInTime(response, gone, stallMs)
  try {
    for await (const piece of pieces) {
      if (gone.aborted) return
      if (!response.headersSent) response.status(200).type(type)
      await write(piece)
    }
    response.end()
  } catch (error) {
    if (gone.aborted) return
    if (!response.headersSent) throw error
    response.destroy()
  }
}

/** A line of JSON for each thing. */
export const sendLines = (
  response: Response,
  type: string,
  pages: AsyncIterable<readonly object[]>,
): Promise<void> => sendPieces(response, type, linesOf(pages))

async function* linesOf(pages: AsyncIterable<readonly object[]>): AsyncGenerator<string> {
  for await (const page of pages) for (const one of page) yield jsonLine(one)
}
