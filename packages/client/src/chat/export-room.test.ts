import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createExportRoom, type ExportRoomPorts } from './export-room.ts'
import type { ExportLine } from './room-export.ts'

const ROOM = { kind: 'room', version: 1, roomId: 'a', name: 'A', head: 3, visibleFrom: 1 }
const MESSAGE = { kind: 'message', id: '3', seq: 3, senderId: 'ada', text: 'zwölf 🚢', version: 0 }
const END = { kind: 'end', messages: 1, head: 3 }
const file = (...lines: object[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('')
const WHOLE = file(ROOM, MESSAGE, END)

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A server that answers an export as a test says. */
async function start(
  answer: (response: ServerResponse, path: string, token: string) => void,
  ports: Partial<ExportRoomPorts> = {},
) {
  const server = createServer((request, response) =>
    answer(response, request.url ?? '', request.headers.authorization ?? ''),
  )
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return createExportRoom({ url, getToken: async (stale) => (stale ? 'new' : 'old'), ...ports })
}

const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8' })

async function read(lines: AsyncIterable<ExportLine>): Promise<unknown[]> {
  const all = []
  for await (const line of lines) all.push(line)
  return all
}

test('lines come as they are, however they are cut on the way', async () => {
  const paths: string[] = []
  const exportRoom = await start((response, path) => {
    paths.push(path)
    begin(response)
    // A byte at a time: letters of several bytes too.
    const bytes = [...Buffer.from(WHOLE)]
    const next = (): void => {
      const byte = bytes.shift()
      if (byte === undefined) response.end()
      else response.write(Buffer.from([byte]), () => setImmediate(next))
    }
    next()
  })
  const { lines } = await exportRoom('a/b', { versions: true })
  expect(await read(lines())).toEqual([ROOM, MESSAGE, END])
  const { blob } = await exportRoom('a')
  expect(await (await blob()).text()).toBe(WHOLE)
  expect(paths).toEqual(['/v1/rooms/a%2Fb/export?versions=1', '/v1/rooms/a/export'])
})

test('what was cut off is no export', async () => {
  for (const part of [
    file(ROOM, MESSAGE),
    file(ROOM, MESSAGE).slice(0, -9),
    '',
    WHOLE.slice(0, -9),
  ]) {
    const exportRoom = await start((response) => void begin(response).end(part))
    const cut = { code: 'UNKNOWN_OUTCOME', isRetryable: true }
    const { blob } = await exportRoom('a')
    await expect(blob(), part).rejects.toMatchObject(cut)
    const { lines } = await exportRoom('a')
    await expect(read(lines()), part).rejects.toMatchObject(cut)
  }
  const broken = await start((response) =>
    begin(response).write(WHOLE, () => response.socket?.destroy()),
  )
  const { blob } = await broken('a')
  await expect(blob()).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME', isRetryable: true })
})

test('a refusal says which, and a token that ended is renewed', async () => {
  const exportRoom = await start((response, path, token) => {
    const code = token === 'Bearer old' ? 'AUTH_EXPIRED' : 'FORBIDDEN'
    if (token !== 'Bearer old' && path.includes('mine')) return void begin(response).end(WHOLE)
    response.writeHead(code === 'FORBIDDEN' ? 403 : 401, {
      'content-type': 'application/problem+json',
    })
    response.end(JSON.stringify({ code, message: code, requestId: 'r' }))
  })
  await expect(exportRoom('a')).rejects.toMatchObject({ code: 'FORBIDDEN', requestId: 'r' })
  expect(await (await (await exportRoom('mine')).blob()).text()).toBe(WHOLE)
  const page = await start((response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in to this network'),
  )
  await expect(page('a')).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
})

test('it ends when it is aborted, when nothing comes any more, and when nobody reads on', async () => {
  let closed = 0
  const silent = (response: ServerResponse): void => {
    begin(response).write(file(ROOM))
    response.on('close', () => (closed += 1))
  }
  const exportRoom = await start(silent)
  const ending = new AbortController()
  const { lines } = await exportRoom('a', { signal: ending.signal })
  const all = lines()[Symbol.asyncIterator]()
  expect((await all.next()).value).toEqual(ROOM)
  const next = all.next()
  ending.abort()
  await expect(next).rejects.toMatchObject({ name: 'AbortError' })
  await expect(exportRoom('a', { signal: ending.signal })).rejects.toMatchObject({
    name: 'AbortError',
  })
  const impatient = await start((response) => begin(response).write(file(ROOM)), { silentMs: 50 })
  // On a busy machine it may be given up before it has begun, which is told in the same way.
  const given = impatient('a').then(({ blob }) => blob())
  await expect(given).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME', isRetryable: true })
  for await (const line of (await exportRoom('a')).lines()) {
    expect(line.kind).toBe('room')
    break
  }
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(2)
})
