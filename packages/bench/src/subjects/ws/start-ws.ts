import { runSubject } from '../run-subject.ts'
import { startNodes } from '../start-nodes.ts'
import type { StartSubject } from '../subject.ts'

/** What is left when everything is left out: WebSockets, rooms and Redis. */
export const startWs: StartSubject = (options) =>
  runSubject({ name: 'ws', dialect: 'ws' }, options, async (launch) => {
    const redisPort = await launch.startRedis()
    return startNodes(launch, 'ws', { args: [`redis://127.0.0.1:${redisPort}`] })
  })
