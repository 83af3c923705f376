import {
  ROOM_PARTITIONS,
  weighCommand,
  type CommandBatchResult,
  type GatewayCommand,
  type RoomNews,
} from '@parley/message-schema'
import { partitionOf } from '@parley/server-kit'
import type { ApiClient } from '../api-client/api-client.ts'

type SendCommands = ApiClient['sendCommands']

/** The batch of one partition. Of each there is at most one at a time. */
interface Batch {
  readonly partition: number
  readonly commands: readonly GatewayCommand[]
  readonly resolve: (result: CommandBatchResult) => void
  readonly reject: (error: unknown) => void
}

interface Replica {
  readonly id: string
  waiting: Batch[]
  /** Requests that have not taken `LATE_MS` yet, and all. */
  prompt: number
  inFlight: number
}

interface Known {
  readonly replicaId: string
  readonly learntAtMs: number
}

const SHARED = { isGathered: false, isRetry: false }
const AT_ONCE = 2
/** A request that takes longer waits for one of its rooms: others do not wait with it. */
const LATE_MS = 100
/** A partition goes alone so often, to see where the balancer sends it. */
const RELEARN_MS = 10_000
const REQUEST_COMMANDS = 500
const REQUEST_BYTES = 1024 * 1024

/**
 * Batches of several partitions in one request, while the API replica that they go to is busy with others of this
 * gateway: a request costs as much as several commands. Where few are sent, each goes at once and alone.
 */
export class SharedRequests {
  readonly #send: SendCommands
  /** By the balancer, that is: the replica that last answered a partition which went alone. */
  readonly #knownOf = new Map<number, Known>()
  readonly #replicas = new Map<string, Replica>()

  constructor(send: SendCommands) {
    this.#send = send
  }

  readonly sendCommands: SendCommands = (partition, commands, marks, traceparent) => {
    const known = this.#knownOf.get(partition)
    const mayShare =
      !marks.isGathered && !marks.isRetry && traceparent === undefined && known !== undefined
    if (!mayShare || Date.now() - known.learntAtMs > RELEARN_MS) {
      return this.#sendAlone(partition, commands, marks, traceparent)
    }
    const replica = this.#replicaOf(known.replicaId)
    return new Promise((resolve, reject) => {
      replica.waiting.push({ partition, commands, resolve, reject })
      this.#flush(replica)
    })
  }

  #replicaOf(id: string): Replica {
    let replica = this.#replicas.get(id)
    if (replica === undefined) {
      replica = { id, waiting: [], prompt: 0, inFlight: 0 }
      this.#replicas.set(id, replica)
    }
    return replica
  }

  async #sendAlone(...batch: Parameters<SendCommands>): Promise<CommandBatchResult> {
    const [partition] = batch
    this.#knownOf.delete(partition)
    const result = await this.#send(...batch)
    const { servedBy } = result
    if (servedBy !== undefined) {
      this.#knownOf.set(partition, { replicaId: servedBy, learntAtMs: Date.now() })
    }
    return result
  }

  #flush(replica: Replica): void {
    while (replica.waiting.length > 0 && replica.prompt < AT_ONCE) {
      void this.#request(replica, takeRequest(replica.waiting))
    }
  }

  /** Rejects nothing: each batch is told what became of it. */
  async #request(replica: Replica, batches: readonly Batch[]): Promise<void> {
    replica.prompt += 1
    replica.inFlight += 1
    let isPrompt = true
    const noLongerPrompt = (): void => {
      if (isPrompt) replica.prompt -= 1
      isPrompt = false
    }
    const timer = setTimeout(() => {
      noLongerPrompt()
      this.#flush(replica)
    }, LATE_MS)
    const partition = batches[0]?.partition ?? 0
    try {
      const commands = batches.flatMap((batch) => batch.commands)
      const result = await this.#send(partition, commands, SHARED)
      if (result.servedBy !== replica.id) this.#forget(batches)
      const parts = splitResult(batches, result)
      for (const [index, { resolve }] of batches.entries()) {
        resolve(parts[index] as CommandBatchResult)
      }
    } catch (error) {
      // They are tried again, each by itself.
      this.#forget(batches)
      for (const { reject } of batches) reject(error)
    } finally {
      clearTimeout(timer)
      noLongerPrompt()
      replica.inFlight -= 1
      this.#flush(replica)
      if (replica.inFlight === 0 && replica.waiting.length === 0) this.#replicas.delete(replica.id)
    }
  }

  #forget(batches: readonly Batch[]): void {
    for (const { partition } of batches) this.#knownOf.delete(partition)
  }
}

/** Whole batches from the front: at least one, no more than a request may hold. */
function takeRequest(waiting: Batch[]): Batch[] {
  let commands = 0
  let bytes = 0
  let count = 0
  for (const batch of waiting) {
    commands += batch.commands.length
    for (const command of batch.commands) bytes += weighCommand(command)
    if (count > 0 && (commands > REQUEST_COMMANDS || bytes > REQUEST_BYTES)) break
    count += 1
  }
  return waiting.splice(0, count)
}

/** The results of each batch, and the news of its rooms. */
function splitResult(
  batches: readonly Batch[],
  { results, news }: CommandBatchResult,
): CommandBatchResult[] {
  if (batches.length === 1) return [{ results, news }]
  const newsOf = new Map<number, RoomNews[]>(batches.map(({ partition }) => [partition, []]))
  for (const one of news) newsOf.get(partitionOf(one.roomId, ROOM_PARTITIONS))?.push(one)
  let from = 0
  return batches.map(({ partition, commands }) => {
    const own = results.slice(from, from + commands.length)
    from += commands.length
    return { results: own, news: newsOf.get(partition) ?? [] }
  })
}
