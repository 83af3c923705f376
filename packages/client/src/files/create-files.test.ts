import { expect, test } from 'vitest'
import { createCallRoute } from '../rest/create-call-route.ts'
import {
  problem,
  startScriptedServer,
  type Asked,
  type Scripted,
} from '../testing/scripted-server.ts'
import { createFiles } from './create-files.ts'
import type { FilesPorts } from './file-transfer.ts'
import { createSendBytesByXhr } from './send-bytes.ts'

const file = { id: 'f1', name: 'a.txt', mime: 'text/plain', bytes: 2 }
const stored: Scripted = { status: 201, body: { file } }

function open(url: string, ports: Partial<FilesPorts> = {}) {
  const getToken = ports.getToken ?? (async () => 'token')
  return createFiles({ url, getToken, call: createCallRoute({ url, getToken }), ...ports })
}

test('a file goes up as it is, with its name and what it is for', async () => {
  await using server = await startScriptedServer(() => stored)
  const files = open(server.url)
  const upload = files.upload(new File(['hi'], 'ü &.txt', { type: 'text/plain;charset=utf-8' }))
  expect(upload.progress.current).toBe(0)
  await expect(upload.done).resolves.toEqual(file)
  expect(upload.progress.current).toBe(1)
  const picture = new Blob(['x'], { type: 'image/png' })
  await files.upload(picture, { name: 'me.png', purpose: 'avatar' }).done
  await files.upload(new Blob(['x'], { type: 'multipart/form-data; boundary=x' })).done
  expect(
    server.asked.map(({ path, text, headers }) => [path, text, headers['content-type']]),
  ).toEqual([
    ['/v1/uploads?name=%C3%BC+%26.txt', 'hi', 'text/plain'],
    ['/v1/uploads?name=me.png&purpose=avatar', 'x', 'image/png'],
    ['/v1/uploads', 'x', 'application/octet-stream'],
  ])
})

test('what is too large, or no picture, is refused before a byte is sent', async () => {
  await using server = await startScriptedServer(() => stored)
  const files = open(server.url, { fileBytes: () => 3 })
  await expect(files.upload(new Blob(['long'])).done).rejects.toMatchObject({ code: 'TOO_LARGE' })
  const text = new Blob(['x'], { type: 'text/plain' })
  await expect(files.upload(text, { purpose: 'avatar' }).done).rejects.toMatchObject({
    code: 'REJECTED',
  })
  expect(server.asked).toEqual([])
})

test('a token that ended is renewed once, with the key of the first attempt', async () => {
  await using server = await startScriptedServer(({ headers }) =>
    headers.authorization === 'Bearer new' ? stored : problem('AUTH_EXPIRED', 401),
  )
  const getToken = async (stale: string | null) => (stale === null ? 'old' : 'new')
  await expect(open(server.url, { getToken }).upload(new Blob(['x'])).done).resolves.toEqual(file)
  const keys = server.asked.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toEqual([keys[0], keys[0]])
})

test('what the server refuses is said as it says it, and no answer is an unknown outcome', async () => {
  await using server = await startScriptedServer((_asked, nth) =>
    nth === 1 ? problem('REJECTED', 422) : 'cut',
  )
  const files = open(server.url)
  await expect(files.upload(new Blob(['x'])).done).rejects.toMatchObject({ code: 'REJECTED' })
  await expect(files.upload(new Blob(['x'])).done).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
})

test('three go up at a time, and what is cancelled makes room', async () => {
  const asked: Asked[] = []
  let answer = (): void => undefined
  const isFourth = new Promise<void>((resolve) => {
    answer = resolve
  })
  await using server = await startScriptedServer((one) => {
    asked.push(one)
    if (one.text === '4') answer()
    return one.text === '4' ? stored : new Promise(() => undefined)
  })
  const files = open(server.url)
  const uploads = ['1', '2', '3', '4'].map((text) => files.upload(new Blob([text])))
  const waiting = files.upload(new Blob(['5']))
  waiting.cancel()
  await expect(waiting.done).rejects.toMatchObject({ name: 'AbortError' })
  uploads[1]?.cancel()
  await isFourth
  await expect(uploads[1]?.done).rejects.toMatchObject({ name: 'AbortError' })
  await expect(uploads[3]?.done).resolves.toEqual(file)
  expect(asked.map(({ text }) => text)).not.toContain('5')
  for (const upload of uploads) upload.cancel()
})

