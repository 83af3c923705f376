import { ACT_AS_HEADER } from '@parley/message-schema'
import { CliError } from '../cli-error.ts'

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Of the address, one a part: what they hold is escaped. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** Lines, in place of a body. */
  readonly lines?: ReadableStream<Uint8Array>
  /** As whom a route for users is called. */
  readonly as?: string | undefined
  readonly idempotencyKey?: string
  readonly timeoutMs?: number
}

export interface ApiPorts {
  readonly url: string
  readonly key: string
  readonly signal: AbortSignal
}

export interface Api {
  /** What was answered, as JSON; undefined for nothing. */
  readonly call: (request: ApiRequest) => Promise<unknown>
  /** The answer as it comes. */
  readonly open: (request: ApiRequest) => Promise<ReadableStream<Uint8Array>>
}

const TIMEOUT_MS = 30_000
const NDJSON = 'application/x-ndjson'

/** Nobody answered: it may help to try again. */
export class NoAnswer extends CliError {}

export function createApi({ url, key, signal }: ApiPorts): Api {
  async function send(request: ApiRequest, ending: AbortSignal): Promise<Response> {
    const { method = 'GET', body, lines, as, idempotencyKey } = request
    const address = addressOf(url, request)
    const content = lines === undefined ? 'application/json' : NDJSON
    const init = {
      method,
      redirect: 'error' as const,
      signal: ending,
      headers: {
        authorization: `Bearer ${key}`,
        ...((body ?? lines) !== undefined && { 'content-type': content }),
        ...(as !== undefined && { [ACT_AS_HEADER]: encodeURIComponent(as) }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(lines !== undefined && { body: lines, duplex: 'half' as const }),
    }
    try {
      return await fetch(address, init)
    } catch (cause) {
      signal.throwIfAborted()
      throw new NoAnswer(`${method} ${address}: ${reasonOf(cause)}`, { cause })
    }
  }

  async function checked(request: ApiRequest, ending: AbortSignal): Promise<Response> {
    const response = await send(request, ending)
    if (!response.ok) throw await refusalOf(response, request, url)
    return response
  }

  return {
    async call(request) {
      const limit = AbortSignal.timeout(request.timeoutMs ?? TIMEOUT_MS)
      const response = await checked(request, AbortSignal.any([signal, limit]))
      if (response.status === 204) return undefined
      const text = await readText(response, addressOf(url, request), signal)
      try {
        return JSON.parse(text)
      } catch (cause) {
        throw new CliError(`${addressOf(url, request)} answered no JSON; is this a Parley?`, {
          cause,
        })
      }
    },
    async open(request) {
      const { body } = await checked(request, signal)
      if (body === null) throw new CliError(`${addressOf(url, request)} answered nothing.`)
      return body as ReadableStream<Uint8Array>
    },
  }
}

async function readText(response: Response, address: string, signal: AbortSignal): Promise<string> {
  try {
    return await response.text()
  } catch (cause) {
    signal.throwIfAborted()
    throw new NoAnswer(`${address}: the answer was cut off (${reasonOf(cause)})`, { cause })
  }
}

function addressOf(url: string, { path, query = {} }: ApiRequest): string {
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) asked.set(name, String(value))
  }
  const text = asked.toString()
  return `${url}/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; is it running, and is the port right?',
  ENOTFOUND: 'there is no such host; is the name right?',
  EAI_AGAIN: 'the name could not be looked up; is there a network?',
  ECONNRESET: 'the connection was cut off',
  EHOSTUNREACH: 'the host cannot be reached; is a firewall between?',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'the certificate is self-signed; name its authority in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN:
    'the certificate is of an unknown authority; name it in NODE_EXTRA_CA_CERTS',
  CERT_HAS_EXPIRED: 'the certificate has expired',
}

/** Of an error of fetch, which hides the cause. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = Object(error) as Error
  if (name === 'TimeoutError') return 'no answer in time'
  const { code, message: inner } = Object(cause) as NodeJS.ErrnoException
  return REASONS[code ?? ''] ?? code ?? inner ?? message ?? String(error)
}

interface Problem {
  readonly code?: unknown
  readonly message?: unknown
  readonly details?: unknown
}

async function refusalOf(
  response: Response,
  { method = 'GET', path }: ApiRequest,
  url: string,
): Promise<CliError> {
  const body: unknown = await response.json().catch(() => null)
  const { code, message, details } = Object(body) as Problem
  const asked = `${method} ${url}/${path.join('/')}`
  if (typeof code !== 'string' || typeof message !== 'string') {
    return new CliError(`${asked} answered ${response.status}, and not as Parley does.`)
  }
  const where = Array.isArray(details)
    ? details.map((one: { path?: string; problem?: string }) => `${one.path}: ${one.problem}`)
    : []
  // The first of them is the message, where there is no better word for it.
  const said = [message, ...where.filter((one) => one !== message)].join(' ')
  const error = { code }
  // Another time it may do.
  if (response.status >= 502) return new NoAnswer(`${asked}: ${said} (${code})`, error)
  return new CliError(`${said} (${code})${hintOf(code)}`, error)
}

function hintOf(code: string): string {
  if (code === 'AUTH_INVALID' || code === 'AUTH_REQUIRED') return ' Is the API key right?'
  return ''
}
