import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Event, Room } from '@parley/message-schema'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApi, type Actor, type TestApi } from '../testing/test-api.ts'
import { startTestWorker, type TestWorker } from '../testing/test-worker.ts'

let api: TestApi
let worker: TestWorker
let ada: Actor
let room: Room
let site: Server
let origin: string
let allowed: { PREVIEW_ALLOWED_HOSTS: string }
let asked: string[]
let answer: (path: string) => { status?: number; type?: string; body: string }

const pageOf = (title: string): { body: string } => ({
  body: `<title>${title}</title><meta property="og:image" content="/image.png">`,
})

beforeAll(async () => {
  site = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const { status = 200, type = 'text/html; charset=utf-8', body } = answer(path)
    response.writeHead(status, { 'content-type': type, location: body }).end(body)
  })
  await new Promise<void>((resolve) => {
    site.listen(0, '127.0.0.1', resolve)
  })
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  api = await startTestApi()
  allowed = { PREVIEW_ALLOWED_HOSTS: new URL(origin).host }
  worker = await startTestWorker(api.databaseUrl, allowed)
  ada = await api.guest('Ada')
})
afterAll(async () => {
  await worker[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
  site.close()
})
beforeEach(async () => {
  asked = []
  answer = (path) => pageOf(`Page ${path}`)
  room = await ada.createRoom()
})

const events = async (): Promise<Event[]> =>
  (await ada.get(`/v1/rooms/${room.id}/events`)).body.data as Event[]

/** Everything that was said before this has been looked at. */
const settled = (): Promise<void> => worker.settled('previews')

const previewsOf = async (seq: number) =>
  (await ada.messages(room.id)).find((message) => message.seq === seq)?.previews

test('a message is told what its links lead to, as an event and in history', async () => {
  const url = `${origin}/a?b=c`
  const seq = await ada.send(room.id, `see ${url}#part and \`${origin}/code\``)
  const preview = { url: `${url}#part`, title: 'Page /a?b=c', imageUrl: `${origin}/image.png` }
  await settled()
  expect((await events()).find((event) => event.ref === seq)).toMatchObject({
    type: 'message:updated',
    actor: { id: 'system', kind: 'system' },
    data: { version: 0, previews: [preview] },
  })
  expect(asked).toEqual(['/a?b=c'])
  const message = (await ada.messages(room.id)).find((one) => one.seq === seq)
  expect(message).toMatchObject({ version: 0, previews: [preview] })
  expect(message).not.toHaveProperty('editedAt')
})

test('a host that webhooks may call is not asked for a preview', async () => {
  let calls = 0
  const inner = createServer((_request, response) => {
    calls += 1
    response.end('<title>Inner</title>')
  })
  await new Promise<void>((resolve) => {
    inner.listen(0, '127.0.0.1', resolve)
  })
  // The worker of this test has `WEBHOOK_ALLOWED_HOSTS=127.0.0.1`, on any port.
  const seq = await ada.send(room.id, `http://127.0.0.1:${(inner.address() as AddressInfo).port}/`)
  await settled()
  expect(calls).toBe(0)
  expect(await previewsOf(seq)).toBeUndefined()
  inner.close()
})

test('a page is asked once a day, whoever links to it', async () => {
  await ada.send(room.id, `${origin}/same`)
  await settled()
  const seq = await ada.send(room.id, `again ${origin}/same#other`)
  await settled()
  expect(await previewsOf(seq)).toMatchObject([
    { url: `${origin}/same#other`, title: 'Page /same' },
  ])
  expect(asked.filter((path) => path === '/same')).toHaveLength(1)
})

test.each<[string, { status?: number; type?: string; body: string }]>([
  ['that is not there', { status: 404, ...pageOf('Not found') }],
  ['that is no page', { type: 'application/pdf', body: '<title>t</title>' }],
  ['that says nothing', { body: '<p>nothing' }],
  ['that leads into the private network', { status: 302, body: 'http://127.0.0.1:1/' }],
  ['that leads to another machine', { status: 302, body: 'http://10.0.0.1/' }],
  ['that leads round in circles', { status: 302, body: '/circle' }],
])('a link %s has no preview, and is not asked again soon', async (_what, page) => {
  answer = () => page
  const path = `/${randomUUID()}`
  const first = await ada.send(room.id, origin + path)
  await settled()
  const second = await ada.send(room.id, origin + path)
  await settled()
  expect(asked.filter((one) => one === path)).toHaveLength(1)
  expect(await previewsOf(first)).toBeUndefined()
  expect(await previewsOf(second)).toBeUndefined()
})

test('an edit that takes the link away takes the preview, one that brings another brings its own', async () => {
  const seq = await ada.send(room.id, `${origin}/first`)
  await settled()
  expect(await previewsOf(seq)).toMatchObject([{ title: 'Page /first' }])
  const edit = (text: string) =>
    ada.call('PATCH', `/v1/rooms/${room.id}/messages/${seq}`, { clientMsgId: randomUUID(), text })
  await edit('no link')
  expect(await previewsOf(seq)).toBeUndefined()
  await edit(`${origin}/second and ${origin}/first`)
  await settled()
  expect(await previewsOf(seq)).toMatchObject([{ title: 'Page /second' }, { title: 'Page /first' }])
})

test('with the message its previews are erased, wherever they stood', async () => {
  const seq = await ada.send(room.id, `${origin}/secret`)
  await settled()
  expect(JSON.stringify(await events())).toContain('Page /secret')
  await ada.call('DELETE', `/v1/rooms/${room.id}/messages/${seq}`)
  await settled()
  expect(JSON.stringify(await events())).not.toContain('secret')
  const [row] = await api.database.query(
    `SELECT (SELECT COUNT(*) FROM room_event WHERE data LIKE '%Page /secret%')
       + (SELECT COUNT(*) FROM message_state WHERE data LIKE '%Page /secret%') AS n`,
  )
  expect(Number(row.n)).toBe(0)
})

test('nobody can ask for a preview of an address inside', async () => {
  const inside = ['http://127.0.0.1:1/', 'http://localhost/', 'http://169.254.169.254/latest']
  const seq = await ada.send(room.id, inside.join(' '))
  await settled()
  expect(await previewsOf(seq)).toBeUndefined()
})

test('switched off, nobody is asked', async () => {
  await worker.stop()
  await using off = await startTestWorker(api.databaseUrl, { ...allowed, LINK_PREVIEWS: 'off' })
  await ada.send(room.id, `${origin}/off`)
  await off.settled('previews')
  expect(asked).toEqual([])
})
