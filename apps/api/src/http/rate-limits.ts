import { isRead, ParleyError, type RouteSpec } from '@parley/message-schema'
import { Counter, type Registry } from '@parley/server-kit'
import type { Request, RequestHandler, Response } from 'express'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import type { KeyIdentity } from '../auth/caller.ts'
import type { ApiConfig } from '../config.ts'
import { WindowStore } from './window-store.ts'

const WINDOW_MS = 60_000
const KEYS_MAX = 50_000

/** Counts what was refused, by the bucket that was full. */
export type OnLimit = (bucket: string) => void

export function createOnLimit(metrics: Registry): OnLimit {
  const limited = new Counter({
    name: 'parley_rate_limited_total',
    help: 'Requests that were refused as too fast, by the bucket that was full.',
    labelNames: ['bucket'],
    registers: [metrics],
  })
  return (bucket) => limited.inc({ bucket })
}

/** Rejects with `RATE_LIMITED`, and says in `RateLimit` headers how much is left. */
type Take = (request: Request, response: Response) => Promise<void>

export interface RateLimits {
  /** Of whatever an address asks, before it is known who asks. */
  readonly address: RequestHandler
  /** Of what needs no token, by address. */
  readonly open: (spec: RouteSpec, request: Request, response: Response) => Promise<void>
  readonly user: (
    spec: RouteSpec,
    request: Request,
    response: Response,
    userId: string,
  ) => Promise<void>
  readonly key: (
    spec: RouteSpec,
    request: Request,
    response: Response,
    key: KeyIdentity,
  ) => Promise<void>
}

type Settings = Pick<
  ApiConfig,
  | 'addressRatePerMinute'
  | 'authRatePerMinute'
  | 'requestRatePerMinute'
  | 'writeRatePerMinute'
  | 'costlyRatePerMinute'
  | 'keyRatePerMinute'
>

type Amount = number | ((request: Request, response: Response) => number)

type CreateLimiter = (
  bucket: string,
  perMinute: Amount,
  keyOf: (request: Request, response: Response) => string,
) => RequestHandler

type Counted = Request & {
  rateLimit?: { readonly limit: number; readonly remaining: number; readonly resetTime?: Date }
}
const NOTHING = { limit: 0, remaining: 0, resetTime: undefined }

/** Of all buckets that a request took from, the one that has least left, in the older headers. */
function tellTightest(request: Request, response: Response): void {
  const { rateLimit: bucket } = request as Counted
  if (bucket === undefined) return
  const { limit, remaining, resetTime } = bucket
  const told = response.getHeader('RateLimit-Remaining')
  if (told !== undefined && Number(told) < remaining) return
  const resetMs = (resetTime?.getTime() ?? 0) - Date.now()
  response.setHeader('RateLimit-Limit', limit)
  response.setHeader('RateLimit-Remaining', remaining)
  response.setHeader('RateLimit-Reset', Math.max(0, Math.ceil(resetMs / 1_000)))
}

/** Each replica counts for itself: a limit is per replica, and no store is waited for. */
const limiterFactory =
  (onLimit: OnLimit): CreateLimiter =>
  (bucket, perMinute, keyOf) => {
    const limiter = rateLimit({
      identifier: bucket,
      windowMs: WINDOW_MS,
      limit: perMinute,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      store: new WindowStore(WINDOW_MS, KEYS_MAX),
      keyGenerator: keyOf,
      // How many proxies are believed is the operator's explicit setting, not a guess to warn about.
      validate: false,
      handler: (request, _response, next) => {
        const { resetTime, limit } = (request as Counted).rateLimit ?? NOTHING
        onLimit(bucket)
        const error = new ParleyError('RATE_LIMITED', {
          message: `That was too fast: at most ${limit} a minute (${bucket}).`,
          retryAfterMs: Math.max(1, (resetTime?.getTime() ?? 0) - Date.now()),
          details: { bucket, limit, windowMs: WINDOW_MS },
        })
        next(error)
      },
    })
    return (request, response, next) => {
      void limiter(request, response, (error?: unknown) => {
        tellTightest(request, response)
        next(error)
      })
    }
  }

const toTake =
  (limiter: RequestHandler): Take =>
  (request, response) =>
    new Promise((resolve, reject) => {
      void limiter(request, response, (error?: unknown) => {
        if (error === undefined) resolve()
        else reject(error)
      })
    })

const addressOf = ({ ip }: Request): string => ipKeyGenerator(ip ?? '')
const userOf = (_request: Request, { locals }: Response): string => String(locals['userId'])
const keyOf = (_request: Request, { locals }: Response): string => String(locals['keyId'])

/** What is taken in as a stream, searched or exported costs most. */
const isCostly = (spec: RouteSpec): boolean =>
  spec.costly === true ||
  spec.consumes !== undefined ||
  spec.produces === 'application/x-ndjson' ||
  spec.tag === 'search'

/** Reading much must not keep one from writing, nor an export from reading. */
export function createRateLimits(config: Settings, onLimit: OnLimit): RateLimits {
  const createLimiter = limiterFactory(onLimit)
  const auth = toTake(createLimiter('auth', config.authRatePerMinute, addressOf))
  const link = toTake(createLimiter('link', config.requestRatePerMinute, addressOf))
  const ofUser = {
    read: toTake(createLimiter('user-read', config.requestRatePerMinute, userOf)),
    write: toTake(createLimiter('user-write', config.writeRatePerMinute, userOf)),
    costly: toTake(createLimiter('user-costly', config.costlyRatePerMinute, userOf)),
  }
  const rateOfKey: Amount = (_request, { locals }) =>
    (locals['ratePerMinute'] as number | null) ?? config.keyRatePerMinute
  const ofKey = toTake(createLimiter('key', rateOfKey, keyOf))
  const ofKeyCostly = toTake(createLimiter('key-costly', config.costlyRatePerMinute, keyOf))

  return {
    address: createLimiter('address', config.addressRatePerMinute, addressOf),

    // Who only reads what is open to all, or has a link, guesses no passwords.
    open: (spec, request, response) =>
      (spec.auth === 'link' || spec.method === 'get' ? link : auth)(request, response),

    user: (spec, request, response, userId) => {
      response.locals['userId'] = userId
      const bucket = isCostly(spec) ? 'costly' : isRead(spec) ? 'read' : 'write'
      return ofUser[bucket](request, response)
    },

    async key(spec, request, response, { keyId, ratePerMinute }) {
      response.locals['keyId'] = keyId
      response.locals['ratePerMinute'] = ratePerMinute
      await ofKey(request, response)
      if (isCostly(spec)) await ofKeyCostly(request, response)
    },
  }
}
