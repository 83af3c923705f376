import { runSubject } from '../run-subject.ts'
import { startNodes } from '../start-nodes.ts'
import type { StartSubject } from '../subject.ts'

/** The adapter that everybody has: each node hears of all rooms. */
export const startSocketIo: StartSubject = (options) => start('socket.io', 'classic', options)

/** A channel a room, in Redis 7. */
export const startSocketIoSharded: StartSubject = (options) =>
  start('socket.io-sharded', 'sharded', options)

function start(
  name: 'socket.io' | 'socket.io-sharded',
  adapter: 'classic' | 'sharded',
  options: Parameters<StartSubject>[0],
): ReturnType<StartSubject> {
  return runSubject({ name, dialect: 'socket.io' }, options, async (launch) => {
    const redisPort = await launch.startRedis()
    return startNodes(launch, 'socket-io', { args: [`redis://127.0.0.1:${redisPort}`, adapter] })
  })
}
