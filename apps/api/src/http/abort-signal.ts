import type { Response } from 'express'

/** Aborted when the client goes away before it was answered. */
export function abortSignalOf(response: Response): AbortSignal {
  const controller = new AbortController()
  // The request's own `close` comes as soon as its body was read.
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  if (response.destroyed) controller.abort()
  return controller.signal
}
