import compression from 'compression'
import type { RequestHandler } from 'express'

/** Three packets arrive as soon as one does, and to compress them takes a tenth of all that a short answer costs. */
const THRESHOLD_BYTES = 4_096

/**
 * Gzip or Brotli for JSON that is worth it. Not for files, which are sent as they are (ranges and their
 * tags are of these very bytes), not for streams, which must not be held back, and not for what holds a
 * secret (`no-store`): from the length of a compressed answer, secrets beside words of a stranger can be
 * guessed (BREACH). Elsewhere a page of that stranger cannot make a browser ask in somebody's name, since
 * no cookie is a credential here.
 */
export function createCompression(): RequestHandler {
  return compression({
    threshold: THRESHOLD_BYTES,
    filter: (_request, response) => {
      const type = String(response.getHeader('Content-Type') ?? '')
      const isJson = /^application\/(\w+\+)?json\b/u.test(type)
      const isFile = response.getHeader('Content-Disposition') !== undefined
      const isSecret = String(response.getHeader('Cache-Control') ?? '').includes('no-store')
      return isJson && !isFile && !isSecret
    },
  })
}
