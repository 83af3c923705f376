import { ParleyError, toProblemDocument, type ErrorCode } from '@parley/message-schema'

interface BalancedServer {
  readonly name: string
  readonly port: number
}

export interface HaproxyOptions {
  /** The public port, on loopback. */
  readonly port: number
  /** Where gateways reach the API. */
  readonly internalPort: number
  readonly gateways: readonly BalancedServer[]
  readonly apis: readonly BalancedServer[]
  readonly statsSocket: string
}

// Doubled slashes, backslashes (doubled for HAProxy's own reader), and `.` or `..` as a part.
const DEVIOUS = String.raw`(//|[\\\\]|/[.][.]?(/|$))`
// Escaped slashes may be part of an id, but for the first of a path.
const DEVIOUS_DECODED = String.raw`(^//|[\\\\]|/[.][.]?(/|$))`

const CHECK = 'check inter 500ms fastinter 200ms downinter 200ms fall 2 rise 1'

/** Sticky where HTTP polling needs it, the least loaded gateway for WebSocket, one API a partition. */
export function haproxyConfig(options: HaproxyOptions): string {
  return [
    defaults(options.statsSocket),
    publicFrontend(options.port),
    gatewaysBySession(options.gateways),
    gatewaysByCookie(options.gateways),
    gatewaysByLoad(options.gateways),
    publicApis(options.apis),
    internalApis(options.internalPort, options.apis),
  ].join('\n')
}

function defaults(statsSocket: string): string {
  return `global
  log stdout format raw local0 notice
  stats socket "${statsSocket}" mode 600 level admin
  hard-stop-after 5s

defaults
  mode http
  log global
  option dontlognull
  timeout connect 2s
  timeout http-request 10s
  timeout http-keep-alive 75s
  # Longer than a polling request of Engine.IO or a long poll of REST is held.
  timeout client 90s
  timeout server 90s
  timeout queue 5s
  timeout tunnel 1h
  # A closed WebSocket whose client has vanished is not kept for the tunnel's hour.
  timeout client-fin 10s
  option redispatch 1
  # Whoever goes away in the middle of a long poll or a stream is waited with no longer. Gateways see to
  # their own polls, and commands that are under way are seen through.
  option abortonclose
  retries 3
  # Nothing was sent yet, so trying another server repeats nothing.
  retry-on conn-failure
${[problem(400, 'INVALID'), problem(502, 'UNKNOWN_OUTCOME'), problem(503, 'SERVER_BUSY'), problem(504, 'UNKNOWN_OUTCOME')].join('\n')}
`
}

/** What the balancer itself has to refuse, it refuses in the words of the contract. */
function problem(status: number, code: ErrorCode): string {
  const body = problemBody(status, code)
  const wait = status === 503 ? ' hdr Retry-After 1' : ''
  return `  http-error status ${status} content-type application/problem+json string '${body}'${wait}`
}

function problemBody(status: number, code: ErrorCode): string {
  const error = new ParleyError(code, code === 'SERVER_BUSY' ? { retryAfterMs: 1_000 } : {})
  return JSON.stringify({ ...toProblemDocument(error, 'balancer'), status })
}

function publicFrontend(port: number): string {
  return `frontend public
  bind 127.0.0.1:${port}
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  # The API matches paths without regard to case; decoding twice leaves no escape from the rule.
  acl private path,url_dec,url_dec -m reg -i ^/(internal|metrics)(/|$)
  # A path that means another one is none that a client of ours sends.
  acl devious path -m reg ${DEVIOUS}
  acl devious path,url_dec,url_dec -m reg ${DEVIOUS_DECODED}
  http-request return status 404 content-type application/problem+json string '${problemBody(404, 'NOT_FOUND')}' if private || devious
  acl realtime path_beg /socket.io/
  acl has_session urlp(sid) -m found
  acl websocket urlp(transport) -m str websocket
  use_backend gateways_by_session if realtime has_session
  use_backend gateways_by_load if realtime websocket
  use_backend gateways_by_cookie if realtime
  default_backend apis
`
}

/** Names are the gateways' own, since a session id begins with one: `g1.xxxx`. */
function gatewaysBySession(gateways: readonly BalancedServer[]): string {
  const rules = gateways.map(({ name }) => `  use-server ${name} if { urlp(sid) -m beg ${name}. }`)
  const servers = gateways.map(
    ({ name, port }) => `  server ${name} 127.0.0.1:${port} cookie ${name} ${CHECK}`,
  )
  const prefixes = gateways.map(({ name }) => `${name}.`).join(' ')
  return `backend gateways_by_session
  balance leastconn
  no option abortonclose
  option httpchk GET /readyz
  cookie PARLEY_GATEWAY insert indirect nocache httponly
  # A gateway that drains is out of rotation, but still answers the sessions it has.
  option persist
  # The session id is the better witness: one cookie cannot serve two tabs.
  ignore-persist if { urlp(sid) -m beg ${prefixes} }
${[...rules, ...servers].join('\n')}
`
}

function gatewaysByCookie(gateways: readonly BalancedServer[]): string {
  // One check a gateway is enough: the other backends follow the first.
  const servers = gateways.map(
    ({ name, port }) =>
      `  server ${name} 127.0.0.1:${port} cookie ${name} track gateways_by_session/${name}`,
  )
  return `backend gateways_by_cookie
  balance leastconn
  no option abortonclose
  cookie PARLEY_GATEWAY insert indirect nocache httponly
${servers.join('\n')}
`
}

function gatewaysByLoad(gateways: readonly BalancedServer[]): string {
  const servers = gateways.map(
    ({ name, port }) => `  server ${name} 127.0.0.1:${port} track gateways_by_session/${name}`,
  )
  return `backend gateways_by_load
  balance leastconn
  no option abortonclose
${servers.join('\n')}
`
}

function publicApis(apis: readonly BalancedServer[]): string {
  const servers = apis.map(({ name, port }) => `  server ${name} 127.0.0.1:${port} ${CHECK}`)
  return `backend apis
  balance leastconn
  option httpchk GET /readyz
${servers.join('\n')}
`
}

function internalApis(internalPort: number, apis: readonly BalancedServer[]): string {
  const servers = apis.map(
    ({ name, port }) => `  server ${name} 127.0.0.1:${port} track apis/${name}`,
  )
  return `frontend internal
  bind 127.0.0.1:${internalPort}
  default_backend apis_by_partition

backend apis_by_partition
  no option abortonclose
  # One writer a room is faster; two are as correct. Without the header: round robin.
  balance hdr(x-parley-partition)
  hash-type consistent
${servers.join('\n')}
`
}
