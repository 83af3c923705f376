/** Bytes of one pub/sub message as Redis writes it to a subscriber that speaks RESP3. */
export function frameBytes(channel: string, payload: string): number {
  return '>3\r\n'.length + bulk('message') + bulk(channel) + bulk(payload)
}

/** Where news of a room is told. The gateways' own constant stands in a package of servers. */
export const newsChannelOf = (roomId: string): string => `parley:room:${roomId}`

function bulk(text: string): number {
  const bytes = Buffer.byteLength(text)
  return `$${bytes}\r\n`.length + bytes + '\r\n'.length
}
