import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** One address that leads to another server when it is told to, as a virtual address or a proxy does. */
export interface TcpSwitch {
  readonly port: number
  /** Ends what went to the one before. */
  readonly pointTo: (port: number) => void
  readonly close: () => void
}

export async function openTcpSwitch(port: number, to: number): Promise<TcpSwitch> {
  let target = to
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect({ port: target, host: '127.0.0.1' })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket.setNoDelay(true))
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
  })
  const endAll = (): void => {
    for (const socket of open) socket.destroy()
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port,
    pointTo(next) {
      target = next
      endAll()
    },
    close() {
      server.close()
      endAll()
    },
  }
}
