import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { ParleyError } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'
import express from 'express'
import { afterEach, expect, test } from 'vitest'
import { createProblemHandler } from './problem.ts'
import { requestId } from './request-id.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A route that fails as the test says, with what is logged of it. */
async function serve(fail: (gone: Promise<void>) => Promise<never>) {
  const logged: string[] = []
  const note = (level: string) => (about: { code: string }) => {
    logged.push(`${level} ${about.code}`)
  }
  const app = express()
  app.use(requestId)
  const steps = new EventEmitter()
  const begun = once(steps, 'begun')
  const ended = once(steps, 'ended')
  app.get('/', async (_request, response) => {
    const gone = new Promise<void>((resolve) => {
      response.once('close', () => resolve())
    })
    steps.emit('begun')
    return fail(gone).finally(() => setImmediate(() => steps.emit('ended')))
  })
  app.use(createProblemHandler({ error: note('error'), debug: note('debug') } as unknown as Logger))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { url, logged, begun, ended }
}

test('what was ended since its caller went away is no error', async () => {
  const { url, logged, begun, ended } = await serve(async (gone) => {
    await gone
    throw new DOMException('This operation was aborted', 'AbortError')
  })
  const caller = new AbortController()
  const asked = fetch(url, { signal: caller.signal })
  await begun
  caller.abort()
  await expect(asked).rejects.toThrow('aborted')
  await ended
  expect(logged).toEqual([])
})

test('what was ended by itself is one', async () => {
  const { url, logged } = await serve(async () => {
    throw new DOMException('This operation was aborted', 'AbortError')
  })
  expect((await fetch(url)).status).toBe(500)
  expect(logged).toEqual(['error INTERNAL'])
})

test('a refusal for want of a place is no line of the log; a database that is away is', async () => {
  const full = await serve(async () => {
    throw new ParleyError('SERVER_BUSY', { retryAfterMs: 700 })
  })
  const answer = await fetch(full.url)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
  expect(full.logged).toEqual(['debug SERVER_BUSY'])
  const away = await serve(async () => {
    throw new ParleyError('SERVER_BUSY', { retryAfterMs: 700, cause: new Error('away') })
  })
  await fetch(away.url)
  expect(away.logged).toEqual(['error SERVER_BUSY'])
})
