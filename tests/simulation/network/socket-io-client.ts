// In place of `socket.io-client` in the SDK: its sockets are those of the simulated network.
import type { ClientSocket, SocketOptions } from './client-socket.ts'

type Open = (options: SocketOptions) => ClientSocket

let open: Open | undefined

/** From now on, sockets are opened so. */
export function openSocketsBy(how: Open): void {
  open = how
}

export function io(_url: string, options: SocketOptions): ClientSocket {
  if (open === undefined) throw new Error('There is no simulated network.')
  return open(options)
}
