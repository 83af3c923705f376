import { once } from 'node:events'
import type { Response } from 'express'
import { abortSignalOf } from './abort-signal.ts'

/**
 * Answers a line of JSON for each thing, as fast as they are read and no faster. What fails before the
 * first line is answered as a problem; afterwards the connection breaks, so that nobody takes a half
 * for the whole.
 */
export async function sendLines(
  response: Response,
  type: string,
  pages: AsyncIterable<readonly object[]>,
): Promise<void> {
  const gone = abortSignalOf(response)
  try {
    for await (const page of pages) {
      if (gone.aborted) return
      if (!response.headersSent) response.status(200).type(type)
      if (page.length === 0) continue
      const text = page.map((line) => `${JSON.stringify(line)}\n`).join('')
      if (!response.write(text)) await once(response, 'drain', { signal: gone })
    }
    response.end()
  } catch (error) {
    if (gone.aborted) return
    if (!response.headersSent) throw error
    response.destroy(error as Error)
  }
}
