import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

const subnets = (...list: string[]): [ipaddr.IPv6, number][] =>
  list.map((subnet) => ipaddr.IPv6.parseCIDR(subnet))

/** Benchmarks of networks (RFC 2544); `ipaddr.js` does not know it as special. */
const BENCHMARKS = ipaddr.IPv4.parseCIDR('198.18.0.0/15')
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')
/** Inside `2000::/3` and yet not of the internet: Teredo and its like, examples, 6to4. */
const NOT_GLOBAL = subnets('2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20')

const lastFourBytes = (address: ipaddr.IPv6): ipaddr.IPv4 =>
  new ipaddr.IPv4(address.toByteArray().slice(12))

const isPublicIPv4 = (address: ipaddr.IPv4): boolean =>
  address.range() === 'unicast' && !address.match(BENCHMARKS)

/**
 * Whether the address is one of the internet and of nobody's own network. An IPv4 address in the
 * clothes of IPv6 (mapped, NAT64) is judged as what it is; where that cannot be told it is refused.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || !ipaddr.isValid(address) || address.includes('%')) return false
  const parsed = ipaddr.parse(address)
  if (parsed instanceof ipaddr.IPv4) return isPublicIPv4(parsed)
  const range = parsed.range()
  if (range === 'ipv4Mapped' || range === 'rfc6052') return isPublicIPv4(lastFourBytes(parsed))
  return parsed.match(GLOBAL_UNICAST) && !NOT_GLOBAL.some((subnet) => parsed.match(subnet))
}
