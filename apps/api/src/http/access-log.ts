import { Histogram, type Logger, type Registry } from '@parley/server-kit'
import type { Request, RequestHandler } from 'express'
import { requestIdOf } from './request-id.ts'

/** The pattern of the route, never the path: a metric's labels must stay few. */
function routeOf(request: Request): string {
  const { path } = (request.route ?? {}) as { path?: unknown }
  return typeof path === 'string' ? `${request.baseUrl}${path}` : 'other'
}

export type RequestSeconds = Histogram<'method' | 'route' | 'status'>

export const createRequestSeconds = (metrics: Registry): RequestSeconds =>
  new Histogram({
    name: 'parley_http_request_seconds',
    help: 'Time to answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [metrics],
  })

/** One line and one measurement a request. Neither query nor headers: they may hold secrets. */
export function createAccessLog(logger: Logger, seconds: RequestSeconds): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now()
    const { method, path } = request
    response.once('close', () => {
      const took = performance.now() - startedAt
      // 499: the client went away before it was answered.
      const status = response.writableFinished ? response.statusCode : 499
      const route = routeOf(request)
      seconds.observe({ method, route, status: String(status) }, took / 1_000)
      const { userId, keyId } = response.locals as { userId?: string; keyId?: string }
      logger.debug(
        {
          requestId: requestIdOf(response),
          method,
          path,
          status,
          ms: Math.round(took),
          userId,
          keyId,
        },
        'answered',
      )
    })
    next()
  }
}
