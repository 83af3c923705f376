import { createServer } from 'node:net'
import { LaunchError } from './launch-error.ts'

// Below the range from which the kernel takes ports for outgoing connections: a process that is
// started again must find its port free, also in the middle of ten thousand loopback connections.
const LOWEST = 15_000
const HIGHEST = 31_999

const given = new Set<number>()

export function canListen(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** A free loopback port that this process has not given away before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (given.has(port) || !(await canListen(port))) continue
    given.add(port)
    return port
  }
  throw new LaunchError(`No port from ${LOWEST} to ${HIGHEST} is free.`)
}

/** The named port or a refusal; without a name, the first free one from 8080 on. */
export async function publicPort(named?: number): Promise<number> {
  if (named !== undefined) {
    if (await canListen(named)) return named
    throw new LaunchError(`Port ${named} is in use or not ours to take; name another with --port.`)
  }
  for (let port = 8_080; port < 8_180; port += 1) if (await canListen(port)) return port
  throw new LaunchError('No port from 8080 to 8179 is free; name one with --port.')
}
