import { ParleyError, type LogCommand } from '@parley/message-schema'
import type { FailPoints } from '@parley/server-kit'
import {
  decideAll,
  newsOf,
  type BatchOutcome,
  type CommandOutcome,
} from '../../room-log/batch-outcome.ts'
import type { LogStore } from '../../room-log/room-log.ts'
import { SqlError } from 'mariadb'
import type { Pool, PoolConnection } from '../connect.ts'
import { isRefusal } from '../database-errors.ts'
import { inPackets } from '../packets.ts'
import { areTalk, asAsked, asIfNew, commitLate, never } from './log-mutants.ts'
import { loadBatch } from './load-batch.ts'
import { readUnread } from '../messages/read-unread.ts'
import { RoomKinds } from './room-kinds.ts'
import { writeBatch } from './write-batch.ts'

/** `read:set` answers counts, which only exist after the write. */
async function addUnread(
  connection: PoolConnection,
  commands: readonly LogCommand[],
  outcomes: readonly CommandOutcome[],
): Promise<readonly CommandOutcome[]> {
  const pairs = commands.flatMap((command, index) => {
    const outcome = outcomes[index]
    const isRead = command.kind === 'read:set' && outcome !== undefined && 'data' in outcome
    return isRead ? [{ roomId: command.roomId, userId: command.actor.id }] : []
  })
  if (pairs.length === 0) return outcomes
  const counts = await readUnread(connection, pairs)
  return outcomes.map((outcome, index) => {
    const command = commands[index]
    if (command?.kind !== 'read:set' || !('data' in outcome)) return outcome
    // Of several moves in one batch each is answered what holds after the last of them.
    const state = counts.get(`${command.roomId}/${command.actor.id}`)
    return { data: { ...outcome.data, ...state } }
  })
}

/** The transaction is certainly not committed. A connection that breaks, or a commit that fails, may be. */
const isUndone = (error: unknown): boolean =>
  error instanceof SqlError && !error.fatal && isRefusal(error)

async function orUnknown(committed: Promise<unknown>): Promise<void> {
  try {
    await committed
  } catch (cause) {
    throw isUndone(cause) ? cause : new ParleyError('UNKNOWN_OUTCOME', { cause })
  }
}

/** `pool`: of a `createWriterPool`. */
export function createLogStore(pool: Pool, failPoints: FailPoints): LogStore {
  const kinds = new RoomKinds()
  const acksEarly = failPoints.mutants.has('ack-before-commit') ? areTalk : never
  const askedAs = failPoints.mutants.has('dedup-off') ? asIfNew : asAsked

  async function release(connection: PoolConnection): Promise<void> {
    failPoints.dieAt('after-commit')
    await connection.release()
  }

  async function transact(
    connection: PoolConnection,
    commands: readonly LogCommand[],
  ): Promise<BatchOutcome> {
    const queries = inPackets(connection)
    const state = await loadBatch(queries, commands, new Date(), kinds)
    const decided = decideAll(state, askedAs(state, commands))
    const toOutcome = (outcomes: readonly CommandOutcome[]): BatchOutcome => ({
      outcomes,
      news: newsOf(state),
      changedUsers: [...state.changedUsers],
    })
    if (acksEarly(commands)) {
      await writeBatch(queries, state)
      const outcome = toOutcome(await addUnread(connection, commands, decided))
      const commit = async (): Promise<void> => {
        failPoints.dieAt('before-commit')
        await connection.query('COMMIT')
        await release(connection)
      }
      void commitLate(commit, connection)
      return outcome
    }
    const written = writeBatch(queries, state)
    let outcomes = decided
    if (commands.some(({ kind }) => kind === 'read:set')) {
      await written
      outcomes = await addUnread(connection, commands, decided)
    }
    failPoints.dieAt('before-commit')
    // In the packet of the writes: what fails among them keeps it from being run.
    await orUnknown(Promise.all([written, queries.query('COMMIT')]))
    await release(connection)
    return toOutcome(outcomes)
  }

  return {
    async runBatch(commands) {
      const connection = await pool.getConnection().catch((cause: unknown) => {
        throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause })
      })
      try {
        return await transact(connection, commands)
      } catch (error) {
        // Ending the connection ends its transaction and its locks, whatever state it is in.
        connection.destroy()
        throw error
      }
    },
  }
}
