import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export type Scripted =
  /** The connection ends without an answer. */
  'cut' | { readonly status: number; readonly body?: unknown; readonly type?: string }

export interface ScriptedServer {
  readonly url: string
  readonly asked: Asked[]
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request) text += String(part)
  return text
}

/** A real server on loopback that answers as a test says. */
export async function startScriptedServer(
  answer: (asked: Asked, nth: number) => Scripted | Promise<Scripted>,
): Promise<ScriptedServer> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const { method = '', url: path = '', headers } = request
      const one = { method, path, headers, text: await read(request) }
      asked.push(one)
      const said = await answer(one, asked.length)
      if (said === 'cut') return request.socket.destroy()
      const {
        status,
        body,
        type = status < 400 ? 'application/json' : 'application/problem+json',
      } = said
      response.writeHead(status, body === undefined ? {} : { 'content-type': type })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

export const problem = (code: string, status: number, more: object = {}): Scripted => ({
  status,
  body: { type: `urn:parley:error:${code}`, title: code, status, code, message: code, ...more },
})
