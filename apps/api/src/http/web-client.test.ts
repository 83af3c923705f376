import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWebClient } from './web-client.ts'

const dir = mkdtempSync(join(tmpdir(), 'parley-web-'))
mkdirSync(join(dir, 'assets'))
writeFileSync(join(dir, 'index.html'), '<title>Parley</title>')
writeFileSync(join(dir, 'assets', 'index-1a2b3c.js'), 'export {}')
const app = express()
app.use(createWebClient(dir))
const server = app.listen(0, '127.0.0.1')
let url: string

beforeAll(async () => {
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(dir, { recursive: true })
})

const get = async (path: string, accept = 'text/html') => {
  const response = await fetch(url + path, { headers: { accept } })
  return { status: response.status, cache: response.headers.get('cache-control') }
}

test('assets with a hash in their name stay, the page itself is asked for again', async () => {
  expect(await get('/assets/index-1a2b3c.js')).toEqual({
    status: 200,
    cache: 'public, max-age=31536000, immutable',
  })
  expect(await get('/')).toEqual({ status: 200, cache: 'no-cache' })
})

test('addresses of the client are its page, others are not', async () => {
  expect(await get('/rooms/42')).toEqual({ status: 200, cache: 'no-cache' })
  expect((await get('/rooms/42', 'application/json')).status).toBe(404)
  for (const path of ['/v1/nothing', '/assets/gone.js', '/docs/nothing', '/../package.json']) {
    expect((await get(path)).status, path).toBe(404)
  }
})
