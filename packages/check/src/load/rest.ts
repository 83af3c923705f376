import { createDeadline } from './deadline.ts'
import { done, refused, unanswered, type Outcome, type Refusal } from './outcome.ts'

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** Sent as `Idempotency-Key`. */
  readonly key?: string | undefined
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export type Rest = (request: RestRequest) => Promise<Outcome>

export type GetToken = (stale: string | null) => Promise<string>

const TIMEOUT_MS = 8_000

/** One of an API whose clock was wrong is refused by the others, for as long as it is ahead of theirs. */
const OF_AN_OLD_TOKEN = new Set(['AUTH_EXPIRED', 'AUTH_INVALID'])

/** REST of docs/rest.md by plain `fetch`: one attempt, but for a token that is not good any more. */
export function createRest(url: string, getToken?: GetToken): Rest {
  const attempt = async (request: RestRequest, token: string | null): Promise<Outcome> => {
    const { method, path, body, key, timeoutMs = TIMEOUT_MS, signal } = request
    const deadline = createDeadline(timeoutMs, signal)
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: deadline.signal,
      })
      const text = await response.text()
      if (response.ok) return done(text === '' ? {} : JSON.parse(text))
      return refused(readProblem(response.status, text))
    } catch (error) {
      return unanswered(error instanceof Error ? error.name : 'NO_ANSWER')
    } finally {
      deadline.clear()
    }
  }
  return async (request) => {
    if (getToken === undefined) return attempt(request, null)
    try {
      const token = await getToken(null)
      const outcome = await attempt(request, token)
      const isOld = outcome.type === 'fail' && OF_AN_OLD_TOKEN.has(outcome.error)
      return isOld ? await attempt(request, await getToken(token)) : outcome
    } catch {
      return { type: 'fail', error: 'NO_TOKEN', mayRetry: true, retryAfterMs: 500 }
    }
  }
}

/** Proxies have pages of their own: 503 and 408 mean that nothing was done, 502 and 504 that nobody knows. */
function readProblem(status: number, text: string): Refusal {
  try {
    const { code, retryable, retryAfterMs } = JSON.parse(text) as Partial<Refusal>
    if (typeof code === 'string') return { code, retryable: retryable === true, retryAfterMs }
  } catch {
    // Not ours.
  }
  if (status === 503 || status === 408) return { code: 'SERVER_BUSY', retryable: true }
  const isUnknown = status >= 500
  return { code: isUnknown ? 'UNKNOWN_OUTCOME' : `HTTP_${status}`, retryable: isUnknown }
}
