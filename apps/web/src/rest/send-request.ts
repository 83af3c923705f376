import { type ErrorCode, ERRORS, ParleyError } from '@parley/message-schema'

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Answers the body, or throws what the problem document says. */
export async function sendRequest<Body>(request: RestRequest): Promise<Body> {
  const response = await fetch(request.path, {
    method: request.method,
    cache: 'no-store',
    headers: {
      accept: 'application/json',
      ...(request.body !== undefined && { 'content-type': 'application/json' }),
      ...(request.token !== undefined && { authorization: `Bearer ${request.token}` }),
      ...request.headers,
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
  }).catch((cause: unknown) => {
    throw new ParleyError('UNKNOWN_OUTCOME', {
      message: 'The server cannot be reached. Check your connection and try again.',
      cause,
    })
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body as Body
  throw problem(body, response.status)
}

function problem(body: unknown, status: number): ParleyError {
  const { code, message, retryAfterMs } = (body ?? {}) as {
    code?: unknown
    message?: unknown
    retryAfterMs?: unknown
  }
  // A balancer without a server behind it answers in its own words.
  if (!isErrorCode(code)) {
    const isAway = status === 502 || status === 503 || status === 504
    return new ParleyError(isAway ? 'SERVER_BUSY' : 'INTERNAL')
  }
  return new ParleyError(code, {
    ...(typeof message === 'string' && { message }),
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
  })
}

const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(ERRORS, code)
