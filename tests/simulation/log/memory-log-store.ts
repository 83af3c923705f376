import { decideAll, newsOf, type BatchOutcome, type BatchState, type LogStore } from '../product.ts'
import type { LogCommand } from '@parley/message-schema'
import type { MemoryDatabase } from './memory-database.ts'

/** What happens around a transaction, and what a mutant breaks of it. */
export interface LogStorePorts {
  readonly database: MemoryDatabase
  /** Before it begins: time passes, or it throws. */
  readonly before: () => Promise<void>
  /** After the commit and before its answer: time passes, or it throws. */
  readonly after: () => Promise<void>
  readonly loaded?: (state: BatchState) => void
  readonly commit?: (write: () => void) => void
}

/** `decideAll` of the API over tables in memory: one batch at a time, as the lock on the rooms has it. */
export function createMemoryLogStore(ports: LogStorePorts): LogStore {
  const { database, before, after, loaded, commit = (write) => write() } = ports
  return {
    async runBatch(commands: readonly LogCommand[]): Promise<BatchOutcome> {
      await before()
      const state = database.load(commands, new Date())
      loaded?.(state)
      const decided = decideAll(state, commands)
      commit(() => database.write(state))
      const outcomes = decided.map((outcome, index) => {
        const command = commands[index]
        const rows = command && database.rooms.get(command.roomId)
        if (command?.kind !== 'read:set' || !('data' in outcome) || !rows) return outcome
        return { data: { ...outcome.data, ...database.unread(rows, command.actor.id) } }
      })
      const news = newsOf(state)
      await after()
      return { outcomes, news, changedUsers: [...state.changedUsers] }
    },
  }
}
