import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const ROOT_API_KEY = 'root-api-key-of-a-test-0123456789abcdef'
const PATIENT = { timeoutMs: 90_000, everyMs: 100 }

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    apis: 1,
    gateways: 1,
    env: {
      // That this machine may be called is what the launcher sets by itself.
      api: { ROOT_API_KEY },
      worker: { WEBHOOK_FIRST_RETRY_MS: '100' },
    },
  })
})
afterAll(() => cluster.stop())

const byKey = (method: string, path: string, body: unknown): Promise<unknown> =>
  cluster.rest(method, path, { user: { token: ROOT_API_KEY }, body })

async function createWebhook(url: string, roomId: string): Promise<string> {
  const body = { url, roomIds: [roomId], events: ['message:created'] }
  const { secret } = (await byKey('POST', '/v1/webhooks', body)) as { secret: string }
  return secret
}

async function startRoom() {
  const user = await cluster.register()
  const roomId = await cluster.createRoom([user])
  const socket = await cluster.connect(user)
  const say = async (text: string, clientMsgId = randomUUID()): Promise<number> => {
    const reply = await cluster.send(socket, roomId, text, { clientMsgId })
    if (!reply.ok) throw new Error(reply.error.code)
    return reply.data.seq
  }
  return { roomId, say }
}

/** Ids in the order in which they came. */
async function startReceiver(onId: (id: string) => void = () => undefined) {
  const ids: string[] = []
  const server: Server = createServer((request, response) => {
    const id = String(request.headers['webhook-id'])
    ids.push(id)
    request.resume()
    onId(id)
    response.writeHead(204).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { ids, url: `http://127.0.0.1:${port}/`, stop: () => server.close() }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

test('what is sent on a socket reaches the receiver of the guide, which verifies it', async () => {
  const guide = readFileSync(`${REPOSITORY}docs/webhooks.md`, 'utf8')
  const example = /<!-- tested.*-->\n```js\n(.*?)```/su.exec(guide)?.[1] ?? ''
  expect(example).toContain('standardwebhooks')
  const { roomId, say } = await startRoom()
  const port = await freePort()
  const secret = await createWebhook(`http://127.0.0.1:${port}/`, roomId)
  const receiver: ChildProcess = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: REPOSITORY,
    env: { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  receiver.stdin?.end(example)
  const lines: string[] = []
  createInterface({ input: receiver.stdout! }).on('line', (line) => lines.push(line))
  const seqs = [await say('one'), await say('two'), await say('three')]
  await eventually(
    () => expect(lines).toEqual(seqs.map((seq) => `${roomId}:${seq} message:created`)),
    PATIENT,
  )
  const forged = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: {
      'webhook-id': `${roomId}:9`,
      'webhook-timestamp': String(Math.floor(Date.now() / 1_000)),
      'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
    },
    body: '{}',
  })
  expect(forged.status).toBe(401)
  receiver.kill()
  await once(receiver, 'exit')
})

test('a worker killed between a delivery and its note: that one twice, under one id, and no gap', async () => {
  const { roomId, say } = await startRoom()
  let killed: Promise<void> | undefined
  const receiver = await startReceiver((id) => {
    if (receiver.ids.length === 2) killed ??= cluster.kill('w1')
    void id
  })
  await createWebhook(receiver.url, roomId)
  const seqs: number[] = []
  for (let n = 1; n <= 5; n += 1) seqs.push(await say(`message ${n}`))
  await eventually(() => expect(killed).toBeDefined(), PATIENT)
  await killed
  seqs.push(await say('while nobody works'))
  await cluster.start('w1')
  const wanted = seqs.map((seq) => `${roomId}:${seq}`)
  await eventually(() => expect(receiver.ids.at(-1)).toBe(wanted.at(-1)), PATIENT)
  expect([...new Set(receiver.ids)]).toEqual(wanted)
  expect(receiver.ids).toHaveLength(wanted.length + 1)
  expect(receiver.ids[1]).toBe(receiver.ids[2])
  receiver.stop()
})

test('what is sent while Redis is dead is delivered when it is back', async () => {
  const { roomId, say } = await startRoom()
  const receiver = await startReceiver()
  await createWebhook(receiver.url, roomId)
  const seqs = [await say('before')]
  await cluster.kill('redis')
  for (let n = 1; n <= 3; n += 1) seqs.push(await say(`message ${n}`))
  await cluster.start('redis')
  seqs.push(await say('after'))
  const wanted = seqs.map((seq) => `${roomId}:${seq}`)
  await eventually(() => expect(receiver.ids).toEqual(wanted), PATIENT)
  receiver.stop()
})

test('a database that was away is gone on with', async () => {
  const { roomId, say } = await startRoom()
  const receiver = await startReceiver()
  await createWebhook(receiver.url, roomId)
  const seqs = [await say('before')]
  await eventually(() => expect(receiver.ids).toHaveLength(1), PATIENT)
  await cluster.kill('database')
  await cluster.start('database')
  const id = randomUUID()
  seqs.push(await eventually(() => say('after', id), PATIENT))
  await eventually(
    () => expect([...new Set(receiver.ids)]).toEqual(seqs.map((seq) => `${roomId}:${seq}`)),
    PATIENT,
  )
  receiver.stop()
})

test('the worker tells how it is', async () => {
  const [worker] = cluster.info().workers
  expect(worker).toMatchObject({ name: 'w1' })
  for (const path of ['/healthz', '/readyz']) {
    expect((await fetch(new URL(path, worker?.url))).status).toBe(200)
  }
  const metrics = await (await fetch(new URL('/metrics', worker?.url))).text()
  expect(metrics).toMatch(
    /parley_webhook_deliveries_total\{outcome="delivered",instance="w1"\} \d/u,
  )
  expect(metrics).toContain('parley_outbox_lag_seconds_count')
})
