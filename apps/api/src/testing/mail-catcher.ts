import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface CaughtMail {
  readonly to: string[]
  readonly headers: ReadonlyMap<string, string>
  /** As it came, with its encoding undone where it is quoted-printable. */
  readonly body: string
}

/** A mail server of the test that keeps what it is given. */
export interface MailCatcher extends AsyncDisposable {
  readonly url: string
  readonly mails: CaughtMail[]
  /** How many mails are refused from now on. */
  readonly refuse: (count: number) => void
  readonly to: (address: string) => CaughtMail[]
}

function readMail(raw: string, to: string[]): CaughtMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const lines = head.replaceAll(/\r\n[ \t]+/gu, ' ').split('\r\n')
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const body = rest.join('\r\n\r\n').replaceAll(/=\r\n/gu, '')
  const bytes = body.replaceAll(/=([0-9A-F]{2})/gu, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  )
  return { to, headers, body: Buffer.from(bytes, 'latin1').toString() }
}

export async function startMailCatcher(): Promise<MailCatcher> {
  const mails: CaughtMail[] = []
  let refusals = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (refusals > 0) {
          refusals -= 1
          done(Object.assign(new Error('Not now.'), { responseCode: 451 }))
          return
        }
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.push(readMail(Buffer.concat(chunks).toString(), to))
        done()
      })
    },
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.server.address() as AddressInfo
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse(count) {
      refusals = count
    },
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        server.close(resolve)
      })
    },
  }
}
