import { writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ChildSpec } from './child-process.ts'
import { haproxyConfig, type HaproxyOptions } from './haproxy-config.ts'

export interface BalancerOptions extends HaproxyOptions {
  readonly command: string
  readonly dir: string
  readonly logFile: string
}

export function balancerSpec(options: BalancerOptions): ChildSpec {
  const configFile = join(options.dir, 'haproxy.cfg')
  writeFileSync(configFile, haproxyConfig(options))
  return {
    name: 'balancer',
    command: options.command,
    // A master and its worker, so that SIGUSR2 reloads it.
    args: ['-W', '-db', '-f', configFile],
    logFile: options.logFile,
    stopTimeoutMs: 5_000,
    isReady: () => accepts(options.port),
  }
}

/** The path of a socket is short by nature, that of a folder is not. */
export function statsSocketPath(dir: string): string {
  const path = join(dir, 'haproxy.sock')
  if (path.length < 90) return path
  const hash = createHash('sha256').update(dir).digest('hex').slice(0, 16)
  return join(tmpdir(), `parley-${hash}.sock`)
}

/** Names of the servers that the balancer sends requests to; none while it cannot be asked. */
export async function serversInRotation(statsSocket: string): Promise<Set<string>> {
  try {
    const socket = connect(statsSocket)
    socket.write('show stat -1 4 -1\n')
    const rows = (await text(socket)).trim().split('\n').slice(1)
    // Column 2 is the server's name, column 18 its status: `UP`, `UP 1/2`, `DOWN`, `UP (via …)`.
    const columns = rows.map((row) => row.split(','))
    return new Set(columns.filter((of) => of[17]?.startsWith('UP')).map((of) => of[1] ?? ''))
  } catch {
    return new Set()
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.setTimeout(1_000, () => socket.destroy())
    socket.once('connect', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}
