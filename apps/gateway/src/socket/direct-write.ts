import type { Socket as NetSocket } from 'node:net'
import type { WebSocket } from 'ws'
import type { ChatSocket } from './socket-types.ts'
import { encodeTextFrame } from './text-frame.ts'

/** What of Engine.IO and ws is touched; none of it is in their types. */
interface Engine {
  readonly readyState: string
  readonly writeBuffer: { readonly length: number }
  readonly transport: { readonly name: string; readonly socket?: OpenWebSocket }
  readonly write: (text: string, options: { compress: false }) => unknown
}
type OpenWebSocket = WebSocket & {
  readonly _socket?: NetSocket
  readonly _sender?: { readonly _state: number }
}

const OPEN = 1
const SENDS_AT_ONCE = 0

/**
 * The connection itself, if what is written to it now comes after all that was emitted before: nothing
 * waits in Engine.IO (an upgrade, a transport that is not ready), and ws is not busy compressing.
 */
function connectionOf({ readyState, writeBuffer, transport }: Engine): NetSocket | undefined {
  if (readyState !== 'open' || writeBuffer.length > 0 || transport.name !== 'websocket') return
  const { socket } = transport
  if (socket?.readyState !== OPEN || socket._sender?._state !== SENDS_AT_ONCE) return
  return socket._socket
}

/** An event of the main namespace, as Socket.IO's parser writes what has no binary in it. */
export class WrittenEvent {
  readonly #text: string
  #frame: Buffer | undefined

  /** `json`: of the name and what is told. */
  constructor(json: string) {
    this.#text = `2${json}`
  }

  /**
   * One write of one buffer, which is made once for all sockets: the way through Engine.IO's queue and ws costs half
   * as much again as the write itself. Who cannot be written to directly gets the same by that way.
   */
  writeTo({ conn }: Pick<ChatSocket, 'conn'>): void {
    const engine = conn as unknown as Engine
    const connection = connectionOf(engine)
    if (connection === undefined) engine.write(this.#text, { compress: false })
    else connection.write((this.#frame ??= encodeTextFrame(`4${this.#text}`)))
  }
}
