import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Takes nothing new, answers what was asked for at most `lastAnswersMs`, then cuts off the rest. */
export async function closeServer(server: Server, lastAnswersMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  await Promise.race([closed, sleep(lastAnswersMs, undefined, { ref: false })])
  server.closeAllConnections()
  await closed
}
