import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connectTo, resolveName, type Connect, type Resolve } from './connect.ts'
import { exchange, flatHeaders, readBounded } from './exchange.ts'
import {
  checkOutgoingAddress,
  type AllowedHosts,
  type OutgoingAddress,
} from './outgoing-address.ts'
import { OutgoingError } from './outgoing-error.ts'
import { isPublicAddress } from './public-address.ts'
import { startTimeLimit, within, type TimeLimit } from './time-limit.ts'

export interface OutgoingRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** For everything: the name, the connection, all redirects, the last byte. */
  readonly timeoutMs: number
  /** Of the unpacked body. More than that is not read: the answer is cut, and says so. */
  readonly maxBytes: number
  /** Followed for GET and HEAD only. Default 0: a redirect is answered as it came. */
  readonly maxRedirects?: number
  /** Of the answer, in lower case, `text/html` for example. Default: any. */
  readonly acceptsType?: (mime: string) => boolean
  readonly signal?: AbortSignal
}

export interface OutgoingAnswer {
  /** Any status, 3xx too where redirects are not followed. */
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly isCut: boolean
  /** Where the answer came from, after redirects. */
  readonly url: string
}

/** Calls an address that somebody else chose. Rejects with `OutgoingError` only. */
export type GuardedFetch = (url: string, request: OutgoingRequest) => Promise<OutgoingAnswer>

export interface GuardedFetchPorts {
  /** Of this purpose alone: what one may call is no reason that others may. */
  readonly allowedHosts: AllowedHosts
  readonly resolve?: Resolve
  readonly connect?: Connect
}

/** A name has rarely more, and each that does not answer costs time. */
const ADDRESSES_TRIED = 4
const LATER_MS = 1_000
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Set here, whatever the caller says. */
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'cookie',
  'expect',
  'upgrade',
])

const unreachable = (cause: unknown): OutgoingError =>
  new OutgoingError('unreachable', 'The address could not be reached.', { cause })

/** IPv4 first: a machine without IPv6 is commoner than a host without IPv4. */
async function addressesOf(
  { hostname, isAllowed }: OutgoingAddress,
  resolve: Resolve,
): Promise<string[]> {
  const found = isIP(hostname) === 0 ? await resolve(hostname) : [hostname]
  if (found.length === 0) throw unreachable(undefined)
  // One private address among public ones is a trap or a mistake: none of them is called.
  if (!isAllowed && !found.every(isPublicAddress)) {
    throw new OutgoingError('refused', 'This address is not of the public internet.', {
      couldBeAllowed: true,
    })
  }
  return found.toSorted((one, other) => isIP(one) - isIP(other)).slice(0, ADDRESSES_TRIED)
}

/** To exactly an address that was checked. The time that is left is shared by those still untried. */
async function connectToOne(
  target: OutgoingAddress,
  addresses: readonly string[],
  connect: Connect,
  time: TimeLimit,
): Promise<Duplex> {
  const tlsHost = target.url.protocol === 'https:' ? target.hostname : undefined
  let last: unknown
  for (const [index, address] of addresses.entries()) {
    const untried = addresses.length - index
    const leftMs = Math.max(1, time.endsAt - Date.now())
    // The last one has all that is left: its end is that of the whole call.
    const share = untried === 1 ? leftMs + LATER_MS : leftMs / untried
    const attempt = startTimeLimit(share, time.signal)
    const connecting = connect({ address, port: target.port, tlsHost, signal: attempt.signal })
    try {
      return await within(attempt.signal, connecting)
    } catch (error) {
      // A connection that comes too late is not left standing.
      connecting.then(
        (socket) => socket.destroy(),
        () => {},
      )
      time.signal.throwIfAborted()
      last = error
    } finally {
      attempt.release()
    }
  }
  throw unreachable(last)
}

function headersOf(target: OutgoingAddress, request: OutgoingRequest, body: Buffer | undefined) {
  const given = Object.entries(request.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  )
  return {
    'user-agent': 'Parley',
    accept: '*/*',
    'accept-encoding': 'identity',
    ...Object.fromEntries(given.filter(([name]) => !OWN_HEADERS.has(name))),
    host: target.url.host,
    connection: 'close',
    ...(body !== undefined && { 'content-length': String(body.length) }),
  }
}

function requireType(headers: Readonly<Record<string, string>>, request: OutgoingRequest): void {
  const [mime = ''] = (headers['content-type'] ?? '').split(';')
  if (request.acceptsType?.(mime.trim().toLowerCase()) === false) {
    throw new OutgoingError('content-type', 'The answer is of a type that is not wanted.')
  }
}

/**
 * A client for addresses that other people chose. It resolves the name itself, refuses every address
 * that is not of the public internet, connects to exactly what it has checked (a name that means
 * something else a moment later changes nothing), and does all of it again for every redirect. Time
 * and bytes are bounded; there are no cookies and no connections that are kept.
 */
export function createGuardedFetch(ports: GuardedFetchPorts): GuardedFetch {
  const { allowedHosts, resolve = resolveName, connect = connectTo } = ports

  async function callOnce(
    address: string,
    request: OutgoingRequest,
    time: TimeLimit,
  ): Promise<OutgoingAnswer | { readonly redirectTo: string }> {
    const target = checkOutgoingAddress(address, allowedHosts)
    const { signal } = time
    const addresses = await within(signal, addressesOf(target, resolve))
    const socket = await connectToOne(target, addresses, connect, time)
    try {
      const body = request.body === undefined ? undefined : Buffer.from(request.body)
      const response = await exchange(socket, {
        method: request.method ?? 'GET',
        path: target.url.pathname + target.url.search,
        headers: headersOf(target, request, body),
        body,
        signal,
      })
      const status = response.statusCode ?? 0
      const headers = flatHeaders(response.headers)
      const { location } = headers
      const follows =
        (request.maxRedirects ?? 0) > 0 && /^(GET|HEAD)$/u.test(request.method ?? 'GET')
      if (follows && REDIRECTS.has(status) && location !== undefined) {
        if (!URL.canParse(location, target.url.href)) {
          throw new OutgoingError('refused', 'That is no address.')
        }
        return { redirectTo: new URL(location, target.url.href).href }
      }
      requireType(headers, request)
      const bounded = await within(signal, readBounded(response, request.maxBytes))
      return { status, headers, ...bounded, url: target.url.href }
    } finally {
      socket.destroy()
    }
  }

  async function callAndFollow(
    address: string,
    request: OutgoingRequest,
    time: TimeLimit,
  ): Promise<OutgoingAnswer> {
    let next = address
    for (let left = request.maxRedirects ?? 0; left >= 0; left -= 1) {
      const answer = await callOnce(next, request, time)
      if (!('redirectTo' in answer)) return answer
      next = answer.redirectTo
    }
    throw new OutgoingError('redirects', 'The address leads on and on.')
  }

  return async (address, request) => {
    const time = startTimeLimit(request.timeoutMs, request.signal)
    try {
      return await callAndFollow(address, request, time)
    } catch (error) {
      if (time.isOver()) {
        throw new OutgoingError('timeout', 'The answer took too long.', { cause: error })
      }
      throw error instanceof OutgoingError ? error : unreachable(error)
    } finally {
      time.release()
    }
  }
}
