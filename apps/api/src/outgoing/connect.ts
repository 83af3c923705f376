import { lookup } from 'node:dns/promises'
import { connect as connectTcp } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>

export interface ConnectTarget {
  /** An IP address, so that nothing is looked up once more. */
  readonly address: string
  readonly port: number
  /** For TLS: the host whose certificate is asked for and verified. */
  readonly tlsHost: string | undefined
  readonly signal: AbortSignal
}

/** Resolves when the connection stands, TLS included. */
export type Connect = (target: ConnectTarget) => Promise<Duplex>

export const resolveName: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true })
  return found.map(({ address }) => address)
}

export const connectTo: Connect = ({ address, port, tlsHost, signal }) =>
  new Promise((resolve, reject) => {
    const socket =
      tlsHost === undefined
        ? connectTcp({ host: address, port })
        : connectTls({
            host: address,
            port,
            // An address as a name is not sent; its certificate is verified against it all the same.
            servername: tlsHost === address ? '' : tlsHost,
            ALPNProtocols: ['http/1.1'],
          })
    const ready = tlsHost === undefined ? 'connect' : 'secureConnect'
    const abort = (): void => {
      socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    }
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort)
      reject(error)
    }
    socket.once('error', fail)
    socket.once(ready, () => {
      socket.off('error', fail)
      // From here on whoever uses the connection listens, and ends it.
      signal.removeEventListener('abort', abort)
      resolve(socket)
    })
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
