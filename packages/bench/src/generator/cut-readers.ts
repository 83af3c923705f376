import { setTimeout as sleep } from 'node:timers/promises'
import { clockMs } from '../clock.ts'
import { between, seededRandom } from '../seeded-random.ts'

export interface CutPlan {
  readonly seed: number
  /** Each reader is cut about so often. */
  readonly everyMs: number
  /** And stays away for about so long. */
  readonly offlineMs: number
}

/** A tenth to either side, decided by the seed. */
const SPREAD = 0.1

/**
 * Cuts every reader again and again, each at times of its own, and has it come back after its time. The
 * same plan cuts the same readers at the same times. Answers for how long they were away.
 */
export async function cutReaders(options: {
  readonly plan: CutPlan
  readonly readers: readonly {
    readonly number: number
    readonly leave: () => void
    readonly comeBack: () => void
  }[]
  readonly signal: AbortSignal
}): Promise<number[]> {
  const { plan, readers, signal } = options
  const offlineMs: number[] = []
  const cutOne = async (reader: (typeof readers)[number]): Promise<void> => {
    const random = seededRandom(plan.seed * 100_003 + reader.number)
    // The first time anywhere in the period: they do not go all together.
    let pauseMs = random() * plan.everyMs
    while (await pause(pauseMs, signal)) {
      const awayMs = plan.offlineMs * between(random, 1 - SPREAD, 1 + SPREAD)
      const leftMs = clockMs()
      reader.leave()
      // Who is away when all ends still comes back.
      await sleep(awayMs)
      reader.comeBack()
      offlineMs.push(clockMs() - leftMs)
      pauseMs = plan.everyMs * between(random, 1 - SPREAD, 1 + SPREAD) - awayMs
    }
  }
  await Promise.all(readers.map(cutOne))
  return offlineMs
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(Math.max(0, ms), undefined, { signal })
    return true
  } catch {
    return false
  }
}
