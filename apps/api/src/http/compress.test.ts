import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCompression } from './compress.ts'

const LONG = { text: 'what was said and said again. '.repeat(200) }

const app = express()
app.use(createCompression())
app.get('/long', (_request, response) => void response.json(LONG))
app.get('/short', (_request, response) => void response.json({ text: 'x'.repeat(4_000) }))
app.get('/problem', (_request, response) => {
  response.status(400).type('application/problem+json').send(JSON.stringify(LONG))
})
app.get('/secret', (_request, response) => {
  response.set('Cache-Control', 'no-store').json(LONG)
})
app.get('/file', (_request, response) => {
  response.set('Content-Disposition', 'attachment; filename="a.json"').json(LONG)
})
app.get('/stream', (_request, response) => {
  response.set('Content-Type', 'text/event-stream').end(`data: ${LONG.text}\n\n`)
})
app.get('/lines', (_request, response) => {
  response.set('Content-Type', 'application/x-ndjson').end(JSON.stringify(LONG))
})

const server = app.listen(0, '127.0.0.1')
let url: string
beforeAll(async () => {
  if (!server.listening) await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const encodingOf = async (path: string, accepted = 'gzip'): Promise<string | null> => {
  const response = await fetch(url + path, { headers: { 'accept-encoding': accepted } })
  await response.text()
  return response.headers.get('content-encoding')
}

test('long JSON is compressed as the caller likes it, problems too', async () => {
  expect(await encodingOf('/long')).toBe('gzip')
  expect(await encodingOf('/long', 'br')).toBe('br')
  expect(await encodingOf('/long', 'identity')).toBeNull()
  expect(await encodingOf('/problem')).toBe('gzip')
  const response = await fetch(`${url}/long`, { headers: { 'accept-encoding': 'gzip' } })
  expect(response.headers.get('vary')).toContain('Accept-Encoding')
  expect(await response.json()).toEqual(LONG)
})

test.each(['/short', '/secret', '/file', '/stream', '/lines'])(
  '%s is sent as it is',
  async (path) => {
    expect(await encodingOf(path)).toBeNull()
  },
)

test('a caller that has it already is told so, however it was encoded', async () => {
  for (const accepted of ['gzip', 'identity']) {
    // What fetch would add by itself asks for everything anew.
    const headers = { 'accept-encoding': accepted, 'cache-control': 'max-age=0' }
    const first = await fetch(`${url}/long`, { headers })
    await first.text()
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\//u)
    const again = await fetch(`${url}/long`, { headers: { ...headers, 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
  }
})
