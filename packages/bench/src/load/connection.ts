import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { ClientPlan } from '../subjects/subject.ts'
import type { Dialect, Line, Talk } from './dialects/dialect.ts'
import { clientFrame, OPCODE } from './frame.ts'
import { FrameReader } from './frame-reader.ts'

export interface ConnectionPorts {
  readonly client: ClientPlan
  readonly dialect: Dialect
  readonly record: Line['record']
  /** It ended, or was refused, though nobody asked for that. */
  readonly lost: (why: string) => void
}

const KEY_BYTES = 16
const OPEN_MS = 60_000
/** All connections read into one buffer: nobody keeps what they are shown. */
const SHARED = Buffer.alloc(256 * 1024)
const END_OF_HEADERS = '\r\n\r\n'

/** One client of the load: a bare socket that speaks WebSocket, as cheaply as Node can. */
export class Connection {
  readonly client: ClientPlan
  readonly #ports: ConnectionPorts
  readonly #frames: FrameReader
  #socket: Socket | undefined
  #talk: Talk | undefined
  #opened: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined
  #headers = ''
  #isUpgraded = false
  #isClosed = false

  constructor(ports: ConnectionPorts) {
    this.client = ports.client
    this.#ports = ports
    this.#frames = new FrameReader((opcode, bytes, from, to) =>
      this.#frame(opcode, bytes, from, to),
    )
  }

  /** Resolves when it is in all its rooms. */
  async open(): Promise<void> {
    const opened = new Promise<void>((resolve, reject) => {
      this.#opened = { resolve, reject }
    })
    const { port } = this.client
    const take = (bytes: number): boolean => {
      try {
        this.#bytes(SHARED.subarray(0, bytes))
      } catch (error) {
        this.#fail(error instanceof Error ? error.message : String(error))
      }
      return true
    }
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer: SHARED, callback: take } })
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', (error) => this.#fail(error.message))
    socket.on('close', () => this.#fail('The connection ended.'))
    const { path, headers } = this.#ports.dialect.upgrade(this.client)
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(KEY_BYTES).toString('base64')}`,
      'Sec-WebSocket-Version: 13',
      ...headers,
    ]
    socket.write(`${lines.join('\r\n')}${END_OF_HEADERS}`)
    const timer = setTimeout(() => this.#fail('It could not join within a minute.'), OPEN_MS)
    await opened.finally(() => clearTimeout(timer))
  }

  send(room: string, text: string, done: (isTaken: boolean) => void): void {
    if (this.#talk === undefined) done(false)
    else this.#talk.send(room, text, done)
  }

  close(): void {
    this.#isClosed = true
    this.#socket?.destroy()
  }

  #bytes(chunk: Buffer): void {
    if (this.#isUpgraded) return this.#frames.push(chunk)
    this.#headers += chunk.toString('latin1')
    const end = this.#headers.indexOf(END_OF_HEADERS)
    if (end < 0) return
    if (!this.#headers.startsWith('HTTP/1.1 101')) throw new Error(this.#headers.slice(0, 200))
    this.#isUpgraded = true
    const rest = Buffer.from(this.#headers.slice(end + END_OF_HEADERS.length), 'latin1')
    this.#headers = ''
    this.#talk = this.#ports.dialect.open(this.client, {
      text: (payload) => this.#write(OPCODE.text, Buffer.from(payload)),
      binary: (payload) => this.#write(OPCODE.binary, payload),
      ready: () => {
        this.#opened?.resolve()
        this.#opened = undefined
      },
      fail: (why) => this.#fail(why),
      record: this.#ports.record,
    })
    if (rest.length > 0) this.#frames.push(rest)
  }

  #frame(opcode: number, bytes: Buffer, from: number, to: number): void {
    if (opcode === OPCODE.text || opcode === OPCODE.binary)
      this.#talk?.take(bytes, from, to, opcode === OPCODE.binary)
    else if (opcode === OPCODE.ping) this.#write(OPCODE.pong, Buffer.from(bytes.subarray(from, to)))
    else if (opcode === OPCODE.close) this.#fail('The server closed the connection.')
  }

  #write(opcode: number, payload: Buffer): void {
    if (this.#isClosed) return
    this.#socket?.write(clientFrame(opcode, payload))
  }

  #fail(why: string): void {
    if (this.#isClosed) return
    this.close()
    if (this.#opened !== undefined) this.#opened.reject(new Error(why))
    else this.#ports.lost(why)
  }
}
