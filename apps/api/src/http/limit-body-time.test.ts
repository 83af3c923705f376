import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { limitBodyTime } from './limit-body-time.ts'

test('a body that does not end is ended, one that does is read', async () => {
  const app = express()
  app.use(limitBodyTime(express.json(), 100))
  app.post('/', (incoming, response) => {
    response.json(incoming.body)
  })
  const server = createServer(app)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: '{"a":1}' })
  expect(await answer.json()).toEqual({ a: 1 })

  const failed = new Promise((resolve) => {
    const slow = request(url, { method: 'POST', headers: { ...headers, 'content-length': '100' } })
    slow.on('error', resolve)
    slow.write('{')
  })
  expect(await failed).toBeInstanceOf(Error)
  server.close()
})
