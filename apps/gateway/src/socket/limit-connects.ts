import type { createHandshake } from './authenticate.ts'
import type { ChatServer } from './socket-types.ts'

type Handshake = ReturnType<typeof createHandshake>

/** What of Engine.IO is touched; its state is not in its types. */
interface Connection {
  readyState: string
  readonly on: (event: 'packet', listener: typeof lookAt) => void
  readonly close: (discard: boolean) => void
}
interface Packet {
  type: string
  readonly data?: unknown
}

/** The official client asks once a second at most, and a connection that opens no session lives for five. */
const CONNECTS = 10

const counts = new WeakMap<Connection, number>()
/** Who has asked to be let in, and has no answer yet. */
const asking = new WeakSet<object>()

/** One function for all connections: a closure for each would be memory of each. */
function lookAt(this: Connection, packet: Packet): void {
  const { type, data } = packet
  // Engine.IO's message that is a CONNECT of Socket.IO.
  if (type !== 'message' || typeof data !== 'string' || !data.startsWith('0')) return
  const count = (counts.get(this) ?? 0) + 1
  counts.set(this, count)
  if (count > CONNECTS) {
    // Also what came in the same request and waits behind it is not looked at any more.
    this.readyState = 'closing'
    this.close(true)
  } else if (isOfMain(data)) {
    if (asking.has(this)) packet.type = 'noop'
    asking.add(this)
  }
}

/** Of the namespace that has sessions: unnamed, or by its name. */
const isOfMain = (data: string): boolean => !data.startsWith('0/') || /^0\/(?:,|$)/u.test(data)

/**
 * Socket.IO refuses a second CONNECT only after the first was let in, and makes a socket for each until then.
 *
 * - 87,000 of them are in one polling request of 256 KB, for which a gateway would need seconds and 300 MB, before
 *   anybody has said who they are: a connection that asks more than a few times is closed.
 * - The official client sends two where it reconnects while `auth` still looks for a token: both callbacks answer on the
 *   new connection. It would be in each room twice, and be handed all twice: the second is passed over until
 *   `decides` has an answer to the first.
 */
export function limitConnects(io: ChatServer): void {
  io.engine.on('connection', (connection: Connection) => connection.on('packet', lookAt))
}

/** The handshake, by which a connection has its answer. */
export const decides =
  (handshake: Handshake): Handshake =>
  (socket, next) =>
    handshake(socket, (error) => {
      asking.delete(socket.conn)
      next(error)
    })
