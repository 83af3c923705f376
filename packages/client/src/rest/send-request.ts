import { toChatError, unknownOutcome } from '../chat-error.ts'
import { readProblem } from './problem.ts'

export interface HttpRequest {
  readonly method: string
  /** With query, from the root. */
  readonly path: string
  readonly body?: unknown
  readonly token?: string
  readonly idempotencyKey?: string | undefined
  /** 30 s by default. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/** One request and its answer, once. Throws `ChatError`, or the reason of the signal. */
export type SendRequest = (request: HttpRequest) => Promise<unknown>

const TIMEOUT_MS = 30_000

const headersOf = ({ body, token, idempotencyKey }: HttpRequest): Record<string, string> => ({
  accept: 'application/json, application/problem+json',
  ...(body !== undefined && { 'content-type': 'application/json' }),
  ...(token !== undefined && { authorization: `Bearer ${token}` }),
  ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
})

async function readAnswer(response: Response, isReading: boolean): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  const isJson = /[/+]json\b/iu.test(type)
  if (response.ok) {
    const answer: unknown = isJson ? await response.json() : undefined
    if (Object(answer) === answer || (response.status === 204 && !isReading)) return answer
    // A page instead of an answer is that of a network which wants a sign-in of its own first.
    throw unknownOutcome()
  }
  const body: unknown = isJson ? await response.json().catch(() => null) : null
  throw readProblem(response.status, body, isReading)
}

/** `url` is without a path; empty for the origin of the page. */
export function createSendRequest(url: string, fetchNow: typeof fetch = fetch): SendRequest {
  const root = url.replace(/\/+$/u, '')
  return async (request) => {
    const { method, path, body, signal, timeoutMs = TIMEOUT_MS } = request
    signal?.throwIfAborted()
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const timer = setTimeout(end, timeoutMs)
    signal?.addEventListener('abort', end, { once: true })
    try {
      const response = await fetchNow(`${root}${path}`, {
        method,
        cache: 'no-store',
        headers: headersOf(request),
        signal: ending.signal,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return await readAnswer(response, method === 'GET')
    } catch (cause) {
      signal?.throwIfAborted()
      throw toChatError(cause)
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
    }
  }
}
