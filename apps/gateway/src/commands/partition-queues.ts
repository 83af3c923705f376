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
import type { BatchMarks } from '../api-client/api-client.ts'
import { commandFailure, hasCode, ToldResults } from './told-results.ts'

export interface PartitionQueuesPorts {
  readonly sendCommands: (
    partition: number,
    commands: readonly GatewayCommand[],
    marks: BatchMarks,
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

/** Its asker will try again: what waited behind it must not come before that. */
const isToComeAgain = ({ asker }: Queued, result: CommandResult): boolean =>
  !asker.hasEnded && (hasCode(result, 'SERVER_BUSY') || hasCode(result, 'UNKNOWN_OUTCOME'))

/**
 * Who is gone asks again elsewhere, and may be refused there. What they were told is final only if
 * their first attempt is not still being made here.
 */
const isWanted = ({ asker, queuedAtMs }: Queued): boolean =>
  !asker.hasEnded || performance.now() - queuedAtMs < LAST_WORD_MS

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
    const queued = { command, patienceMs, queuedAtMs: performance.now(), asker }
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
    const givenUpAtMs = this.#givenUp.get(partition) ?? -Infinity
    this.#givenUp.delete(partition)
    if (batch.some(({ queuedAtMs }) => queuedAtMs <= givenUpAtMs)) {
      // Answered before they were tried, so that they cannot come before what is tried again.
      this.#givenUp.set(partition, givenUpAtMs)
      return batch.map(() => commandFailure('SERVER_BUSY'))
    }
    const told = new ToldResults<Queued>()
    const isGivenUp = await this.#tryUntil(partition, batch, told)
    const nowMs = performance.now()
    const results = batch.map((one) => told.of(one))
    const comeAgain = batch.filter((one, index) =>
      isToComeAgain(one, results[index] as CommandResult),
    )
    if (isGivenUp || comeAgain.length > 0) {
      this.#givenUp.set(partition, nowMs)
    }
    for (const { queuedAtMs } of batch) this.#ports.onAnswer?.(nowMs - queuedAtMs)
    return results
  }

  /**
   * Until all that is still wanted was told something that will not change, or time is up. `true` if the last attempt had
   * no answer then.
   */
  async #tryUntil(
    partition: number,
    batch: readonly Queued[],
    told: ToldResults<Queued>,
  ): Promise<boolean> {
    const untilMs = performance.now() + this.#ports.deadlineMs
    let isRetry = false
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const wanted = batch.filter(isWanted)
      if (wanted.length === 0) return false
      let isAnswered = true
      try {
        this.#ports.onBatch?.(wanted.length)
        const commands = wanted.map(({ command }) => command)
        const isGathered = wanted.some(({ patienceMs }) => patienceMs > 0)
        const marks = { isGathered, isRetry }
        const { results, news } = await this.#ports.sendCommands(partition, commands, marks)
        for (const one of news) this.#ports.offer(one)
        for (const [index, one] of wanted.entries()) told.note(one, results[index] as CommandResult)
        if (!results.some((result) => !result.ok && TRY_AGAIN.has(result.error.code))) return false
      } catch (error) {
        isAnswered = false
        for (const one of wanted) told.doubt(one)
        this.#ports.logger.debug({ err: error, partition }, 'commands are sent again')
      }
      if (performance.now() + pauseMs > untilMs) return !isAnswered
      isRetry = true
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs)
      })
    }
  }
}
