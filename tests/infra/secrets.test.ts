import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { eventually } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @boundaries-ignore what compose sets is what the app reads
import { readConfig as readApiConfig } from '../../apps/api/src/config.ts'
// @boundaries-ignore what compose sets is what the app reads
import { readWorkerConfig } from '../../apps/api/src/worker-config.ts'
// @boundaries-ignore what compose sets is what the app reads
import { readConfig as readGatewayConfig } from '../../apps/gateway/src/config.ts'
// @boundaries-ignore ports of this machine
import { freePort } from '../../infra/local/src/free-port.ts'
// @boundaries-ignore programs of the system are found by the launcher
import { ensurePrograms } from '../../infra/local/src/install-programs.ts'
import { readYaml, REPOSITORY } from './deployment-files.ts'

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly environment: Record<string, string>; readonly command: string[] }>
  >
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

const { services, secrets } = readYaml<Compose>('infra/compose.yaml')[0]!
const dir = mkdtempSync(join(tmpdir(), 'parley-secrets-'))
const script = 'infra/make-secrets.sh'
const make = (...args: string[]): string =>
  execFileSync('bash', [script, '--dir', dir, ...args], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  })

beforeAll(() => {
  make('--host', 'chat.example')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** Where the container has a secret, there is a file that was made here. */
function mounted(value: string): string {
  const name = /^\/run\/secrets\/(.+)$/u.exec(value)?.[1]
  if (name === undefined) return value.replaceAll(/\$\{\w+:-([^}]*)\}/gu, '$1')
  return join(dir, secrets[name]!.file.replace('./secrets/', ''))
}

const environmentOf = (name: string): NodeJS.ProcessEnv => ({
  NODE_ENV: 'production',
  ...Object.fromEntries(
    Object.entries(services[name]!.environment).map(([key, value]) => [key, mounted(value)]),
  ),
})

test('nobody else on the machine sees them, and every container can read its own', () => {
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o444)
})

test('made once, they stay', () => {
  const before = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'))
  expect(make()).not.toContain('made')
  expect(readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'))).toEqual(before)
})

test('the apps accept what compose gives them', () => {
  const api = readApiConfig(environmentOf('api-0'))
  expect(api).toMatchObject({ name: 'api-0', trustProxy: 1 })
  expect(new URL(api.databaseUrl).host).toBe('mysql:3306')
  const gateway = readGatewayConfig(environmentOf('gateway-1'))
  expect(gateway).toMatchObject({ name: 'gateway-1', internalToken: api.internalToken })
  expect(readWorkerConfig(environmentOf('worker'))).toMatchObject({ redisUrl: gateway.redisUrl })
})

test('Redis starts as compose starts it, and knows the apps and nobody else', async () => {
  const { 'redis-server': program } = await ensurePrograms(['redis-server'])
  const port = await freePort()
  const args = services['redis']!.command.slice(1).map(mounted)
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir]
  const server = spawn(program, [...args, ...own], { stdio: 'ignore' })
  const url = new URL(readGatewayConfig(environmentOf('gateway-0')).redisUrl)
  url.host = `127.0.0.1:${port}`
  const options = { lazyConnect: true, retryStrategy: () => null }
  try {
    await eventually(async () => {
      const redis = new Redis(url.href, options)
      redis.on('error', () => undefined)
      try {
        await redis.connect()
        expect(await redis.publish('news', 'of a room')).toBe(0)
        await expect(redis.config('GET', 'save')).rejects.toThrow(/NOPERM/u)
      } finally {
        redis.disconnect()
      }
    })
    const stranger = connect(port, '127.0.0.1')
    stranger.end('PING\r\n')
    expect(await text(stranger)).toMatch(/^-NOAUTH /u)
  } finally {
    const gone = once(server, 'exit')
    server.kill('SIGTERM')
    await gone
  }
})
