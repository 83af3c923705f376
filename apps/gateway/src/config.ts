import {
  checkSettings,
  commaList,
  durationMs,
  port,
  readEnv,
  redisUrl,
  SECRET,
  testEnv,
  tokenEnv,
  toTestSettings,
  toTokenSettings,
  toTracingSettings,
  tracingEnv,
  type TestSettings,
  type TokenSettings,
  type TracingSettings,
} from '@parley/server-kit'
import { LIMITS } from '@parley/message-schema'
import { z } from 'zod'
import { adminUiEnv, checkAdminUi, toAdminUiSettings } from './admin-ui-env.ts'
import type { AdminUiSettings } from './socket/admin-ui.ts'

/**
 * One packet costs some 7 microseconds a socket: at this pace those of one room of up to 100 sockets take a
 * hundredth of a core of this gateway, however fast it is spoken in.
 */
const FANOUT_MS_PER_SOCKET = 0.76

const count = z.coerce.number().int().positive()

/** The whole environment of a gateway. `docs/environment.md` is compared with it by a test. */
export const GatewayEnv = checkAdminUi(
  checkSettings(
    z.object({
      GATEWAY_PORT: port.default(3001).describe('Port; 0 takes a free one.'),
      GATEWAY_HOST: z.string().default('0.0.0.0').describe('Address to listen on.'),
      GATEWAY_NAME: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/u, 'must be 1-40 of a-z, 0-9 and -')
        .default('gateway')
        .describe('Unique in the cluster; session ids begin with it, balancers may route by it.'),
      REDIS_URL: redisUrl.meta(SECRET),
      API_URL: z.url({ protocol: /^https?$/u }).describe('The API, or the balancer before it.'),
      INTERNAL_TOKEN: z
        .string()
        .min(16, 'must have at least 16 characters')
        .describe('Shared with the API; opens its `/internal`.')
        .meta(SECRET),
      ...tokenEnv,
      JWKS_URL: z.url().optional().describe('Key set of our own tokens, if not at API_URL.'),
      ALLOWED_ORIGINS: commaList.describe(
        'Origins of pages that may connect, besides the one that serves the gateway; `*` is any.',
      ),
      HEADS_INTERVAL_MS: durationMs
        .min(100)
        .default(5_000)
        .describe('How often rooms are compared with the API.'),
      HANDSHAKES_PER_SECOND: count.default(300).describe('Beyond it: SERVER_BUSY.'),
      SENDS_PER_SECOND: count.default(LIMITS.sendsPerSecond).describe('Of one user.'),
      SEND_BURST: count.default(LIMITS.sendBurst).describe('Of one user.'),
      COMMAND_DEADLINE_MS: durationMs
        .default(10_000)
        .describe('How long a command is tried before its outcome is called unknown.'),
      FANOUT_WINDOW_MS: durationMs
        .default(76)
        .describe(
          'Longest that what is said in a busy room of many sockets is gathered, twice as long where more than 100 messages a second are; 0: never.',
        ),
      LAG_BYTES: count.default(256 * 1024).describe('Unsent bytes of a socket: only heads beyond.'),
      CLOSE_BYTES: count
        .default(1024 * 1024)
        .describe('Unsent bytes of a socket, besides one answer of up to 2 MiB: closed beyond.'),
      LAG_LIMIT_MS: durationMs
        .default(10_000)
        .describe('A socket that lags has to have read some of what waits after so long.'),
      PRESENCE_GRACE_MS: durationMs
        .min(1)
        .default(20_000)
        .describe('Who disconnects and is back within it has never been away for others.'),
      PRESENCE_LEASE_MS: durationMs
        .min(400)
        .default(8_000)
        .describe('Of a gateway that dies, its users are held to be there for so long.'),
      DRAIN_NOTICE_MS: durationMs
        .default(2_000)
        .describe('Not ready, still serving: for the balancer to notice.'),
      DRAIN_WINDOW_MS: durationMs
        .default(5_000)
        .describe('Clients are told to move, spread over this.'),
      LOG_LEVEL: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
        .default('info')
        .describe('Least level that is logged.'),
      ...adminUiEnv,
      ...tracingEnv,
      ...testEnv,
    }),
  ),
)

export interface GatewayConfig {
  readonly port: number
  readonly host: string
  readonly name: string
  readonly redisUrl: string
  readonly apiUrl: string
  readonly internalToken: string
  readonly tokens: TokenSettings
  readonly jwksUrl: string
  readonly allowedOrigins: readonly string[]
  readonly headsIntervalMs: number
  readonly handshakesPerSecond: number
  readonly sendsPerSecond: number
  readonly sendBurst: number
  readonly commandDeadlineMs: number
  /** What a busy room with n local sockets says is gathered for up to n times this, or `fanoutWindowMs`. */
  readonly fanoutMsPerSocket: number
  readonly fanoutWindowMs: number
  readonly lagBytes: number
  readonly closeBytes: number
  readonly lagLimitMs: number
  readonly presenceGraceMs: number
  readonly presenceLeaseMs: number
  readonly drainNoticeMs: number
  readonly drainWindowMs: number
  readonly logLevel: string
  readonly adminUi: AdminUiSettings | undefined
  readonly tracing: TracingSettings | undefined
  readonly test: TestSettings
}

/** Throws `EnvironmentError`, naming every wrong variable at once. */
export function readConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  const parsed = readEnv(GatewayEnv, env)
  const apiUrl = parsed.API_URL.replace(/\/$/u, '')
  return {
    port: parsed.GATEWAY_PORT,
    host: parsed.GATEWAY_HOST,
    name: parsed.GATEWAY_NAME,
    redisUrl: parsed.REDIS_URL,
    apiUrl,
    internalToken: parsed.INTERNAL_TOKEN,
    tokens: toTokenSettings(parsed),
    jwksUrl: parsed.JWKS_URL ?? `${apiUrl}/.well-known/jwks.json`,
    allowedOrigins: parsed.ALLOWED_ORIGINS,
    headsIntervalMs: parsed.HEADS_INTERVAL_MS,
    handshakesPerSecond: parsed.HANDSHAKES_PER_SECOND,
    sendsPerSecond: parsed.SENDS_PER_SECOND,
    sendBurst: parsed.SEND_BURST,
    commandDeadlineMs: parsed.COMMAND_DEADLINE_MS,
    fanoutMsPerSocket: FANOUT_MS_PER_SOCKET,
    fanoutWindowMs: parsed.FANOUT_WINDOW_MS,
    lagBytes: parsed.LAG_BYTES,
    closeBytes: parsed.CLOSE_BYTES,
    lagLimitMs: parsed.LAG_LIMIT_MS,
    presenceGraceMs: parsed.PRESENCE_GRACE_MS,
    presenceLeaseMs: parsed.PRESENCE_LEASE_MS,
    drainNoticeMs: parsed.DRAIN_NOTICE_MS,
    drainWindowMs: parsed.DRAIN_WINDOW_MS,
    logLevel: parsed.LOG_LEVEL,
    adminUi: toAdminUiSettings(parsed),
    tracing: toTracingSettings(parsed),
    test: toTestSettings(parsed),
  }
}
