import {
  ParleyError,
  ROOM_PARTITIONS,
  weighCommand,
  type CommandBatchResult,
  type CommandResult,
  type ErrorCode,
  type GatewayCommand,
  type RoomNews,
} from '@parley/message-schema'
import { partitionOf, SmartBatch, type Logger } from '@parley/server-kit'
import { firstAttempt, furtherAttempt } from './command-attempts.ts'

export interface PartitionQueuesPorts {
  readonly sendCommands: (
    partition: number,
    commands: readonly GatewayCommand[],
    /** Other gateways send what they have of these rooms at the same moment. */
    isGathered: boolean,
  ) => Promise<CommandBatchResult>
  /** For how long a command of the room may wait for others of it, in ms. */
  readonly gatherMs: (roomId: string) => number
  /** The second source of the room feeds: what our own commands have made. */
  readonly offer: (news: RoomNews) => void
  readonly deadlineMs: number
  readonly logger: Logger
  readonly onBatch?: (size: number) => void
  /** Since it came, of each command that was answered. */
  readonly onAnswer?: (ms: number) => void
}

const BATCH_COMMANDS = 500
const BATCH_BYTES = 1024 * 1024
const QUEUED_COMMANDS = 2_000
/** For so long a command is tried though its asker is gone: people say a last word and hang up. */
const LAST_WORD_MS = 1_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000
/** Refusals that say nothing about the command: it is tried again, before anything newer. */
const TRY_AGAIN = new Set<ErrorCode>(['SERVER_BUSY', 'UNKNOWN_OUTCOME', 'INTERNAL'])

/** Whoever is asked for the answer. */
export interface Asker {
  readonly hasEnded: boolean
}

interface Queued {
  readonly command: GatewayCommand
  readonly patienceMs: number
  readonly queuedAtMs: number
  readonly asker: Asker
}

const failure = (code: ErrorCode): CommandResult => {
  const { message } = new ParleyError(code)
  return { ok: false, error: { code, message, retryable: true, retryAfterMs: 1_000 } }
}

const hasCode = (result: CommandResult, code: ErrorCode): boolean =>
  !result.ok && result.error.code === code

/** `SERVER_BUSY` promises that nothing was done, which only the first attempt can know. */
const asUnsure = (result: CommandResult): CommandResult =>
  hasCode(result, 'SERVER_BUSY') ? failure('UNKNOWN_OUTCOME') : result

/** Its asker will try again: what waited behind it must not come before that. */
const isToComeAgain = ([{ asker }, result]: readonly [Queued, CommandResult]): boolean =>
  !asker.hasEnded && (hasCode(result, 'SERVER_BUSY') || hasCode(result, 'UNKNOWN_OUTCOME'))

/**
 * Who is gone asks again elsewhere, and may be refused there. What they were told is final only if
 * their first attempt is not still being made here.
 */
const isWanted = ({ asker, queuedAtMs }: Queued): boolean =>
  !asker.hasEnded || Date.now() - queuedAtMs < LAST_WORD_MS

/**
 * One queue a partition, one batch of it in flight: the order of each sender is kept, and a batch
 * that may or may not have arrived is sent again, the same, before anything newer.
 */
export class PartitionQueues {
  readonly #ports: PartitionQueuesPorts
  readonly #queues = new Map<number, SmartBatch<Queued, CommandResult>>()
  /** Partitions whose last batch was given up: what waited behind it must not overtake its retry. */
  readonly #givenUp = new Map<number, number>()

  constructor(ports: PartitionQueuesPorts) {
    this.#ports = ports
  }

