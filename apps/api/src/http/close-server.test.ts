import { createServer, type Server, type ServerResponse } from 'node:http'
import { listen } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { closeServer } from './close-server.ts'

/** A server with a request in hand that it has not answered. */
async function busyServer(): Promise<{
  server: Server
  response: ServerResponse
  answer: Promise<string>
}> {
  const server = createServer()
  const response = new Promise<ServerResponse>((resolve) => {
    server.once('request', (_request, held) => resolve(held))
  })
  const port = await listen(server, 0, '127.0.0.1')
  const answer = fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } }).then(
    (got) => got.text(),
  )
  answer.catch(() => undefined)
  return { server, response: await response, answer }
}

test('what was asked for is answered before the end', async () => {
  const { server, response, answer } = await busyServer()
  const closed = closeServer(server, 600_000)
  expect(server.listening).toBe(false)
  response.end('the answer')
  expect(await answer).toBe('the answer')
  await closed
})

test('what is not answered in time is cut off', async () => {
  const { server, answer } = await busyServer()
  await closeServer(server, 1)
  await expect(answer).rejects.toThrow('fetch failed')
})
