import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly attributes: readonly { readonly key: string; readonly value: object }[]
  /** Of the process that it comes from. */
  readonly instance: string
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] }
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'instance'>[] }[]
  }[]
}

const spans: Span[] = []
const valueOf = (attributes: Span['attributes'], key: string): unknown =>
  Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0]

/** As much of an OpenTelemetry collector as takes traces as JSON. */
const collector: Server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Export
    for (const { resource, scopeSpans } of resourceSpans) {
      const instance = String(valueOf(resource.attributes, 'service.instance.id'))
      for (const scope of scopeSpans) {
        spans.push(...scope.spans.map((span) => ({ ...span, instance })))
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
})

let cluster: TestCluster
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve)
  })
  const { port } = collector.address() as AddressInfo
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_TRACES_SAMPLER_ARG: '1',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  }
  cluster = await startTestCluster({ gateways: 2, apis: 1, env: { api: env, gateway: env } })
})
afterAll(async () => {
  await cluster.stop()
  collector.close()
})

/** `name@instance ← name@instance of its parent`, or alone. */
const drawn = (all: readonly Span[]): string[] =>
  all
    .map((span) => {
      const parent = all.find(({ spanId }) => spanId === span.parentSpanId)
      const own = `${span.name}@${span.instance}`
      if (parent !== undefined) return `${own} ← ${parent.name}@${parent.instance}`
      return span.parentSpanId === undefined || span.parentSpanId === '' ? own : `${own} ← lost`
    })
    .toSorted()

async function traceOfMessage(room: string): Promise<readonly Span[]> {
  return eventually(() => {
    const begun = spans.filter(
      ({ name, attributes }) =>
        name === 'parley.command' && valueOf(attributes, 'parley.room') === room,
    )
    expect(begun).toHaveLength(1)
    const trace = spans.filter(({ traceId }) => traceId === begun[0]?.traceId)
    expect(trace.filter(({ name }) => name === 'parley.deliver')).toHaveLength(2)
    expect(trace.length).toBeGreaterThanOrEqual(7)
    return trace
  })
}

test('one message is one trace, from the command over the log to the sockets of both gateways', async () => {
  const users = [await cluster.register(), await cluster.register()]
  const room = await cluster.createRoom(users)
  const [alice, bob] = users.map((user, n) =>
    cluster.resumingClient(user, [room], { gateway: `g${n + 1}` }),
  )
  await Promise.all([alice?.ready(), bob?.ready()])
  await alice?.send(room, 'where do I go?')

  const trace = await traceOfMessage(room)
  expect(drawn(trace)).toEqual([
    'parley.batch@g1 ← parley.command@g1',
    'parley.command@g1',
    'parley.commands@a1 ← parley.batch@g1',
    'parley.deliver@g1 ← parley.publish@a1',
    'parley.deliver@g2 ← parley.publish@a1',
    'parley.publish@a1 ← parley.transaction@a1',
    'parley.transaction@a1 ← parley.commands@a1',
  ])
  for (const span of trace.filter(({ name }) => name === 'parley.deliver')) {
    expect(Number(valueOf(span.attributes, 'parley.sockets'))).toBe(1)
  }
})

test('a message over REST begins a trace too, and goes on the one that its sender names', async () => {
  const user = await cluster.register()
  const room = await cluster.createRoom([user])
  const reader = cluster.resumingClient(user, [room], { gateway: 'g1' })
  await reader.ready()
  const traceId = 'a1'.repeat(16)
  const response = await fetch(new URL(`/v1/rooms/${room}/messages`, cluster.url), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${user.token}`,
      'content-type': 'application/json',
      traceparent: `00-${traceId}-${'b2'.repeat(8)}-00`,
    },
    body: JSON.stringify({ clientMsgId: randomUUID(), text: 'over REST' }),
  })
  expect(response.status).toBe(201)
  await eventually(() => {
    const trace = spans.filter((span) => span.traceId === traceId)
    expect(drawn(trace)).toEqual([
      'parley.deliver@g1 ← parley.publish@a1',
      'parley.publish@a1 ← parley.transaction@a1',
      'parley.request@a1 ← lost',
      'parley.transaction@a1 ← parley.request@a1',
    ])
  })
})
