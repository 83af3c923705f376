// In place of `socket.io-client` in the SDK and in bare clients: its sockets are those of the simulated network.
import type { BareSocket, BareSocketOptions } from './bare-socket.ts'
import type { ClientSocket, SocketOptions } from './client-socket.ts'

interface Opening {
  readonly sdk: (options: SocketOptions) => ClientSocket
  readonly bare: (options: BareSocketOptions) => BareSocket
}

let opening: Opening | undefined

/** From now on, sockets are opened so. */
export function openSocketsBy(how: Opening): void {
  opening = how
}

export function io(
  _url: string,
  options: SocketOptions | BareSocketOptions,
): ClientSocket | BareSocket {
  if (opening === undefined) throw new Error('There is no simulated network.')
  // The SDK knows what it says when it connects; who connects again by itself is asked each time.
  return 'reconnectionDelay' in options ? opening.bare(options) : opening.sdk(options)
}
