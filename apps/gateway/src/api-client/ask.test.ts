import { createServer, type RequestListener, type Server } from 'node:http'
import { listen } from '@parley/server-kit'
import { Pool } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { ask } from './ask.ts'

const opened: { server: Server; pool: Pool }[] = []
afterEach(async () => {
  for (const { server, pool } of opened.splice(0)) {
    await pool.destroy()
    server.closeAllConnections()
    server.close()
  }
})

async function askOf(answer: RequestListener, headersTimeout = 5_000) {
  const server = createServer(answer)
  const pool = new Pool(`http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`)
  opened.push({ server, pool })
  return ask(pool, { method: 'POST', path: '/there', body: 'asked', headersTimeout })
}

test('what is asked arrives, and the answer comes in one piece, however it was cut', async () => {
  const words = Buffer.from('“quoted” 🦜')
  const answered = await askOf((request, response) => {
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      response.statusCode = 418
      response.write(`${request.method} ${request.url} ${text} `)
      // In the middle of a character.
      response.write(words.subarray(0, 2))
      setImmediate(() => response.end(words.subarray(2)))
    })
  })
  expect(answered).toEqual({ status: 418, text: 'POST /there asked “quoted” 🦜' })
})

test('an answer without a body is an empty text', async () => {
  expect(await askOf((_request, response) => void response.writeHead(204).end())).toEqual({
    status: 204,
    text: '',
  })
})

test('an answer that breaks off is none', async () => {
  const broken = askOf((_request, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half')
    setImmediate(() => response.destroy())
  })
  await expect(broken).rejects.toThrow()
})

test('who does not answer in time has not answered', async () => {
  await expect(askOf(() => undefined, 1)).rejects.toThrow(/timeout/iu)
})
