import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findInstallation } from './installation.ts'

const dir = mkdtempSync(join(tmpdir(), 'parley-cli-'))
const cwd = join(dir, 'deep/down')
const LOCAL = 'http://127.0.0.1:8080'

beforeAll(() => {
  mkdirSync(join(dir, '.parley/secrets'), { recursive: true })
  mkdirSync(cwd, { recursive: true })
  writeFileSync(
    join(dir, '.parley/cluster.json'),
    JSON.stringify({
      url: LOCAL,
      gateways: [],
      apis: [],
      workers: [],
      redis: { url: 'redis://127.0.0.1:1' },
      database: { url: 'mysql://u:p@127.0.0.1:2/parley' },
    }),
  )
  writeFileSync(join(dir, '.parley/secrets/root-api-key'), 'local-key')
})
afterAll(() => rmSync(dir, { recursive: true }))

test('without a word it is the cluster that runs here', () => {
  const found = findInstallation({}, { env: {}, cwd })
  expect([found.url(), found.key(), found.redisUrl()]).toEqual([
    LOCAL,
    'local-key',
    'redis://127.0.0.1:1',
  ])
})

test('a flag is before a variable, and a variable before the cluster', () => {
  const env = { PARLEY_URL: 'https://one.example/', PARLEY_API_KEY: 'of the shell' }
  expect(findInstallation({}, { env, cwd }).url()).toBe('https://one.example')
  expect(findInstallation({}, { env, cwd }).key()).toBe('of the shell')
  const flags = { url: 'https://two.example', key: 'typed' }
  expect(findInstallation(flags, { env, cwd }).url()).toBe('https://two.example')
  expect(findInstallation(flags, { env, cwd }).key()).toBe('typed')
})

test('nothing of the local cluster is told to another address', () => {
  const found = findInstallation({ url: 'https://chat.example' }, { env: {}, cwd })
  expect(() => found.key()).toThrow('API key')
  expect(found.secret('INTERNAL_TOKEN')).toBeUndefined()
  expect(found.knownDatabaseUrl()).toBeUndefined()
})

test('a key comes from a file without its newline', () => {
  const file = join(dir, 'key')
  writeFileSync(file, 'of a file\n')
  expect(findInstallation({ keyFile: file }, { env: {}, cwd }).key()).toBe('of a file')
  const env = { PARLEY_API_KEY_FILE: file }
  expect(findInstallation({}, { env, cwd }).key()).toBe('of a file')
})

test.each([
  ['two keys', { key: 'a', keyFile: 'b' }, {}],
  ['a key and its file', {}, { PARLEY_API_KEY: 'a', PARLEY_API_KEY_FILE: 'b' }],
  ['a file that is not there', { keyFile: '/nowhere/key' }, {}],
])('%s are refused', (_, options, env) => {
  expect(() => findInstallation(options, { env, cwd }).key()).toThrow(/both|cannot be read/u)
})

test.each(['chat.example', 'ftp://chat.example', 'https://user:hunter2@chat.example'])(
  'the address %s is refused, and no password shown',
  (url) => {
    const find = (): string => findInstallation({ url }, { env: {}, cwd }).url()
    expect(find).toThrow('--url')
    expect(find).not.toThrow('hunter2')
  },
)

test('where nothing is known that is said', () => {
  const found = findInstallation({}, { env: {}, cwd: '/' })
  expect(() => found.url()).toThrow('npm start')
  expect(() => found.databaseUrl()).toThrow('DATABASE_URL')
})

test('a damaged cluster file is named', () => {
  const broken = mkdtempSync(join(tmpdir(), 'parley-cli-'))
  writeFileSync(join(broken, 'cluster.json'), '{')
  expect(() => findInstallation({}, { env: { PARLEY_DIR: broken }, cwd })).toThrow('damaged')
  rmSync(broken, { recursive: true })
})
