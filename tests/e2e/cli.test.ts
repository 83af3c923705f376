import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startTestCluster, type TestCluster, type TestUser } from '@parley/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
// @boundaries-ignore a setting is made wrong in the same way as it is read
import { withDatabase } from '../../packages/cli/src/installation/query-database.ts'
// @boundaries-ignore a process a command would be most of the time
import { runCli } from '../../packages/cli/src/run-cli.ts'

const PARLEY = fileURLToPath(new URL('../../packages/cli/bin/parley.mjs', import.meta.url))

let cluster: TestCluster
let ada: TestUser
let room = ''
let dir = ''
beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 2, apis: 1, workers: 1 })
  ada = await cluster.register()
  room = await cluster.createRoom([ada], { name: 'Harbour' })
  dir = mkdtempSync(join(tmpdir(), 'parley-cli-'))
})
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true })
  await cluster.stop()
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** With nothing in the environment but where the cluster is. */
const surroundings = (env: NodeJS.ProcessEnv = {}) => ({
  cwd: dir,
  env: { PATH: process.env['PATH'], PARLEY_DIR: cluster.dir, ...env },
})

/** As somebody types it beside the cluster. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [PARLEY, ...args], {
    ...surroundings(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void (child.exitCode === null && child.kill('SIGKILL')))
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => void (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void (said.err += chunk.toString()))
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, ...said }))
  })
  return { child, ended }
}

/** The same in this process. */
async function parleyWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  const said = { out: '', err: '' }
  let wanted = 0
  const code = await runCli(
    args,
    {
      ...surroundings(env),
      out: async (text) => void (said.out += text),
      note: (text) => void (said.err += text),
      hasColour: false,
      signal: new AbortController().signal,
      setExitCode: (found) => void (wanted = found),
    },
    '0.0.0',
  )
  return { code: code === 0 ? wanted : code, ...said }
}
const parley = (...args: string[]): Promise<Ended> => parleyWith({}, ...args)

async function asked(...args: string[]): Promise<unknown> {
  const { code, out, err } = await parley(...args, '--json')
  expect(code, err).toBe(0)
  return JSON.parse(out)
}

test('doctor finds nothing wrong with a cluster that is right', async () => {
  const { code, out } = await parley('doctor', '--json')
  const { findings } = JSON.parse(out) as { findings: { level: string; code: string }[] }
  expect(findings.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  expect(code).toBe(0)
  const looked = findings.filter(({ level }) => level === 'ok').map((one) => one.code)
  expect(looked).toEqual(
    expect.arrayContaining([
      'websocket',
      'internal-hidden',
      'metrics-hidden',
      'api-key',
      'process-ready',
      'migrations',
      'database-durability',
      'redis-buffer',
    ]),
  )
})

test('doctor names a setting of each server that is wrong', async () => {
  const redis = new Redis(cluster.info().redis.url)
  const database = cluster.info().database.url
  const sql = (statement: string) => withDatabase(database, (query) => query(statement))
  try {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await redis.config('SET', 'client-output-buffer-limit', 'pubsub 1mb 1mb 1')
    await sql('SET GLOBAL innodb_flush_log_at_trx_commit = 2')
    const { code, out } = await parley('doctor', '--quiet')
    expect(code).toBe(1)
    expect(out).toMatch(/^error +database-durability .*innodb_flush_log_at_trx_commit = 1/mu)
    expect(out).toMatch(/^error +redis-eviction .*noeviction/mu)
    expect(out).toMatch(/^warn +redis-buffer .*256mb 64mb 60/mu)
    expect(out).not.toContain('url-answers')
  } finally {
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    await redis.config('SET', 'client-output-buffer-limit', 'pubsub 256mb 64mb 60')
    await sql('SET GLOBAL innodb_flush_log_at_trx_commit = 1')
    redis.disconnect()
  }
})

test('doctor past the balancer sees that what should be hidden is not', async () => {
  const [api] = cluster.info().apis
  const token = readFileSync(join(cluster.dir, 'secrets/internal-token'), 'utf8')
  const flags = ['--quiet', '--url', api?.url ?? '']
  const { code, out } = await parleyWith({ INTERNAL_TOKEN: token }, 'doctor', ...flags)
  expect(code).toBe(1)
  for (const check of ['metrics-hidden', 'internal-hidden', 'websocket', 'polling-sticky']) {
    expect(out).toMatch(new RegExp(`^error +${check} `, 'mu'))
  }
})

test('migrations: none waits, and up does nothing', async () => {
  expect(await asked('migrate', 'status')).toMatchObject({ pending: [], failed: [], changed: [] })
  expect(await asked('migrate', 'up')).toEqual({ applied: [] })
})

test('users are made, shown, listed, exported, signed out and erased', async () => {
  await asked('users', 'create', 'größe-7', '--name', 'Grace')
  expect(await asked('users', 'show', 'größe-7')).toMatchObject({ displayName: 'Grace' })
  const listed = (await asked('users', 'list', '-q', 'Gra')) as { id: string }[]
  expect(listed.map(({ id }) => id)).toEqual(['größe-7'])
  const file = join(dir, 'grace.jsonl')
  expect(await parley('users', 'export', 'größe-7', '-o', file)).toMatchObject({ code: 0 })
  expect(readFileSync(file, 'utf8')).toContain('"type":"end"')
  expect(await asked('users', 'revoke', 'größe-7')).toHaveProperty('sessionsEnded')
  expect(await parley('users', 'erase', 'größe-7')).toMatchObject({ code: 2, out: '' })
  await asked('users', 'erase', 'größe-7', '--yes')
  expect(await asked('users', 'erase', 'größe-7', '--status')).toHaveProperty('state')
  const gone = await parley('users', 'show', 'nobody-of-that-name')
  expect(gone).toMatchObject({ code: 1, out: '' })
  expect(gone.err).toContain('NOT_FOUND')
})

test('rooms are made, shown, listed and deleted, and their members listed', async () => {
  const made = (await asked('rooms', 'create', 'Pier', '--as', ada.userId)) as { id: string }
  expect(await asked('rooms', 'show', made.id)).toMatchObject({ name: 'Pier' })
  expect(await asked('rooms', 'members', made.id)).toMatchObject([{ userId: ada.userId }])
  expect(await asked('rooms', 'list', '-q', 'Pi')).toMatchObject([{ id: made.id, members: 1 }])
  expect(await parley('rooms', 'delete', made.id)).toMatchObject({ code: 2 })
  expect(await asked('rooms', 'delete', made.id, '--yes')).toEqual({ id: made.id, deleted: true })
})

test('the token of a key is written once and opens what it may', async () => {
  const scopes = ['--scope', 'users:read', 'rooms:read']
  const made = await start('keys', 'create', 'Orders', ...scopes).ended
  const token = made.out.trim()
  expect(token).toMatch(/^parley_[0-9a-f]{32}_[0-9a-f]{64}$/u)
  expect(made.err).not.toContain(token)
  const keys = (await asked('keys', 'list')) as { id: string; name: string }[]
  const id = keys.find(({ name }) => name === 'Orders')?.id ?? ''
  expect(JSON.stringify(keys)).not.toContain(token)

  const file = join(dir, 'key')
  writeFileSync(file, `${token}\n`)
  const show = ['users', 'show', ada.userId, '--key-file', file]
  expect(await parley(...show)).toMatchObject({ code: 0 })
  const refused = await parley('keys', 'list', '--key-file', file)
  expect(refused).toMatchObject({ code: 1 })
  expect(refused.err).toContain('FORBIDDEN')
  const rotated = await parley('keys', 'rotate', id, '--grace', '0')
  expect(rotated.out.trim()).not.toBe(token)
  expect(await asked('keys', 'revoke', id)).toEqual({ id, revoked: true })
})

test('tail shows what is there and what comes, and ends in order', async () => {
  await parley('send', room, 'first')
  const { room: info } = (await cluster.rest('GET', `/v1/rooms/${room}`, { user: ada })) as {
    room: { head: number }
  }
  const live = parley('tail', room, '--after', String(info.head), '--count', '1', '--json')
  expect(await asked('send', room, 'second', '--as', ada.userId)).toMatchObject({
    seq: info.head + 1,
  })
  const { code, out } = await live
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ seq: info.head + 1, data: { text: 'second' } })

  const { child, ended } = start('tail', room, '--after', '0')
  child.stdout.once('data', () => child.kill('SIGINT'))
  const interrupted = await ended
  expect(interrupted).toMatchObject({ code: 0, err: '' })
  expect(interrupted.out).toContain(`${ada.userId}: second`)
})

