import type { RequestHandler } from 'express'
import helmet from 'helmet'

const createHeaders = (styleSources: readonly string[]): RequestHandler =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        connectSrc: ["'self'", 'ws:', 'wss:'],
        // `blob:` shows a picture before it is uploaded.
        imgSrc: ["'self'", 'data:', 'blob:', 'https:'],
        styleSrc: [...styleSources],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
  })

/** Scripts from here only, everywhere. The page of the documentation also styles inline. */
export function createSecurityHeaders(docsPath: string): RequestHandler {
  const strict = createHeaders(["'self'"])
  const forDocs = createHeaders(["'self'", "'unsafe-inline'"])
  return (request, response, next) => {
    const isDocs = request.path === docsPath || request.path.startsWith(`${docsPath}/`)
    if (isDocs) forDocs(request, response, next)
    else strict(request, response, next)
  }
}
