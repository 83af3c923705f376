import { FailPoints } from '@parley/server-kit'
import { createWriterPool, type Pool } from '../db/connect.ts'
import { retryAdviceOf } from '../db/database-errors.ts'
import { createLogStore } from '../db/log/log-store.ts'
import { createRoomLog, type RoomLog } from '../room-log/room-log.ts'
import { startTestApi, type TestApi } from './test-api.ts'

export interface ScheduledRig extends AsyncDisposable {
  readonly api: TestApi
  readonly pool: Pool
  /** As a worker has it, which sends what is due. */
  readonly roomLog: RoomLog
}

/** An API to schedule with, and the log and the database of a worker. */
export async function startScheduledRig(): Promise<ScheduledRig> {
  const api = await startTestApi()
  const pool = createWriterPool(api.databaseUrl, 6)
  const roomLog = createRoomLog({
    store: createLogStore(pool, new FailPoints(false)),
    transactions: 1,
    retryAdviceOf,
    announce: () => {},
  })
  return {
    api,
    pool,
    roomLog,
    async [Symbol.asyncDispose]() {
      await pool.end()
      await api[Symbol.asyncDispose]()
    },
  }
}
