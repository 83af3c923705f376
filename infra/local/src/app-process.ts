import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildSpec } from './child-process.ts'
import type { Secrets } from './secrets.ts'

export const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))

export interface AppContext {
  readonly redisUrl: string
  readonly databaseUrl: string
  /** The balancer's internal side. */
  readonly apiUrl: string
  readonly secrets: Secrets
  readonly logFile: (name: string) => string
  readonly env: { readonly api?: NodeJS.ProcessEnv; readonly gateway?: NodeJS.ProcessEnv }
  readonly entryPoints: { readonly api?: string; readonly gateway?: string }
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
  'SENDS_PER_SECOND',
  'SEND_BURST',
  'FAIL_POINTS_ENABLED',
  'LOG_LEVEL',
]

/** Above what gateways may need to drain; then they are killed. */
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
      // Everybody on this machine shares one address.
      AUTH_RATE_PER_MINUTE: '6000',
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

function appSpec(options: {
  readonly app: 'api' | 'gateway'
  readonly name: string
  readonly port: number
  readonly context: AppContext
  readonly stopTimeoutMs: number
  readonly env: NodeJS.ProcessEnv
}): ChildSpec {
  const { app, name, port, context, stopTimeoutMs, env } = options
  const main = context.entryPoints[app] ?? join(REPOSITORY, 'apps', app, 'dist/main.js')
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
