/**
 * Gateways that have one of `members` sockets at least, when each is on any of `gateways` alike. The balancer
 * knows no rooms: it gives a socket to the gateway with the fewest.
 */
export function expectedHosts(members: number, gateways: number): number {
  if (gateways <= 1) return Math.min(1, members)
  return gateways * (1 - (1 - 1 / gateways) ** members)
}

/**
 * How long a feed lives, in seconds: from the first local socket of its room to the last one's end, when so many
 * are there on average and each stays for `stayS` (the busy time of a queue that serves all at once).
 */
export function feedLifeS(localMembers: number, stayS: number): number {
  const longest = 86_400
  if (localMembers <= 0) return stayS
  return Math.min(longest, (stayS * Math.expm1(localMembers)) / localMembers)
}
