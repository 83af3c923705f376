import { randomBytes } from 'node:crypto'
import { connect as connectTcp, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Script } from './frame-grammar.ts'

/** Answered or ended: anything else is a hang, and fails the run. */
const WITHIN_MS = 30_000

const inTime = <Value>(what: string, promise: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: neither an answer nor an end`)), WITHIN_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const MARK = '4242["nothing"]'

/** One WebSocket after the other: what is sent goes as it is, and a new one follows each that was ended. */
export class SocketPeer {
  readonly #url: string
  readonly #connectFrame: string | undefined
  #socket: WebSocket | undefined

  /** Without a frame to connect with, it stays what the server knows nothing of. */
  constructor(gateway: string, connectFrame?: string) {
    this.#url = `${gateway.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
    this.#connectFrame = connectFrame
  }

  /** Resolves when everything was dealt with: the mark behind it is answered, or the connection is ended. */
  async play(script: Script): Promise<void> {
    const socket = this.#socket ?? (await this.#open())
    this.#socket = socket
    await inTime(JSON.stringify(script).slice(0, 500), this.#said(socket, script))
    if (socket.readyState !== WebSocket.OPEN) this.#socket = undefined
  }

  close(): void {
    this.#socket?.terminate()
  }

  #said(socket: WebSocket, script: Script): Promise<void> {
    return new Promise((resolve) => {
      // A changed frame may be one that signs in: the mark behind it is passed over then.
      const isAnswer = this.#connectFrame === undefined ? /^4(?:4|0\{)/u : /^4342/u
      const done = (): void => {
        socket.off('message', hear).off('close', done)
        resolve()
      }
      const hear = (data: Buffer): void => {
        if (isAnswer.test(String(data))) done()
      }
      socket.on('message', hear).on('close', done)
      if (socket.readyState !== WebSocket.OPEN) done()
      for (const frame of script) socket.send(frame)
      socket.send(this.#connectFrame === undefined ? '40{"token":"none"}' : MARK)
    })
  }

  #open(): Promise<WebSocket> {
    const socket = new WebSocket(this.#url)
    socket.on('message', (data: Buffer) => {
      const text = String(data)
      if (text.startsWith('0{') && this.#connectFrame !== undefined) socket.send(this.#connectFrame)
      else if (text === '2') socket.send('3')
    })
    const opened = new Promise<WebSocket>((resolve, reject) => {
      socket.once('error', reject)
      socket.on('message', (data: Buffer) => {
        const text = String(data)
        if (text.startsWith(this.#connectFrame === undefined ? '0{' : '40{')) resolve(socket)
        else if (text.startsWith('44')) reject(new Error(`Refused: ${text}`))
      })
    })
    return inTime('a handshake', opened).finally(() => {
      socket.removeAllListeners('error').on('error', () => undefined)
    })
  }
}

/** A session of HTTP polling that says one script: whatever it is answered, it is answered. */
export async function pollOnce(
  gateway: string,
  script: Script,
  connectFrame?: string,
): Promise<void> {
  const url = `${gateway}/socket.io/?EIO=4&transport=polling`
  const signal = AbortSignal.timeout(WITHIN_MS)
  const opened = await (await fetch(url, { signal })).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  const ask = async (body?: string, query = `&sid=${sid}`): Promise<number> => {
    const answer = await fetch(url + query, {
      signal,
      ...(body !== undefined && { method: 'POST', body }),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  const frames = script.map((frame) =>
    typeof frame === 'string' ? frame : `b${Buffer.from(frame).toString('base64')}`,
  )
  const statuses: number[] = []
  if (connectFrame !== undefined) statuses.push(await ask(connectFrame))
  // Several packets in one payload, then two requests at once where one at a time is allowed.
  statuses.push(await ask(frames.join('\u001E')))
  statuses.push(...(await Promise.all([ask(), ask(), ask('2'), ask('1')])))
  // 413: more than a packet may be.
  const wrong = statuses.find((status) => ![200, 400, 413].includes(status))
  if (wrong !== undefined) throw new Error(`A poll was answered ${wrong}: ${statuses.join(' ')}`)
}

export async function askWith(
  gateway: string,
  query: string,
  method: 'GET' | 'POST',
): Promise<void> {
  const signal = AbortSignal.timeout(WITHIN_MS)
  const answer = await fetch(`${gateway}/socket.io/?${query}`, {
    method,
    signal,
    ...(method === 'POST' && { body: '40' }),
  })
  // A version that this server does not speak is refused at once, and so is everything else.
  const text = await answer.text()
  if (![200, 400, 403].includes(answer.status))
    throw new Error(`${query}: ${answer.status} ${text}`)
}

const upgrade = (path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n')

/** An upgrade, then bytes that are no frames, then the end of what this side says. */
export async function sendBytes(
  gateway: string,
  query: string,
  bytes: readonly Buffer[],
): Promise<void> {
  const { hostname, port } = new URL(gateway)
  const socket: Socket = connectTcp(Number(port), hostname)
  const ended = new Promise<void>((resolve) => {
    socket.on('error', () => undefined).on('close', () => resolve())
  })
  socket.resume()
  socket.write(upgrade(`/socket.io/?${query}`))
  for (const piece of bytes) socket.write(piece)
  socket.end()
  await inTime(`bytes after ${query}`, ended)
}

/** A second WebSocket for a session that was opened by polling, and a third. */
export async function upgradeTwice(gateway: string): Promise<void> {
  const path = `${gateway}/socket.io/?EIO=4`
  const opened = await (await fetch(`${path}&transport=polling`)).text()
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string }
  const sockets = [1, 2, 3].map(
    () => new WebSocket(`${path.replace('http', 'ws')}&transport=websocket&sid=${sid}`),
  )
  const ended = sockets.map(
    (socket) =>
      new Promise<void>((resolve) => {
        socket.on('error', () => undefined).on('close', () => resolve())
        socket.on('open', () => {
          for (const frame of ['2probe', '5', '2probe', '5', '40{}']) socket.send(frame)
        })
      }),
  )
  const [last] = ended.slice(-1)
  await inTime('the upgrade of an upgraded session', last ?? Promise.resolve())
  for (const socket of sockets) socket.terminate()
  await inTime('upgrades that are over', Promise.all(ended))
}
