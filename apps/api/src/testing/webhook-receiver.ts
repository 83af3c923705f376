import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Event } from '@parley/message-schema'

export interface Received {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: { type: string; roomId: string; event: Event }
}

export interface Answering {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** An endpoint of somebody else. It keeps what it took, and what it refused apart. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string
  readonly taken: Received[]
  readonly refused: Received[]
  /** 204 if it answers nothing. */
  answer: (received: Received) => Answering | undefined | Promise<Answering | undefined>
  readonly seqsOf: (roomId: string) => number[]
}

export async function startReceiver(): Promise<WebhookReceiver> {
  const taken: Received[] = []
  const refused: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const body = JSON.parse(text) as Received['body']
      const { headers } = request
      const received = { id: String(headers['webhook-id']), headers, text, body }
      void Promise.resolve(receiver.answer(received)).then((answer = { status: 204 }) => {
        const list = answer.status < 300 ? taken : refused
        list.push(received)
        response.writeHead(answer.status, answer.headers).end(answer.body)
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    refused,
    answer: () => undefined,
    seqsOf: (roomId) =>
      taken.filter(({ body }) => body.roomId === roomId).map(({ body }) => body.event.seq),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return receiver
}
