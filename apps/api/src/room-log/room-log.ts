import {
  ParleyError,
  weighCommand,
  type LogCommand,
  type LogCommandKind,
  type RoomNews,
} from '@parley/message-schema'
import { KeyedBatch } from '@parley/server-kit'
import type { BatchOutcome, CommandOutcome } from './batch-outcome.ts'
import type { LogCommandData, RunCommand } from './run-command.ts'

export interface LogStore {
  /**
   * One transaction: all that it answers is committed, in one piece. Throws `UNKNOWN_OUTCOME` if the
   * commit's answer was lost, `SERVER_BUSY` if nothing was begun.
   */
  readonly runBatch: (commands: readonly LogCommand[]) => Promise<BatchOutcome>
}

export interface RoomLogPorts {
  readonly store: LogStore
  /** After the commit, and at most once: whoever misses it repairs by `seq`. */
  readonly announce: (outcome: BatchOutcome) => void
  readonly retryAdviceOf: (error: unknown) => 'again' | 'later' | 'never'
  readonly announceFailed?: (error: unknown) => void
  readonly onBatch?: (size: number) => void
  /** At the same time, those that take long included. No two are of the same room: none waits for its own. */
  readonly transactions: number
}

/** Of one command, with the news of the transaction that it was in. */
export interface Settled {
  readonly outcome: CommandOutcome
  readonly news: readonly RoomNews[]
}

export interface RoomLog {
  /** Never rejects: what went wrong is in the outcome. */
  readonly submit: (command: LogCommand) => Promise<Settled>
  readonly run: RunCommand
  /** Resolves when nothing is in flight any more. */
  readonly idle: () => Promise<void>
}

const BATCH_COMMANDS = 500
/** One statement of it has to fit in the least `max_allowed_packet` that is usual, 16 MiB. */
const BATCH_BYTES = 4 * 1024 * 1024
const QUEUED_COMMANDS = 10_000
const ATTEMPTS = 6
/** Few at once make large ones: what comes meanwhile goes next, together. */
const PROMPT_TRANSACTIONS = 2
/** One that takes longer waits for others' locks, or does a lot: it keeps only its own rooms waiting. */
const LATE_MS = 100
/** A transaction costs as much as ten more commands in it: what comes alone goes at once, what comes often, together. */
const EVERY_MS = 15
const ENOUGH = 32

/** The only writer of rooms. Merges what is asked at the same time into few transactions. */
export function createRoomLog(ports: RoomLogPorts): RoomLog & { readonly queued: () => number } {
  const batches = new KeyedBatch<LogCommand, Settled>({
    keyOf: ({ roomId }) => roomId,
    run: (commands) => settleAll(ports, commands, 1),
    maxBatch: BATCH_COMMANDS,
    maxQueued: QUEUED_COMMANDS,
    weigh: weighCommand,
    maxWeight: BATCH_BYTES,
    atOnce: Math.min(PROMPT_TRANSACTIONS, ports.transactions),
    lateMs: LATE_MS,
    atMost: ports.transactions,
    everyMs: EVERY_MS,
    enough: ENOUGH,
  })

  async function submit(command: LogCommand): Promise<Settled> {
    const settled = batches.add(command)
    if (settled !== undefined) return settled
    return refused(new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000 }))
  }

  return {
    submit,
    async run<Kind extends LogCommandKind>(command: LogCommand): Promise<LogCommandData[Kind]> {
      const { outcome } = await submit(command)
      if ('refusal' in outcome) throw outcome.refusal
      return outcome.data as LogCommandData[Kind]
    },
    idle: () => batches.idle(),
    queued: () => batches.queued,
  }
}

const refused = (refusal: ParleyError): Settled => ({ outcome: { refusal }, news: [] })

async function settleAll(
  ports: RoomLogPorts,
  commands: readonly LogCommand[],
  attempt: number,
): Promise<Settled[]> {
  let outcome: BatchOutcome
  try {
    outcome = await ports.store.runBatch(commands)
  } catch (error) {
    return settleFailed(ports, commands, attempt, error)
  }
  ports.onBatch?.(commands.length)
  try {
    ports.announce(outcome)
  } catch (error) {
    // Committed is committed: who was not told repairs by `seq`.
    ports.announceFailed?.(error)
  }
  return outcome.outcomes.map((one) => ({ outcome: one, news: outcome.news }))
}

/**
 * A batch that lost against another is run again. One that holds a command which the database
 * refuses is halved until that command stands alone: its neighbours are not refused with it.
 */
async function settleFailed(
  ports: RoomLogPorts,
  commands: readonly LogCommand[],
  attempt: number,
  error: unknown,
): Promise<Settled[]> {
  const advice = ports.retryAdviceOf(error)
  if (advice === 'again' && attempt < ATTEMPTS) return settleAll(ports, commands, attempt + 1)
  if (error instanceof ParleyError || advice !== 'never') {
    const refusal =
      error instanceof ParleyError
        ? error
        : new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000, cause: error })
    return commands.map(() => refused(refusal))
  }
  if (commands.length === 1) return [refused(ParleyError.from(error))]
  const half = Math.ceil(commands.length / 2)
  const first = await settleAll(ports, commands.slice(0, half), 1)
  return [...first, ...(await settleAll(ports, commands.slice(half), 1))]
}
