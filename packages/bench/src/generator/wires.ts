import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** The TCP connections of one client, whatever library opened them. */
export interface Wire {
  /** Works as in `work` itself, and in all that follows from it. */
  readonly run: <Result>(work: () => Result) => Result
  /** Ends all of them with a reset: no library has a chance to say goodbye. */
  readonly cut: () => void
}

const owner = new AsyncLocalStorage<Set<Socket> | undefined>()

subscribe('net.client.socket', (message) => {
  const { socket } = message as { readonly socket: Socket }
  const sockets = owner.getStore()
  if (sockets === undefined) return
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})

export function createWire(): Wire {
  const sockets = new Set<Socket>()
  return {
    run: (work) => owner.run(sockets, work),
    cut() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
  }
}

/** For connections that belong to nobody. */
export const outsideOfWires = <Result>(work: () => Result): Result => owner.run(undefined, work)
