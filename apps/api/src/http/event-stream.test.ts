import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { eventually } from '@parley/testkit'
import type { Event } from '@parley/message-schema'
import express from 'express'
import { expect, test } from 'vitest'
import type { Followed } from '../history/follow-room.ts'
import { sendEventStream, type StreamEnd } from './event-stream.ts'

test('who takes nothing is cut off, and what is kept for them is bounded', async () => {
  let made = 0
  let end: StreamEnd | undefined
  let mostUnsent = 0
  const app = express()
  const text = 'x'.repeat(20_000)
  app.get('/', (request, response) => {
    async function* follow(): AsyncGenerator<Followed> {
      yield { is: 'begun', from: 0, head: 1_000_000, epoch: 1 }
      for (;;) {
        made += 1
        mostUnsent = Math.max(mostUnsent, response.writableLength)
        const event = { seq: made, type: 'message:created', data: { text } } as unknown as Event
        yield { is: 'events', events: [event] }
        await Promise.resolve()
      }
    }
    const options = { roomId: 'a', stopping: new AbortController().signal, stallMs: 200 }
    void sendEventStream(request, response, follow, options).then((how) => {
      end = how
    })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await eventually(() => expect(end).toBe('slow'))
  // Whatever the kernel takes has left this process; the rest is one event and a buffer.
  expect(mostUnsent).toBeLessThan(200_000)
  expect(made).toBeLessThan(10_000)
  socket.destroy()
  server.close()
})
