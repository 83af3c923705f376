import { isIP } from 'node:net'
import { OutgoingError } from './outgoing-error.ts'
import { isPublicAddress } from './public-address.ts'

/** `host` or `host:port`, as they stand in an address; an operator names them for one purpose. */
export type AllowedHosts = readonly string[]

export interface OutgoingAddress {
  readonly url: URL
  /** Without brackets. */
  readonly hostname: string
  readonly port: number
  /** The operator has said that it may be private. */
  readonly isAllowed: boolean
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }
const URL_CHARACTERS = 2_048

const refused = (message: string): OutgoingError => new OutgoingError('refused', message)
const notPublic = (message: string): OutgoingError =>
  new OutgoingError('refused', message, { couldBeAllowed: true })

/**
 * All that can be told of an address without asking anybody. `URL` has already turned decimal, octal
 * and hexadecimal hosts, and dots of other scripts, into what they mean. Throws `OutgoingError`.
 */
export function checkOutgoingAddress(address: string, allowedHosts: AllowedHosts): OutgoingAddress {
  if (address.length > URL_CHARACTERS || !URL.canParse(address)) {
    throw refused('That is no address.')
  }
  const url = new URL(address)
  const defaultPort = DEFAULT_PORTS[url.protocol]
  if (defaultPort === undefined) throw refused('Only http and https addresses are called.')
  if (url.username !== '' || url.password !== '') {
    throw refused('An address must not hold a name or a password.')
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/u, '$1')
  const port = url.port === '' ? defaultPort : Number(url.port)
  const isAllowed = [url.hostname, `${url.hostname}:${port}`].some((host) =>
    allowedHosts.includes(host),
  )
  if (isAllowed) return { url, hostname, port, isAllowed }
  if (port !== 80 && port !== 443) throw notPublic('Only the ports 80 and 443 are called.')
  if (isIP(hostname) !== 0 && !isPublicAddress(hostname)) {
    throw notPublic('This address is not of the public internet.')
  }
  return { url, hostname, port, isAllowed }
}
