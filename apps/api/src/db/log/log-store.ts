import { ParleyError, type LogCommand } from '@parley/message-schema'
import type { FailPoints } from '@parley/server-kit'
import {
  decideAll,
  newsOf,
  type BatchOutcome,
  type CommandOutcome,
} from '../../room-log/batch-outcome.ts'
import type { LogStore } from '../../room-log/room-log.ts'
import type { Pool, PoolConnection } from '../connect.ts'
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

export function createLogStore(pool: Pool, failPoints: FailPoints): LogStore {
  const kinds = new RoomKinds()
  const acksEarly = failPoints.mutants.has('ack-before-commit') ? areTalk : never
  const askedAs = failPoints.mutants.has('dedup-off') ? asIfNew : asAsked

  async function transact(
    connection: PoolConnection,
    commands: readonly LogCommand[],
  ): Promise<BatchOutcome> {
    const state = await loadBatch(connection, commands, new Date(), kinds)
    const decided = decideAll(state, askedAs(state, commands))
    await writeBatch(connection, state)
    const outcomes = await addUnread(connection, commands, decided)
    return { outcomes, news: newsOf(state), changedUsers: [...state.changedUsers] }
  }

  async function commit(connection: PoolConnection): Promise<void> {
    failPoints.dieAt('before-commit')
    await connection.query('COMMIT').catch((cause: unknown) => {
      throw new ParleyError('UNKNOWN_OUTCOME', { cause })
    })
    failPoints.dieAt('after-commit')
    await connection.release()
  }

  return {
    async runBatch(commands) {
      const connection = await pool.getConnection().catch((cause: unknown) => {
        throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause })
      })
      try {
        const outcome = await transact(connection, commands)
        if (acksEarly(commands)) void commitLate(() => commit(connection), connection)
        else await commit(connection)
        return outcome
      } catch (error) {
        // Ending the connection ends its transaction and its locks, whatever state it is in.
        connection.destroy()
        throw error
      }
    },
  }
}
