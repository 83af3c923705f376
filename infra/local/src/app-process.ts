import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildSpec } from './child-process.ts'
import { PASSED_ON } from './app-settings.ts'
import type { Secrets } from './secrets.ts'

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

/** What runs in replicas. A worker is the API's other role. */
export type App = 'api' | 'gateway' | 'worker'
/** In the folder of a build. */
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

const VAPID_KEYS = ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_PRIVATE_KEY_FILE']
const OF_THE_SYSTEM = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS']
const OF_THE_AWS_SDK = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_PROFILE',
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
      ...(existsSync(webDist) ? { WEB_DIST_DIR: webDist } : {}),
      ROOT_API_KEY: context.secrets.rootApiKey,
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
  // Found in the folder that the process is started in, which may be that of another build.
  const main = context.entryPoints[app] ?? MAINS[app]
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', main],
    cwd: REPOSITORY,
    env: { ...defaultsOf(app, context), ...inheritedEnv(), ...env, ...context.env[app] },
    logFile: context.logFile(name),
    stopTimeoutMs,
    isReady: () => answersReady(port),
  }
}

/** What is right for one machine, unless whoever starts it says otherwise. */
function defaultsOf(app: App, { filesDir, secrets: { vapid } }: AppContext): NodeJS.ProcessEnv {
  if (app === 'gateway') return {}
  // Two halves of different pairs would be worse than none.
  const hasOwnKeys = VAPID_KEYS.some((name) => name in process.env)
  return {
    FILE_STORAGE_DIR: filesDir,
    // Everybody on this machine shares one address.
    AUTH_RATE_PER_MINUTE: '6000',
    ADDRESS_RATE_PER_MINUTE: '1000000',
    // Programs of whoever tries it out here.
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1,localhost,[::1]',
    VAPID_SUBJECT: 'mailto:parley@example.com',
    ...(!hasOwnKeys && {
      VAPID_PUBLIC_KEY: vapid.publicKey,
      ...(app === 'worker' && { VAPID_PRIVATE_KEY: vapid.privateKey }),
    }),
  }
}

/** Not everything: what is no setting of the apps must not reach them unnoticed. */
function inheritedEnv(): NodeJS.ProcessEnv {
  const names = [...OF_THE_SYSTEM, ...OF_THE_AWS_SDK, ...PASSED_ON]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
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