  /** Data of the committed command. Throws `ParleyError`. */
  async run(command: GatewayCommand, asker: Asker): Promise<Record<string, unknown>> {
    const { roomId } = command
    const partition = partitionOf(roomId, ROOM_PARTITIONS)
    const patienceMs = this.#ports.gatherMs(roomId)
    firstAttempt(command)
    const queued = { command, patienceMs, queuedAtMs: Date.now(), asker }
    const result = await this.#queueOf(partition).add(queued)
    if (result === undefined) throw new ParleyError('SERVER_BUSY', { retryAfterMs: 1_000 })
    if (result.ok) return result.data
    const { code, message, retryAfterMs, details } = result.error
    throw new ParleyError(code, {
      message,
      details,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    })
  }

  /** Commands that wait, or are in flight, in all partitions. */
  get queued(): number {
    let sum = 0
    for (const queue of this.#queues.values()) sum += queue.queued
    return sum
  }

  async idle(): Promise<void> {
    await Promise.all(Array.from(this.#queues.values(), (queue) => queue.idle()))
  }

  #queueOf(partition: number): SmartBatch<Queued, CommandResult> {
    const there = this.#queues.get(partition)
    if (there !== undefined) return there
    const queue = new SmartBatch<Queued, CommandResult>({
      run: (batch) => this.#runBatch(partition, batch),
      maxBatch: BATCH_COMMANDS,
      maxQueued: QUEUED_COMMANDS,
      weigh: ({ command }) => weighCommand(command),
      maxWeight: BATCH_BYTES,
      patience: ({ patienceMs }) => patienceMs,
    })
    this.#queues.set(partition, queue)
    return queue
  }

  async #runBatch(partition: number, batch: readonly Queued[]): Promise<readonly CommandResult[]> {
    const givenUpAtMs = this.#givenUp.get(partition)
    this.#givenUp.delete(partition)
    const waited = batch.filter(({ queuedAtMs }) => queuedAtMs <= (givenUpAtMs ?? 0))
    if (waited.length > 0) {
      // Answered before they were tried, so that they cannot come before what is tried again.
      this.#givenUp.set(partition, givenUpAtMs ?? 0)
      return batch.map(() => failure('SERVER_BUSY'))
    }
    const answers = await this.#tryUntil(partition, batch, Date.now() + this.#ports.deadlineMs)
    const nowMs = Date.now()
    if (answers === undefined || [...answers].some(isToComeAgain)) {
      this.#givenUp.set(partition, nowMs)
    }
    for (const { queuedAtMs } of answers?.keys() ?? []) this.#ports.onAnswer?.(nowMs - queuedAtMs)
    return batch.map((one) => answers?.get(one) ?? failure('UNKNOWN_OUTCOME'))
  }

  /**
   * What was answered last when time is up: what is done is done. `undefined` if nothing ever was, or
   * if some outcome is still not known.
   */
  async #tryUntil(
    partition: number,
    batch: readonly Queued[],
    untilMs: number,
  ): Promise<ReadonlyMap<Queued, CommandResult> | undefined> {
    let last: Map<Queued, CommandResult> | undefined
    let mayBeDone = false
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const wanted = batch.filter(isWanted)
      if (wanted.length === 0) return last ?? new Map()
      try {
        this.#ports.onBatch?.(wanted.length)
        const commands = wanted.map(({ command }) => command)
        const isGathered = wanted.some(({ patienceMs }) => patienceMs > 0)
        const { results, news } = await this.#ports.sendCommands(partition, commands, isGathered)
        for (const one of news) this.#ports.offer(one)
        const told = results.map((result) => (mayBeDone ? asUnsure(result) : result))
        last = new Map(wanted.map((one, index) => [one, told[index] as CommandResult]))
        if (!results.some((result) => !result.ok && TRY_AGAIN.has(result.error.code))) return last
      } catch (error) {
        // It may have been done in part: what was answered before may not be the last word.
        last = undefined
        mayBeDone = true
        this.#ports.logger.debug({ err: error, partition }, 'commands are sent again')
      }
      if (Date.now() + pauseMs > untilMs) return last
      for (const { command } of wanted) furtherAttempt(command)
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs)
      })
    }
  }
}
