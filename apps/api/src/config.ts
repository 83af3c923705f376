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
import { connectionConfig } from '@parley/database/migrations'
import { LIMITS } from '@parley/message-schema'
import { z } from 'zod'
import {
  preparationEnv,
  toPreparationSettings,
  type PreparationSettings,
} from './preparation/preparation-env.ts'
import { pusherEnv, toPusherSettings, type PusherSettings } from './pusher/pusher-env.ts'
import type { AllowedHosts } from './outgoing/outgoing-address.ts'
import { jobsPrefix } from './jobs/jobs-env.ts'
import { fileEnv, toFileSettings, type FileSettings } from './files/file-env.ts'
import {
  notificationApiEnv,
  toNotificationApiSettings,
  type NotificationApiSettings,
} from './notifications/notification-env.ts'

/** As `URL` writes them. */
const hostList = commaList.transform((hosts) => hosts.map((host) => host.toLowerCase()))
const perMinute = (fallback: number) => z.coerce.number().int().positive().default(fallback)

/** The whole environment of the API. `docs/environment.md` is compared with it by a test. */
export const ApiEnv = checkSettings(
  z.object({
    API_PORT: port.default(3000).describe('Port; 0 takes a free one.'),
    API_HOST: z.string().default('0.0.0.0').describe('Address to listen on.'),
    API_NAME: z.string().default('api').describe('Name in logs and metrics.'),
    DATABASE_URL: z
      .url({ protocol: /^(mysql|mariadb)$/u })
      .superRefine((url, context) => {
        try {
          connectionConfig(url)
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message })
        }
      })
      .describe(
        'MySQL or MariaDB: the truth. TLS by `?ssl-mode=VERIFY_IDENTITY` (or `VERIFY_CA`, `REQUIRED`) and `&ssl-ca=` with the path of a PEM file.',
      )
      .meta(SECRET),
    REDIS_URL: redisUrl.meta(SECRET),
    INTERNAL_TOKEN: z
      .string()
      .min(16, 'must have at least 16 characters')
      .describe('Shared with the gateways; opens `/internal`.')
      .meta(SECRET),
    TOKEN_SIGNING_KEY_FILE: z.string().describe('PEM file of the EC P-256 key for access tokens.'),
    TOKEN_VERIFY_KEY_FILES: commaList.describe(
      'PEM files of keys that have signed access tokens before, or will: what they signed is good.',
    ),
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
      .describe(
        'Connections for raw reads; Prisma takes half as many more, the writers of rooms four (a worker one).',
      ),
    ALLOWED_ORIGINS: commaList.describe('Origins of pages that may call the API from elsewhere.'),
    WEBHOOK_ALLOWED_HOSTS: hostList.describe(
      'Hosts, or `host:port`, that webhooks may call although they are private, or on an odd port.',
    ),
    PUSH_ALLOWED_HOSTS: hostList.describe(
      'The same for endpoints of Web Push, which anybody who is signed in may name.',
    ),
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
      .describe('Reads a minute of one user, and what needs only a link of one address.'),
    WRITE_RATE_PER_MINUTE: perMinute(3_000).describe('Changes a minute of one user.'),
    ROOM_RATE_PER_MINUTE: perMinute(30).describe(
      'Rooms and conversations a minute that one user makes.',
    ),
    MEMBER_RATE_PER_MINUTE: perMinute(300).describe(
      'People a minute whom one user puts into rooms, those of new rooms too.',
    ),
    COSTLY_RATE_PER_MINUTE: perMinute(240).describe(
      'Searches, uploads, imports, exports and reads of versions a minute of one user or API key.',
    ),
    KEY_RATE_PER_MINUTE: perMinute(6_000).describe(
      'Requests a minute of one API key, if it has no rate of its own.',
    ),
    ADDRESS_RATE_PER_MINUTE: perMinute(60_000).describe(
      'Requests a minute of one address, before it is known who asks.',
    ),
    REQUESTS_AT_ONCE: z.coerce
      .number()
      .int()
      .positive()
      .default(128)
      .describe(
        'Requests that one replica works at; who comes then is refused with `SERVER_BUSY`. Long polls and streams that wait are not counted, nor what gateways ask.',
      ),
    ROOT_API_KEY: z
      .string()
      .regex(/^[\w.~+/=-]{32,200}$/u, 'must be 32-200 letters, digits or any of .~+/=_-')
      .optional()
      .describe('An API key with all scopes, to make the first keys with.')
      .meta(SECRET),
    OPERATORS: commaList.describe(
      'Ids of the users who are operators: they may use the admin console. Nobody is by default.',
    ),
    JOBS_PREFIX: jobsPrefix,
    STREAMS_PER_USER: z.coerce
      .number()
      .int()
      .positive()
      .default(10)
      .describe('Streams of Server-Sent Events of one user at one replica.'),
    STREAMS_MAX: z.coerce
      .number()
      .int()
      .positive()
      .default(1_000)
      .describe('Streams of all users at one replica.'),
    STREAM_HEARTBEAT_MS: z.coerce
      .number()
      .int()
      .min(100)
      .default(15_000)
      .describe('A comment in a stream that is silent: below the time-outs of what is between.'),
    ...fileEnv,
    ...pusherEnv,
    ...notificationApiEnv,
    WEB_DIST_DIR: z.string().optional().describe('Built web client to serve at `/`.'),
    STOP_NOTICE_MS: durationMs
      .default(1_000)
      .describe('How long to answer "not ready" before the port closes.'),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .describe('Least level that is logged.'),
    ...preparationEnv,
    ...tracingEnv,
    ...testEnv,
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
  readonly tokenVerifyKeyFiles: readonly string[]
  readonly tokens: TokenSettings
  readonly accessTokenTtlS: number
  readonly refreshTokenTtlS: number
  readonly allowedOrigins: readonly string[]
  readonly webhookAllowedHosts: AllowedHosts
  readonly pushAllowedHosts: AllowedHosts
  readonly trustProxy: number
  readonly authRatePerMinute: number
  readonly requestRatePerMinute: number
  readonly writeRatePerMinute: number
  readonly roomRatePerMinute: number
  readonly memberRatePerMinute: number
  readonly costlyRatePerMinute: number
  readonly keyRatePerMinute: number
  readonly addressRatePerMinute: number
  readonly requestsAtOnce: number
  readonly rootApiKey: string | undefined
  readonly operators: readonly string[]
  readonly jobsPrefix: string
  readonly sendsPerSecond: number
  readonly sendBurst: number
  readonly streams: { readonly perUser: number; readonly most: number; readonly quietMs: number }
  readonly files: FileSettings
  readonly pusher: PusherSettings
  readonly notifications: NotificationApiSettings
  readonly webDistDir: string | undefined
  readonly stopNoticeMs: number
  readonly logLevel: string
  readonly preparation: PreparationSettings
  readonly tracing: TracingSettings | undefined
  readonly test: TestSettings
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
    tokenVerifyKeyFiles: parsed.TOKEN_VERIFY_KEY_FILES,
    tokens: toTokenSettings(parsed),
    accessTokenTtlS: parsed.ACCESS_TOKEN_TTL_S,
    refreshTokenTtlS: parsed.REFRESH_TOKEN_TTL_S,
    allowedOrigins: parsed.ALLOWED_ORIGINS,
    webhookAllowedHosts: parsed.WEBHOOK_ALLOWED_HOSTS,
    pushAllowedHosts: parsed.PUSH_ALLOWED_HOSTS,
    trustProxy: parsed.TRUST_PROXY,
    authRatePerMinute: parsed.AUTH_RATE_PER_MINUTE,
    requestRatePerMinute: parsed.REQUEST_RATE_PER_MINUTE,
    writeRatePerMinute: parsed.WRITE_RATE_PER_MINUTE,
    roomRatePerMinute: parsed.ROOM_RATE_PER_MINUTE,
    memberRatePerMinute: parsed.MEMBER_RATE_PER_MINUTE,
    costlyRatePerMinute: parsed.COSTLY_RATE_PER_MINUTE,
    keyRatePerMinute: parsed.KEY_RATE_PER_MINUTE,
    addressRatePerMinute: parsed.ADDRESS_RATE_PER_MINUTE,
    requestsAtOnce: parsed.REQUESTS_AT_ONCE,
    rootApiKey: parsed.ROOT_API_KEY,
    operators: parsed.OPERATORS,
    jobsPrefix: parsed.JOBS_PREFIX,
    sendsPerSecond: parsed.SENDS_PER_SECOND,
    sendBurst: parsed.SEND_BURST,
    streams: {
      perUser: parsed.STREAMS_PER_USER,
      most: parsed.STREAMS_MAX,
      quietMs: parsed.STREAM_HEARTBEAT_MS,
    },
    files: toFileSettings(parsed),
    pusher: toPusherSettings(parsed),
    notifications: toNotificationApiSettings(parsed),
    webDistDir: parsed.WEB_DIST_DIR,
    stopNoticeMs: parsed.STOP_NOTICE_MS,
    logLevel: parsed.LOG_LEVEL,
    preparation: toPreparationSettings(parsed),
    tracing: toTracingSettings(parsed),
    test: toTestSettings(parsed),
  }
}