test('what is refused is told once', async () => {
  const { code, err } = await parley('send', room, '')
  expect(code).toBe(1)
  expect(err.match(/must not be blank/gu)).toHaveLength(1)
  expect(err).toContain('INVALID')
})

test('what was exported is imported elsewhere, once', async () => {
  const file = join(dir, 'harbour.jsonl')
  const harbour = await cluster.createRoom([ada], { name: 'Basin' })
  await asked('send', harbour, 'to be kept', '--as', ada.userId)
  const exported = await parley('export', harbour, '--output', file)
  expect(exported).toMatchObject({ code: 0, out: '' })
  const other = await cluster.createRoom([ada], { name: 'Quay' })
  const first = (await asked('import', other, file)) as { imported: number }
  expect(first).toMatchObject({ imported: 1, failed: 0 })
  expect(await asked('import', other, file)).toMatchObject({ imported: 0, already: first.imported })

  writeFileSync(file, '{"id":"x","senderId":"nobody","text":"Hi","ts":"2020-01-02T03:04:05Z"}\n')
  const failed = await parley('import', other, file)
  expect(failed.code).toBe(1)
  expect(failed.err).toContain('line 1: ')
})

test('a gateway drains: its clients are on the other one, and it has ended', async () => {
  const socket = await cluster.connect(ada, { gateway: 'g2' })
  const told = new Promise((resolve) => {
    socket.once('server:drain', resolve)
  })
  expect(await asked('drain', 'g2')).toMatchObject({ gateway: 'g2', drained: true })
  expect(await told).toHaveProperty('afterMs')
  expect(await parley('drain', 'g9')).toMatchObject({ code: 2 })
})

test('an address of somebody else is not told the key of the local cluster', async () => {
  const { code, err } = await parley('keys', 'list', '--url', 'http://127.0.0.1:9/')
  expect(code).toBe(2)
  expect(err).toContain('API key')
})

test('verify is the checker, with its flags and its exit code', async () => {
  const { code, err } = await start('verify', '--duration', 'long').ended
  expect(code).toBe(2)
  expect(err).toContain('--duration')
})

test('completion is a script that asks for words', async () => {
  const [script, words] = await Promise.all([
    start('completion', 'bash').ended,
    start('complete', '--', 'users', 'ex').ended,
  ])
  expect(script.out).toContain('parley complete --')
  expect(words.out).toMatch(/^export\t/u)
})
