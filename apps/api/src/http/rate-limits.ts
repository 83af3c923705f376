import { ParleyError, ROUTES } from '@parley/message-schema'
import type { Request, RequestHandler, Response, Router } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import { WindowStore } from './window-store.ts'

const WINDOW_MS = 60_000
const KEYS_MAX = 50_000

/** Each replica counts for itself: a limit is per replica, and no store is waited for. */
function createLimiter(
  name: string,
  perMinute: number,
  keyOf: (request: Request, response: Response) => string,
): RequestHandler {
  return rateLimit({
    identifier: name,
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    store: new WindowStore(WINDOW_MS, KEYS_MAX),
    keyGenerator: keyOf,
    // How many proxies are believed is the operator's explicit setting, not a guess to warn about.
    validate: false,
    handler: (request, _response, next) => {
      const { resetTime } = (request as Request & { rateLimit: { resetTime?: Date } }).rateLimit
      const retryAfterMs = Math.max(1, (resetTime?.getTime() ?? 0) - Date.now())
      next(new ParleyError('RATE_LIMITED', { retryAfterMs }))
    },
  })
}

/** On the routes that need no token: whoever guesses passwords there has only an address. */
export function limitAuthRoutes(router: Router, perMinute: number): void {
  const limiter = createLimiter('auth', perMinute, ({ ip }) => ipKeyGenerator(ip ?? ''))
  for (const { auth, method, path } of Object.values(ROUTES)) {
    if (auth === 'none') router[method](path, limiter)
  }
}

export type LimitUser = (request: Request, response: Response, userId: string) => Promise<void>

/** Rejects with `RATE_LIMITED`. Called once it is known whose request it is. */
export function createLimitUser(perMinute: number): LimitUser {
  const limiter = createLimiter('user', perMinute, (_request, { locals }) =>
    String(locals['userId']),
  )
  return (request, response, userId) => {
    response.locals['userId'] = userId
    return new Promise((resolve, reject) => {
      void limiter(request, response, (error?: unknown) => {
        if (error === undefined) resolve()
        else reject(error)
      })
    })
  }
}
