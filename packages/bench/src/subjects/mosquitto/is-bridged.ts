import { connect } from 'node:net'
import { generate, parser } from 'mqtt-packet'

/** Asks the server at the bridge's far end, which is told of it. */
export function isBridged(port: number, bridge: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const reader = parser({ protocolVersion: 4 })
    const settle = (isSo: boolean): void => {
      resolve(isSo)
      socket.destroy()
    }
    reader.on('packet', (packet) => {
      if (packet.cmd === 'publish') settle(packet.payload.toString() === '1')
    })
    reader.on('error', () => settle(false))
    // Nothing is said of a bridge that never was.
    socket.setTimeout(500, () => settle(false))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
    socket.on('data', (data: Buffer) => reader.parse(data))
    socket.once('connect', () => {
      const topic = `$SYS/broker/connection/${bridge}/state`
      socket.write(generate({ cmd: 'connect', clientId: `probe-${bridge}`, clean: true }))
      socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] }))
    })
  })
}
