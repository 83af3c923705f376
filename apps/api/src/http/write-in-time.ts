import { EventEmitter, once } from 'node:events'
import type { Writable } from 'node:stream'

/** Whoever reads an answer took nothing of it for too long. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow'
}

/**
 * Writes go on when what was written is taken, so that nothing piles up here. They throw `TooSlow` when
 * nothing was for `stallMs`, and return when the reader is `gone`.
 */
export function createWriteInTime(
  response: Writable,
  gone: AbortSignal,
  stallMs: number,
): (text: string) => Promise<void> {
  // One listener for all writes: those of a compressed answer cannot be taken off again.
  const taken = new EventEmitter()
  response.on('drain', () => taken.emit('drain'))
  return async (text) => {
    if (response.write(text) || gone.aborted) return
    const timer = new AbortController()
    const stalled = setTimeout(() => timer.abort(), stallMs)
    try {
      await once(taken, 'drain', { signal: AbortSignal.any([gone, timer.signal]) })
    } catch (cause) {
      if (!gone.aborted) throw new TooSlow('takes nothing', { cause })
    } finally {
      clearTimeout(stalled)
    }
  }
}
