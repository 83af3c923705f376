import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ensurePrograms, freePort } from '@parley/local-cluster'
import { runSubject } from '../run-subject.ts'
import type { StartSubject } from '../subject.ts'
import { isBridged } from './is-bridged.ts'

/** It has no cluster; all but the first are bridged to the first, with every topic both ways. */
export const startMosquitto: StartSubject = (options) =>
  runSubject({ name: 'mosquitto', dialect: 'mqtt' }, options, async (launch) => {
    const { mosquitto: command } = await ensurePrograms(['mosquitto'], launch.onProgress)
    launch.onProgress(`Starting ${launch.nodes} nodes`)
    let hub = 0
    const ports: number[] = []
    for (let number = 1; number <= launch.nodes; number += 1) {
      const name = `n${number}`
      const port = await freePort()
      const plain = await freePort()
      const file = join(launch.dir, `${name}.conf`)
      if (number === 1) hub = plain
      const more = number === 1 ? '' : bridge(name, hub)
      writeFileSync(file, `${configuration(port, plain)}${more}`)
      await launch.start('front', {
        name,
        command,
        args: ['-c', file],
        logFile: launch.logFile(name),
        stopTimeoutMs: 10_000,
        isReady: async () => (await listens(port)) && (number === 1 || isBridged(hub, name)),
      })
      ports.push(port)
    }
    return ports
  })

// As root it would become a user that may not read its own configuration here.
const owner = (): string => (process.getuid?.() === 0 ? 'user root\n' : '')

// It refuses to start with a WebSocket listener alone; and to the first one's plain one, bridges lead.
const configuration = (port: number, plain: number): string => `${owner()}persistence false
log_type error
log_type warning
set_tcp_nodelay true
max_queued_messages 0
max_inflight_messages 0
listener ${port} 127.0.0.1
protocol websockets
allow_anonymous true
listener ${plain} 127.0.0.1
protocol mqtt
allow_anonymous true
`

const bridge = (name: string, hub: number): string => `connection ${name}
address 127.0.0.1:${hub}
remote_clientid ${name}
local_clientid local-${name}
topic # both 0
restart_timeout 1
`

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
  })
}
