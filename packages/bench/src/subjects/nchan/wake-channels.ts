import { LaunchError, waitUntil } from '@parley/local-cluster'
import { WebSocket } from 'ws'
import { inTurns } from '../../peers/in-turns.ts'
import { answers } from '../start-nodes.ts'
import type { ClientPlan } from '../subject.ts'

const AT_ONCE = 16
const TIMEOUT_MS = 10_000

/**
 * A node takes the first subscriber of a channel before it has subscribed the channel in Redis, and what is
 * posted meanwhile is lost. It stays subscribed for a while after the last has left: so this goes first.
 */
export async function wakeChannels(clients: readonly ClientPlan[]): Promise<void> {
  const channels = new Set(
    clients.flatMap(({ port, rooms }) => rooms.map((room) => `${port} ${room}`)),
  )
  await inTurns([...channels], AT_ONCE, async (channel) => {
    const [port = '', room = ''] = channel.split(' ')
    await wake(`127.0.0.1:${port}`, room)
  })
}

async function wake(host: string, room: string): Promise<void> {
  const socket = new WebSocket(`ws://${host}/sub/${room}`, { perMessageDeflate: false })
  let isAwake = false
  socket.on('error', () => undefined)
  socket.once('message', () => (isAwake = true))
  const post = { method: 'POST', body: 'awake' }
  const tryIt = async (): Promise<boolean> => {
    if (socket.readyState === WebSocket.OPEN) await answers(`http://${host}/pub/${room}`, post)
    return isAwake
  }
  const isDone = await waitUntil(tryIt, { timeoutMs: TIMEOUT_MS, everyMs: 10 })
  socket.terminate()
  if (!isDone) throw new LaunchError(`nchan at ${host} does not deliver what is posted to ${room}.`)
}
