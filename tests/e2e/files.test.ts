import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const MIB = 1024 * 1024
let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 2, apis: 2 })
})
afterAll(() => cluster.stop())

const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` })

/** Not all the same, so that a part in the wrong place is seen. */
const chunk = (n: number): Buffer => Buffer.alloc(MIB, `${n}-`)

test('100 MiB go through the balancer, and come back from the other replica', async () => {
  const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
  const roomId = await cluster.createRoom([ada, bob])
  const expected = createHash('sha256')
  async function* body(): AsyncGenerator<Buffer> {
    for (let n = 0; n < 100; n += 1) {
      expected.update(chunk(n))
      yield chunk(n)
      if (n % 50 === 0) await sleep(100)
    }
  }
  const uploaded = await fetch(`${cluster.url}/v1/uploads?name=film.bin`, {
    method: 'POST',
    headers: { ...bearer(ada), 'content-type': 'application/octet-stream' },
    body: body(),
    duplex: 'half',
  })
  expect(uploaded.status).toBe(201)
  const { file } = (await uploaded.json()) as { file: { id: string; bytes: number } }
  expect(file).toMatchObject({ name: 'film.bin', bytes: 100 * MIB })

  // By the socket of one gateway to the socket of the other.
  const socket = await cluster.connect(ada, { gateway: 'g1' })
  const other = await cluster.connect(bob, { gateway: 'g2' })
  const received = new Promise<{ data: { attachments?: unknown } }>((resolve) => {
    other.on('room:events', ({ events }) => {
      const created = events.find(({ type }) => type === 'message:created')
      if (created !== undefined) resolve(created as { data: { attachments?: unknown } })
    })
  })
  const reply = await socket.timeout(20_000).emitWithAck('message:send', {
    roomId,
    clientMsgId: randomUUID(),
    attachments: [file.id],
  })
  expect(reply).toMatchObject({ ok: true })
  expect((await received).data.attachments).toEqual([file])

  for (const { url } of [...cluster.info().apis, cluster]) {
    const answer = await fetch(`${url}/v1/files/${file.id}`, { headers: bearer(bob) })
    const hash = createHash('sha256')
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) hash.update(part)
    expect(hash.digest('hex')).toBe(expected.copy().digest('hex'))
  }
  const range = { ...bearer(bob), range: `bytes=${50 * MIB}-${50 * MIB + 3}` }
  const part = await fetch(`${cluster.url}/v1/files/${file.id}`, { headers: range })
  expect(part.status).toBe(206)
  expect(await part.text()).toBe('50-5')
})

test('one byte more is refused, in the words of the contract', async () => {
  const ada = await cluster.register()
  const answer = await fetch(`${cluster.url}/v1/uploads`, {
    method: 'POST',
    headers: bearer(ada),
    body: Buffer.alloc(100 * MIB + 1),
  })
  expect(answer.status).toBe(413)
  expect(await answer.json()).toMatchObject({ code: 'TOO_LARGE', retryable: false })
})
