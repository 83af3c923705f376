import { connect, type Socket } from 'node:net'

const END_OF_HEADERS = '\r\n\r\n'

/** Posts on one connection, made when it is first needed, without waiting for answers: in order, and cheaper than a client of HTTP. */
export class PostLine {
  readonly #port: number
  readonly #waiting: ((isTaken: boolean) => void)[] = []
  #socket: Socket | undefined
  #answers = ''

  constructor(port: number) {
    this.#port = port
  }

  post(path: string, body: string, done: (isTaken: boolean) => void): void {
    this.#waiting.push(done)
    const length = Buffer.byteLength(body)
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${length}`
    this.#open().write(`${head}${END_OF_HEADERS}${body}`)
  }

  #open(): Socket {
    if (this.#socket !== undefined) return this.#socket
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(text))
    socket.on('error', () => undefined)
    socket.on('close', () => this.#closed())
    // Whoever is done with the rest does not wait for this one.
    socket.unref()
    return socket
  }

  #take(text: string): void {
    this.#answers += text
    for (;;) {
      const head = this.#answers.indexOf(END_OF_HEADERS)
      if (head < 0) return
      const [, status] = /^HTTP\/1\.1 (\d{3}) /u.exec(this.#answers) ?? []
      const [, length] =
        /\r\ncontent-length: (\d+)\r\n/iu.exec(this.#answers.slice(0, head + 2)) ?? []
      const end = head + END_OF_HEADERS.length + Number(length)
      if (status === undefined || length === undefined) {
        // Where the next one begins is not known any more.
        this.#socket?.destroy()
        return
      }
      if (this.#answers.length < end) return
      this.#answers = this.#answers.slice(end)
      this.#waiting.shift()?.(status.startsWith('2'))
    }
  }

  #closed(): void {
    this.#socket = undefined
    this.#answers = ''
    for (const done of this.#waiting.splice(0)) done(false)
  }
}
