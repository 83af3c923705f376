import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildSpec } from './child-process.ts'
import type { Secrets } from './secrets.ts'

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** What runs in replicas. A worker is the API's other role. */
export type App = 'api' | 'gateway' | 'worker'
const MAINS: Record<App, string> = {
  api: 'apps/api/dist/main.js',
  gateway: 'apps/gateway/dist/main.js',
  worker: 'apps/api/dist/worker-main.js',
}

export interface AppContext {
  readonly redisUrl: string
  readonly databaseUrl: string
  /** The balancer's internal side. */
  readonly apiUrl: string
  readonly secrets: Secrets
  /** Of uploaded files; the same for all. */
  readonly filesDir: string
  readonly logFile: (name: string) => string
  readonly env: { readonly [app in App]?: NodeJS.ProcessEnv }
  readonly entryPoints: { readonly [app in App]?: string }
}

export interface Replica {
  readonly name: string
  readonly port: number
}

/** What an operator may set for the cluster by setting it for the launcher. */
const PASSED_ON = [
  'HOST_JWT_SECRET',
  'HOST_JWT_ISSUER',
  'HOST_JWT_AUDIENCE',
  'HOST_JWKS_URL',
  'ALLOWED_ORIGINS',
  'OUTGOING_ALLOWED_HOSTS',
  'LINK_PREVIEWS',
  'FILE_MAX_BYTES',
  'S3_BUCKET',
  'S3_ENDPOINT',
  'S3_REGION',
  'S3_FORCE_PATH_STYLE',
  'S3_PREFIX',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'BEFORE_SEND_URL',
  'BEFORE_SEND_SECRET',
  'BEFORE_SEND_TIMEOUT_MS',
  'BEFORE_SEND_FAIL',
  'MESSAGE_TYPES',
  'NOTIFY_AFTER_S',
  'PUSH_KINDS',
  'FCM_SERVICE_ACCOUNT_FILE',
  'APNS_KEY_FILE',
  'APNS_KEY_ID',
  'APNS_TEAM_ID',
  'APNS_TOPIC',
  'APNS_URL',
  'SMTP_URL',
  'MAIL_FROM',
  'PUBLIC_URL',
  'DIGEST_EVERY_H',
  'DIGEST_AFTER_H',
  'SENDS_PER_SECOND',
  'SEND_BURST',
  'FAIL_POINTS_ENABLED',
  'LOG_LEVEL',
]

/** Above what gateways may need to drain, and workers to end their jobs; then they are killed. */
const DRAIN_TIMEOUT_MS = 30_000

export function apiSpec({ name, port }: Replica, context: AppContext): ChildSpec {
  const webDist = join(REPOSITORY, 'apps/web/dist/site')
  return appSpec({
    app: 'api',
    name,
    port,
    context,
    stopTimeoutMs: 10_000,
    env: {
      API_NAME: name,
      API_PORT: String(port),
      API_HOST: '127.0.0.1',
      DATABASE_URL: context.databaseUrl,
      REDIS_URL: context.redisUrl,
      INTERNAL_TOKEN: context.secrets.internalToken,
      TOKEN_SIGNING_KEY_FILE: context.secrets.signingKeyFile,
      FILE_STORAGE_DIR: context.filesDir,
      VAPID_PUBLIC_KEY: context.secrets.vapid.publicKey,
      ...(existsSync(webDist) ? { WEB_DIST_DIR: webDist } : {}),
      ROOT_API_KEY: context.secrets.rootApiKey,
      // Everybody on this machine shares one address.
      AUTH_RATE_PER_MINUTE: '6000',
      ADDRESS_RATE_PER_MINUTE: '1000000',
      // One hop: the balancer.
      TRUST_PROXY: '1',
    },
  })
}

export function gatewaySpec({ name, port }: Replica, context: AppContext): ChildSpec {
  return appSpec({
    app: 'gateway',
    name,
    port,
    context,
    stopTimeoutMs: DRAIN_TIMEOUT_MS,
    env: {
      GATEWAY_NAME: name,
      GATEWAY_PORT: String(port),
      GATEWAY_HOST: '127.0.0.1',
      REDIS_URL: context.redisUrl,
      API_URL: context.apiUrl,
      INTERNAL_TOKEN: context.secrets.internalToken,
    },
  })
}

export function workerSpec({ name, port }: Replica, context: AppContext): ChildSpec {
  return appSpec({
    app: 'worker',
    name,
    port,
    context,
    stopTimeoutMs: DRAIN_TIMEOUT_MS,
    env: {
      WORKER_NAME: name,
      WORKER_PORT: String(port),
      WORKER_HOST: '127.0.0.1',
      DATABASE_URL: context.databaseUrl,
      REDIS_URL: context.redisUrl,
      FILE_STORAGE_DIR: context.filesDir,
      VAPID_PUBLIC_KEY: context.secrets.vapid.publicKey,
      VAPID_PRIVATE_KEY: context.secrets.vapid.privateKey,
      VAPID_SUBJECT: process.env['VAPID_SUBJECT'] ?? 'mailto:parley@example.com',
    },
  })
}

function appSpec(options: {
  readonly app: App
  readonly name: string
  readonly port: number
  readonly context: AppContext
  readonly stopTimeoutMs: number
  readonly env: NodeJS.ProcessEnv
}): ChildSpec {
  const { app, name, port, context, stopTimeoutMs, env } = options
  const main = context.entryPoints[app] ?? join(REPOSITORY, MAINS[app])
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', main],
    cwd: REPOSITORY,
    env: { ...inheritedEnv(), ...env, ...context.env[app] },
    logFile: context.logFile(name),
    stopTimeoutMs,
    isReady: () => answersReady(port),
  }
}

/** Not everything: a setting in somebody's shell must not reach the apps unnoticed. */
function inheritedEnv(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', ...PASSED_ON]
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}

async function answersReady(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(2_000)
    const { status, body } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal })
    await body?.cancel()
    return status === 200
  } catch {
    return false
  }
}
