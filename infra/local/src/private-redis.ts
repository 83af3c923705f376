import { connect } from 'node:net'
import type { ChildSpec } from './child-process.ts'

export function redisSpec(options: {
  readonly command: string
  readonly port: number
  readonly dir: string
  readonly logFile: string
}): ChildSpec {
  const { command, port, dir, logFile } = options
  const flags: readonly (readonly string[])[] = [
    ['--bind', '127.0.0.1'],
    ['--port', String(port)],
    ['--dir', dir],
    // Nothing in it has to outlive it, and the design is tested by losing it.
    ['--save', ''],
    ['--appendonly', 'no'],
    ['--client-output-buffer-limit', 'pubsub 256mb 64mb 60'],
  ]
  return {
    name: 'redis',
    command,
    args: flags.flat(),
    logFile,
    stopTimeoutMs: 5_000,
    isReady: () => answersPing(port),
  }
}

/** A port that is open is not enough: a Redis that still loads refuses commands. */
export function answersPing(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    socket.setTimeout(1_000, () => socket.destroy())
    socket.once('connect', () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'))
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}
