import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import express from 'express'
import { expect, test } from 'vitest'
import { sendPieces } from './send-lines.ts'

test('whoever takes nothing of an answer is cut off, and little of it is made', async () => {
  let made = 0
  let mostUnsent = 0
  let ended: () => void = () => undefined
  const hasEnded = new Promise<void>((resolve) => {
    ended = resolve
  })
  const app = express()
  app.get('/', (_request, response) => {
    async function* pieces(): AsyncGenerator<string> {
      for (;;) {
        made += 1
        mostUnsent = Math.max(mostUnsent, response.writableLength)
        yield 'x'.repeat(20_000)
      }
    }
    void sendPieces(response, 'text/plain', pieces(), 200).then(ended)
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await hasEnded
  // Whatever the kernel takes has left this process; the rest is one piece and a buffer.
  expect(mostUnsent).toBeLessThan(100_000)
  expect(made).toBeLessThan(10_000)
  socket.destroy()
  server.close()
})
