import { afterEach, expect, test, vi } from 'vitest'
import { apiSpec, gatewaySpec, workerSpec, type AppContext } from './app-process.ts'

const context: AppContext = {
  redisUrl: 'redis://127.0.0.1:1',
  databaseUrl: 'mysql://127.0.0.1:1/parley',
  apiUrl: 'http://127.0.0.1:1',
  secrets: {
    internalToken: 'internal',
    databasePassword: 'password',
    rootApiKey: 'root',
    signingKeyFile: '/key.pem',
    vapid: { publicKey: 'made-public', privateKey: 'made-private' },
  },
  filesDir: '/files',
  logFile: () => '',
  env: {},
  entryPoints: {},
}
const replica = { name: 'x1', port: 1 }
const api = () => apiSpec(replica, context).env ?? {}
const worker = () => workerSpec(replica, context).env ?? {}
const gateway = () => gatewaySpec(replica, context).env ?? {}

afterEach(() => {
  vi.unstubAllEnvs()
})

test('what is set for the launcher reaches the apps, what is for nobody does not', () => {
  vi.stubEnv('WEBHOOK_GIVE_UP_S', '60')
  vi.stubEnv('AUTH_RATE_PER_MINUTE', '7')
  vi.stubEnv('FILE_STORAGE_DIR', '/elsewhere')
  vi.stubEnv('HEADS_INTERVAL_MS', '900')
  vi.stubEnv('NODE_OPTIONS', '--inspect')
  expect(worker()).toMatchObject({ WEBHOOK_GIVE_UP_S: '60', FILE_STORAGE_DIR: '/elsewhere' })
  expect(api()).toMatchObject({ AUTH_RATE_PER_MINUTE: '7', FILE_STORAGE_DIR: '/elsewhere' })
  expect(gateway()).toMatchObject({ HEADS_INTERVAL_MS: '900' })
  expect(api()).not.toHaveProperty('NODE_OPTIONS')
})

test('what the launcher decides on is not taken from a shell', () => {
  vi.stubEnv('API_PORT', '9')
  vi.stubEnv('INTERNAL_TOKEN', 'of somebody else')
  expect(api()).toMatchObject({ API_PORT: '1', INTERNAL_TOKEN: 'internal' })
})

test('webhooks may call this machine unless something else is set', () => {
  expect(api()['WEBHOOK_ALLOWED_HOSTS']).toBe('127.0.0.1,localhost,[::1]')
  expect(worker()['WEBHOOK_ALLOWED_HOSTS']).toBe('127.0.0.1,localhost,[::1]')
  vi.stubEnv('WEBHOOK_ALLOWED_HOSTS', '')
  expect(api()['WEBHOOK_ALLOWED_HOSTS']).toBe('')
  for (const name of ['PREVIEW_ALLOWED_HOSTS', 'PUSH_ALLOWED_HOSTS'])
    expect(worker()).not.toHaveProperty(name)
})

test('the keys of Web Push are of one pair, and the private one is for workers', () => {
  expect(worker()).toMatchObject({
    VAPID_PUBLIC_KEY: 'made-public',
    VAPID_PRIVATE_KEY: 'made-private',
  })
  expect(api()['VAPID_PUBLIC_KEY']).toBe('made-public')
  expect(api()).not.toHaveProperty('VAPID_PRIVATE_KEY')
  vi.stubEnv('VAPID_PUBLIC_KEY', 'mine')
  expect(worker()['VAPID_PUBLIC_KEY']).toBe('mine')
  expect(worker()).not.toHaveProperty('VAPID_PRIVATE_KEY')
})
