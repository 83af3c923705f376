import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { connect, type PeerCertificate } from 'node:tls'

export interface Answer {
  readonly status: number
  readonly body: string
  readonly date: string | undefined
}

/** What is sent there does not leave this machine. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/u.test(hostname)

interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 10_000
const BODY_BYTES = 4 * 1024 * 1024

const requestOf = (url: string) => (url.startsWith('https:') ? requestHttps : requestHttp)

/** One request, whose path goes out as it is written: `fetch` would tidy it up. No redirect is followed. */
export function ask(
  origin: string,
  path: string,
  { method = 'GET', headers = {}, body, timeoutMs = TIMEOUT_MS }: Asking = {},
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const request = requestOf(protocol)(
      {
        protocol,
        hostname: hostname.replaceAll(/^\[|\]$/gu, ''),
        port,
        path,
        method,
        headers,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        readAll(response).then(
          (text) =>
            resolve({
              status: response.statusCode ?? 0,
              body: text,
              date: response.headers.date,
            }),
          reject,
        )
      },
    )
    request.once('error', reject)
    request.end(body)
  })
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > BODY_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The status that a request for a WebSocket is answered with; 101 is that it is one. */
export function askWebSocket(origin: string, path: string): Promise<number> {
  const { protocol, hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const request = requestOf(protocol)({
      protocol,
      hostname: hostname.replaceAll(/^\[|\]$/gu, ''),
      port,
      path,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from('parley doctor 16').toString('base64'),
      },
    })
    request.once('upgrade', (_response, socket) => {
      socket.destroy()
      resolve(101)
    })
    request.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.once('error', reject)
    request.end()
  })
}

export interface Certificate {
  readonly validTo: Date
  /** Why it is not believed, or null. */
  readonly problem: string | null
}

/** Looked at, also when it is not to be believed. Nothing is sent. */
export function readCertificate(hostname: string, port: number): Promise<Certificate> {
  return new Promise((resolve, reject) => {
    const host = hostname.replaceAll(/^\[|\]$/gu, '')
    const isName = !/^[\d.]+$|:/u.test(host)
    const socket = connect(
      { host, port, rejectUnauthorized: false, ...(isName && { servername: host }) },
      () => {
        const { valid_to: validTo }: PeerCertificate = socket.getPeerCertificate()
        const reason: unknown = socket.authorizationError
        resolve({ validTo: new Date(validTo), problem: socket.authorized ? null : String(reason) })
        socket.destroy()
      },
    )
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')))
    socket.once('error', reject)
  })
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNRESET: 'the connection was cut off',
  ABORT_ERR: 'no answer in time',
}

export function whyNot(problem: unknown): string {
  const { code, message } = Object(problem) as NodeJS.ErrnoException
  return REASONS[code ?? ''] ?? message ?? code ?? String(problem)
}
