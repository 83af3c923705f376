import { FACTS, type FactName } from '@parley/message-schema'

/** What Socket.IO's Redis adapter reads and writes broadcasts with. */
export interface BroadcastParser {
  readonly encode: (message: unknown) => unknown
  readonly decode: (message: unknown) => unknown
}

/** What the API and gateways tell by broadcast; all other facts are told by the gateway of a socket itself. */
const BROADCAST: ReadonlySet<string> = new Set<FactName>([
  'read:moved',
  'room:invited',
  'message:ephemeral',
])
/** Socket.IO's own: a listener would take them for what happened to its connection. */
const RESERVED: ReadonlySet<string> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
])
const EVENT = 2

function mayTell(message: unknown): boolean {
  const [, packet] = message as [unknown, { type?: unknown; data?: unknown } | undefined]
  if (packet?.type !== EVENT || !Array.isArray(packet.data)) return false
  const name: unknown = packet.data[0]
  if (typeof name !== 'string' || RESERVED.has(name)) return false
  return BROADCAST.has(name) || !Object.hasOwn(FACTS, name)
}

/**
 * Applications tell sockets events of their own by `@socket.io/redis-emitter`. What a gateway says of rooms
 * and sessions is not theirs to say, by mistake or otherwise: such a broadcast cannot be read.
 */
export function guardBroadcasts(adapter: object): void {
  const guarded = adapter as { parser: BroadcastParser }
  const { parser } = guarded
  guarded.parser = {
    encode: (message) => parser.encode(message),
    decode: (message) => {
      const decoded = parser.decode(message)
      if (mayTell(decoded)) return decoded
      throw new Error('a broadcast of what is not to be broadcast')
    },
  }
}
