import { newId } from '../new-id.ts'
import type { GetToken } from '../chat.ts'
import { ChatError } from '../chat-error.ts'
import type { CallRoute, Route } from './call-route.ts'
import { fillRoute, type RouteValues } from './fill-route.ts'
import { pause, type Pause } from './pause.ts'
import { createSendRequest, type HttpRequest } from './send-request.ts'
import { isAuthError, withToken } from './with-token.ts'

export interface CallRoutePorts {
  /** Without a path; empty for the origin of the page. */
  readonly url: string
  readonly getToken: GetToken
  readonly fetch?: typeof fetch | undefined
  /** How often more it is tried; 2 by default. */
  readonly retries?: number
  /** Told of every call that succeeded. */
  readonly onDone?: (route: Route) => void
  readonly random?: () => number
  readonly sleep?: Pause
}

interface Input extends RouteValues {
  readonly body?: unknown
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

const RETRIES = 2
const FIRST_PAUSE_MS = 400
/** Whoever is to wait longer is told so, and waits where a person sees it. */
const LONGEST_PAUSE_MS = 5_000
const TIMEOUT_MS = 30_000
/** They change nothing, or nothing that a second one would double; a kept answer is of no use. */
const KEYLESS: ReadonlySet<string> = new Set(['POST /v1/sync', 'POST /v1/files/:id/link'])

/** What may be waited for on purpose, beside what an answer may take. */
function timeoutOf({ body, query }: Input): number {
  const said = (body as { waitMs?: unknown } | undefined)?.waitMs ?? query?.['waitMs']
  return TIMEOUT_MS + (Number(said) || 0)
}

function keyOf(route: string, { idempotencyKey }: Input): string | undefined {
  if (idempotencyKey !== undefined) return idempotencyKey
  const isMade = route.startsWith('POST ') && !KEYLESS.has(route)
  // Deleted once more by a retry, a message would be `GONE`.
  return isMade || route === 'DELETE /v1/rooms/:id/messages/:seq' ? newId() : undefined
}

const mayRepeat = (method: string, { body }: Input, key: string | undefined): boolean =>
  method !== 'PATCH' ||
  key !== undefined ||
  (body as { clientMsgId?: unknown } | undefined)?.clientMsgId !== undefined

/** Our own first attempt may be under way still: `CONFLICT` names a time then. */
const mayHelp = (error: ChatError): boolean =>
  error.isRetryable || (error.code === 'CONFLICT' && error.retryAfterMs !== undefined)

export function createCallRoute(ports: CallRoutePorts): CallRoute {
  const { getToken, onDone, retries = RETRIES, random = Math.random, sleep = pause } = ports
  const send = createSendRequest(ports.url, ports.fetch)

  async function call(route: string, input: Input = {}): Promise<unknown> {
    const { method, path } = fillRoute(route, input)
    const { body, signal } = input
    const key = keyOf(route, input)
    const request: HttpRequest = {
      method,
      path,
      body,
      signal,
      idempotencyKey: key,
      timeoutMs: timeoutOf(input),
    }
    const attempts = mayRepeat(method, input, key) ? retries : 0
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await withToken(getToken, (token) => send({ ...request, token }))
        onDone?.(route as Route)
        return answer
      } catch (error) {
        // A token cannot be had by asking for the same thing again.
        if (!(error instanceof ChatError) || isAuthError(error) || !mayHelp(error)) throw error
        const backoffMs = FIRST_PAUSE_MS * 2 ** attempt * (0.5 + random() / 2)
        const waitMs = (error.retryAfterMs ?? 0) + backoffMs
        if (attempt >= attempts || waitMs > LONGEST_PAUSE_MS) throw error
        await sleep(waitMs, signal)
      }
    }
  }

  // Routes and their types are one to one; what is called is a string all the same.
  return call as CallRoute
}