/** What a browser's own does, as far as it is used. */
class FakeXhr extends EventTarget {
  static last: FakeXhr
  readonly upload = new EventTarget()
  readonly sent: unknown[] = []
  status = 0
  responseText = ''
  constructor() {
    super()
    FakeXhr.last = this
  }
  open = (...args: unknown[]): void => void this.sent.push(args)
  setRequestHeader = (...args: unknown[]): void => void this.sent.push(args)
  send = (body: unknown): void => void this.sent.push(body)
  abort = (): void => void this.dispatchEvent(new Event('abort'))
  tell(loaded: number): void {
    this.upload.dispatchEvent(Object.assign(new Event('progress'), { loaded, total: 4 }))
  }
  answer(status: number, body: unknown): void {
    this.status = status
    this.responseText = JSON.stringify(body)
    this.dispatchEvent(new Event('load'))
  }
}

test('in a page one sees how far it is, and may stop it', async () => {
  const sendBytes = createSendBytesByXhr(FakeXhr as unknown as typeof XMLHttpRequest)
  const parts: number[] = []
  const body = new Blob(['four'])
  const ending = new AbortController()
  const request = { url: '/v1/uploads', body, headers: { a: 'b' }, signal: ending.signal }
  const first = sendBytes({ ...request, progress: (part) => parts.push(part) })
  FakeXhr.last.tell(1)
  FakeXhr.last.tell(4)
  FakeXhr.last.answer(201, { file })
  await expect(first).resolves.toEqual({ file })
  expect(parts).toEqual([0.25, 1])
  expect(FakeXhr.last.sent).toEqual([['POST', '/v1/uploads'], ['a', 'b'], body])
  const refused = sendBytes({ ...request, progress: () => undefined })
  FakeXhr.last.answer(413, { code: 'TOO_LARGE', message: 'No.' })
  await expect(refused).rejects.toMatchObject({ code: 'TOO_LARGE' })
  const broken = sendBytes({ ...request, progress: () => undefined })
  FakeXhr.last.dispatchEvent(new Event('error'))
  await expect(broken).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  const stopped = sendBytes({ ...request, progress: () => undefined })
  ending.abort()
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
})

test('a link is asked for once while it is good, and anew a minute before it ends', async () => {
  let now = Date.parse('2026-01-01T00:00:00.000Z')
  await using server = await startScriptedServer(({ path }, nth) => ({
    status: 200,
    body: {
      url: `${path.replace('/link', '/content').replace(/\?.*/u, '')}?token=${nth}`,
      expiresAt: new Date(now + 600_000).toISOString(),
    },
  }))
  const files = open(server.url, { now: () => now })
  const [one, same, small] = await Promise.all([
    files.link('a b'),
    files.link('a b'),
    files.link('a b', { thumbnail: true }),
  ])
  expect(one).toMatch(new RegExp(`^${server.url}/v1/files/a%20b/content\\?token=[12]$`, 'u'))
  expect(same).toBe(one)
  expect(small).not.toBe(one)
  expect(server.asked.map(({ path }) => path).toSorted()).toEqual([
    '/v1/files/a%20b/link',
    '/v1/files/a%20b/link?thumbnail=1',
  ])
  now += 539_000
  expect(await files.link('a b')).toBe(one)
  now += 2_000
  expect(await files.link('a b')).not.toBe(one)
})

test('a link that could not be had is asked for again', async () => {
  await using server = await startScriptedServer((_asked, nth) =>
    nth === 1
      ? problem('NOT_FOUND', 404)
      : { status: 200, body: { url: '/v1/x', expiresAt: new Date().toISOString() } },
  )
  const files = open(server.url)
  await expect(files.link('f1')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(files.link('f1')).resolves.toBe(`${server.url}/v1/x`)
})
