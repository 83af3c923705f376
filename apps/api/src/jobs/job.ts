/** From one `seq` to another, both included, of one room. */
export interface RoomRange {
  readonly roomId: string
  readonly fromSeq: number
  readonly toSeq: number
}

/**
 * Is handed every range of every room's log, before the outbox forgets it. At least once, so it does
 * nothing twice that matters, and of one room not always in order, as several workers hand over at
 * the same time. It is quick: it notes what is to do, in MySQL, and a job does it. If it throws, the
 * ranges come again.
 */
export interface LogConsumer {
  readonly name: string
  readonly consume: (ranges: readonly RoomRange[]) => Promise<void>
}

/**
 * Work that BullMQ carries to one of the workers. What must not be lost is in MySQL: a job that Redis
 * forgot is made again by one that looks there (`everyMs`).
 */
export interface Job<Data = unknown> {
  readonly name: string
  readonly queue: string
  /** At the same time in one worker. Of several jobs of a queue the highest counts for all. */
  readonly concurrency: number
  /** Rejects to be tried again, `attempts` times in all. `signal`: come to an end soon. */
  readonly run: (data: Data, signal: AbortSignal) => Promise<void>
  /** By the clock, in one of the workers. Runs can come twice, or overlap when one takes longer. */
  readonly everyMs?: number
  /**
   * Asked by each worker before it makes one by the clock: is there something to do? One cheap read, where a job
   * that finds nothing would be ten commands of Redis. Absent: it is made each time.
   */
  readonly isDue?: () => Promise<boolean>
  /** 3 if absent, the later ones after 1 s, 2 s, … */
  readonly attempts?: number
}

export interface QueuedJob {
  readonly data: unknown
  readonly delayMs?: number
  /**
   * There is one job of this id at most that waits, beside one that runs: what comes meanwhile makes
   * it run once more. Letters, digits, `-` and `.`.
   */
  readonly onceId?: string
}

/** Never rejects: without Redis nothing is carried, and a look at MySQL finds what was to be done. */
export type Enqueue = (name: string, jobs: readonly QueuedJob[]) => Promise<void>
