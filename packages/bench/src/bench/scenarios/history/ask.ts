import { Agent, request } from 'node:http'
import { clockMs } from '../../../clock.ts'

const TIMEOUT_MS = 60_000

/** Connections that stay open, so that a request costs what it asks for. */
export const createAgent = (): Agent => new Agent({ keepAlive: true, maxSockets: 64 })

export interface Ask {
  readonly url: string
  readonly agent: Agent
  readonly token: string
}

/** The answer's text; anything but 200 is thrown. With a body it is a PUT. */
export function ask({ url, agent, token }: Ask, path: string, body?: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'PUT'
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const sent = request(
      new URL(path, url),
      { method, agent, headers, timeout: TIMEOUT_MS },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          if (response.statusCode === 200) resolve(text)
          else
            reject(
              new Error(`${method} ${path} answered ${response.statusCode}: ${text.slice(0, 500)}`),
            )
        })
      },
    )
    sent.on('timeout', () =>
      sent.destroy(new Error(`${method} ${path} was not answered in a minute.`)),
    )
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** So many requests in so many lines, each with one under way; how long each took, in milliseconds. */
export async function askMany(
  how: Ask,
  pathOf: (nth: number) => string,
  { requests, lines }: { readonly requests: number; readonly lines: number },
): Promise<number[]> {
  const tookMs: number[] = []
  let next = 0
  const line = async (): Promise<void> => {
    while (next < requests) {
      const path = pathOf(next)
      next += 1
      const startedAt = clockMs()
      await ask(how, path)
      tookMs.push(clockMs() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: lines }, line))
  return tookMs
}
