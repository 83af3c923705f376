import type { Socket as NetSocket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Fact, FactName } from '@parley/message-schema'
import type { SessionSocket } from '../sessions/session.ts'
import { WrittenEvent } from './direct-write.ts'
import { roomChannel, type ChatSocket } from './socket-types.ts'

interface EnginePacket {
  readonly data?: string | { readonly byteLength: number }
}

const sizeOf = ({ data }: EnginePacket): number =>
  typeof data === 'string' ? data.length : (data?.byteLength ?? 0)

/** What of Engine.IO, ws and Node is touched; none of it is in their types. */
interface Engine {
  readonly writeBuffer: readonly EnginePacket[]
  readonly transport: { readonly socket?: OpenWebSocket }
  readonly pingTimeoutTimer?: NodeJS.Timeout | null
}
type OpenWebSocket = WebSocket & { readonly _socket?: Connection | null }
type Connection = NetSocket & {
  readonly _writableState?: { readonly writelen?: number }
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

/** A write counts as a whole until its last byte has gone, and an answer to `sync` is one write: of it, what has gone. */
function sentOfWrite(connection: Connection | null | undefined): number {
  const { writelen = 0 } = connection?._writableState ?? {}
  const left = connection?._handle?.writeQueueSize ?? writelen
  return Math.max(0, writelen - left)
}

function unsentBytes({ transport: { socket }, writeBuffer }: Engine): number {
  let bytes = (socket?.bufferedAmount ?? 0) - sentOfWrite(socket?._socket)
  for (const packet of writeBuffer) bytes += sizeOf(packet)
  return bytes
}

/** A Socket.IO socket as sessions see it. A class, since closures for each connection would be half a kilobyte of each. */
class SocketOfSession implements SessionSocket {
  readonly #socket: ChatSocket

  constructor(socket: ChatSocket) {
    this.#socket = socket
  }

  get id(): string {
    return this.#socket.id
  }

  // The rooms of the adapter are local: joining asks nobody.
  join(roomId: string): void {
    void this.#socket.join(roomChannel(roomId))
  }

  leave(roomId: string): void {
    void this.#socket.leave(roomChannel(roomId))
  }

  emit<Name extends FactName>(name: Name, fact: Fact<Name>): void {
    if (this.#socket.connected) {
      new WrittenEvent(JSON.stringify([name, fact])).writeTo(this.#socket)
    }
  }

  unsentBytes(): number {
    return unsentBytes(this.#engine)
  }

  // As Engine.IO does when it hears something: the ping waits behind what is being read.
  noteReading(): void {
    this.#engine.pingTimeoutTimer?.refresh()
  }

  close({ reconnect, discard }: { reconnect: boolean; discard: boolean }): void {
    // After `disconnect(true)` the official client does not come back; after this it does.
    if (reconnect) this.#socket.conn.close(discard)
    else this.#socket.disconnect(true)
  }

  get #engine(): Engine {
    return this.#socket.conn as unknown as Engine
  }
}

export const toSessionSocket = (socket: ChatSocket): SessionSocket => new SocketOfSession(socket)
