import {
  checkHostSettings,
  commaList,
  durationMs,
  port,
  readEnv,
  tokenEnv,
  toTokenSettings,
  type TokenSettings,
} from '@parley/server-kit'
import { LIMITS } from '@parley/message-schema'
import { z } from 'zod'

/** The whole environment of the API. `docs/environment.md` is compared with it by a test. */
export const ApiEnv = checkHostSettings(
  z.object({
    API_PORT: port.default(3000).describe('Port; 0 takes a free one.'),
    API_HOST: z.string().default('0.0.0.0').describe('Address to listen on.'),
    API_NAME: z.string().default('api').describe('Name in logs and metrics.'),
    DATABASE_URL: z
      .url({ protocol: /^(mysql|mariadb)$/u })
      .describe('MySQL or MariaDB: the truth.'),
    REDIS_URL: z.url({ protocol: /^rediss?$/u }).describe('Redis: news, which may be lost.'),
    INTERNAL_TOKEN: z
      .string()
      .min(16, 'must have at least 16 characters')
      .describe('Shared with the gateways; opens `/internal`.'),
    TOKEN_SIGNING_KEY_FILE: z.string().describe('PEM file of the EC P-256 key for access tokens.'),
    ...tokenEnv,
    ACCESS_TOKEN_TTL_S: z.coerce.number().int().min(10).default(600).describe('Seconds.'),
    REFRESH_TOKEN_TTL_S: z.coerce
      .number()
      .int()
      .min(60)
      .default(30 * 24 * 3600)
      .describe('Seconds.'),
    DATABASE_CONNECTIONS: z.coerce
      .number()
      .int()
      .min(2)
      .default(16)
      .describe('Connections of the room log; Prisma takes half as many more.'),
    ALLOWED_ORIGINS: commaList.describe('Origins of pages that may call the API from elsewhere.'),
    TRUST_PROXY: z.coerce.number().int().min(0).default(0).describe('Proxies before the API.'),
    AUTH_RATE_PER_MINUTE: z.coerce
      .number()
      .int()
      .positive()
      .default(60)
      .describe('Sign-ins, registrations and refreshes a minute from one address.'),
    SENDS_PER_SECOND: z.coerce
      .number()
      .int()
      .positive()
      .default(LIMITS.sendsPerSecond)
      .describe('Messages of one user.'),
    SEND_BURST: z.coerce
      .number()
      .int()
      .positive()
      .default(LIMITS.sendBurst)
      .describe('Messages of one user at once.'),
    REQUEST_RATE_PER_MINUTE: z.coerce
      .number()
      .int()
      .positive()
      .default(6_000)
      .describe('Requests a minute of one user.'),
    WEB_DIST_DIR: z.string().optional().describe('Built web client to serve at `/`.'),
    STOP_NOTICE_MS: durationMs
      .default(1_000)
      .describe('How long to answer "not ready" before the port closes.'),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .describe('Least level that is logged.'),
    FAIL_POINTS_ENABLED: z.stringbool().default(false).describe('For tests only.'),
  }),
)

export interface ApiConfig {
  readonly port: number
  readonly host: string
  readonly name: string
  readonly databaseUrl: string
  readonly databaseConnections: number
  readonly redisUrl: string
  readonly internalToken: string
  readonly tokenSigningKeyFile: string
  readonly tokens: TokenSettings
  readonly accessTokenTtlS: number
  readonly refreshTokenTtlS: number
  readonly allowedOrigins: readonly string[]
  readonly trustProxy: number
  readonly authRatePerMinute: number
  readonly requestRatePerMinute: number
  readonly sendsPerSecond: number
  readonly sendBurst: number
  readonly webDistDir: string | undefined
  readonly stopNoticeMs: number
  readonly logLevel: string
  readonly failPointsEnabled: boolean
}

/** Throws `EnvironmentError`, naming every wrong variable at once. */
export function readConfig(env: NodeJS.ProcessEnv): ApiConfig {
  const parsed = readEnv(ApiEnv, env)
  return {
    port: parsed.API_PORT,
    host: parsed.API_HOST,
    name: parsed.API_NAME,
    databaseUrl: parsed.DATABASE_URL,
    databaseConnections: parsed.DATABASE_CONNECTIONS,
    redisUrl: parsed.REDIS_URL,
    internalToken: parsed.INTERNAL_TOKEN,
    tokenSigningKeyFile: parsed.TOKEN_SIGNING_KEY_FILE,
    tokens: toTokenSettings(parsed),
    accessTokenTtlS: parsed.ACCESS_TOKEN_TTL_S,
    refreshTokenTtlS: parsed.REFRESH_TOKEN_TTL_S,
    allowedOrigins: parsed.ALLOWED_ORIGINS,
    trustProxy: parsed.TRUST_PROXY,
    authRatePerMinute: parsed.AUTH_RATE_PER_MINUTE,
    requestRatePerMinute: parsed.REQUEST_RATE_PER_MINUTE,
    sendsPerSecond: parsed.SENDS_PER_SECOND,
    sendBurst: parsed.SEND_BURST,
    webDistDir: parsed.WEB_DIST_DIR,
    stopNoticeMs: parsed.STOP_NOTICE_MS,
    logLevel: parsed.LOG_LEVEL,
    failPointsEnabled: parsed.FAIL_POINTS_ENABLED,
  }
}
