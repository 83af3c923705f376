import type { RequestHandler } from 'express'

/** Uploads may take their time; what is read whole into memory may not. */
const BODY_MS = 60_000

/** Ends the connection of somebody whose body does not come to an end. */
export function limitBodyTime(reader: RequestHandler, ms = BODY_MS): RequestHandler {
  return (request, response, next) => {
    const timer = setTimeout(() => request.socket.destroy(), ms)
    void reader(request, response, (error?: unknown) => {
      clearTimeout(timer)
      next(error)
    })
  }
}
