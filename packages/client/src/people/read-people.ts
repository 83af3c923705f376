import type { CallRoute } from '../rest/call-route.ts'
import type { Pause } from '../rest/pause.ts'
import type { PersonStores } from './person-stores.ts'

export interface ReadPeoplePorts {
  readonly call: CallRoute
  /** Told of whom it has found, and of who could not be read and is not tried again by itself. */
  readonly people: Pick<PersonStores, 'remember' | 'missed'>
  readonly sleep: Pause
  /** Ends what is tried again and again. */
  readonly signal?: AbortSignal | undefined
}

/** A list that is drawn asks for all of its people within it. */
const GATHER_MS = 20
/** More than can be on screen: whoever asked first is forgotten, and may ask again. */
const WAITING = 2_000
const LONGEST_PAUSE_MS = 30_000

/** Reads people in batches, one after the other, until all that were asked for are known. */
export function createReadPeople(ports: ReadPeoplePorts): (id: string) => void {
  const { people, sleep, signal } = ports
  const waiting = new Set<string>()
  let isReading = false

  async function readAll(): Promise<void> {
    await sleep(GATHER_MS, signal)
    for (let failures = 0; waiting.size > 0;) {
      try {
        const { readBatch } = await import('./read-batch.ts')
        await readBatch(ports, waiting)
        failures = 0
      } catch {
        failures += 1
        await sleep(Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** failures), signal)
      }
    }
  }

  return (id) => {
    waiting.add(id)
    const [first] = waiting
    if (waiting.size > WAITING && first !== undefined) {
      waiting.delete(first)
      people.missed(first)
    }
    if (isReading) return
    isReading = true
    const over = (): void => {
      isReading = false
    }
    // It rejects when it is ended, and then only.
    void readAll().then(over, over)
  }
}
