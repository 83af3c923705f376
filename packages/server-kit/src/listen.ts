import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Resolves to the port once connections are accepted; rejects if it cannot be had. */
export async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}
