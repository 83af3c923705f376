import { ChatError } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import type { Pause } from '../rest/pause.ts'
import { toIdLists } from '../rest/to-id-lists.ts'
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
const IDS = 100
/** More than can be on screen: whoever asked first is forgotten, and may ask again. */
const WAITING = 2_000
const LONGEST_PAUSE_MS = 30_000

/** Reads people in batches, one after the other, until all that were asked for are known. */
export function createReadPeople(ports: ReadPeoplePorts): (id: string) => void {
  const { call, people, sleep, signal } = ports
  const waiting = new Set<string>()
  let isReading = false

  async function readSome(): Promise<void> {
    const next = [...waiting].slice(0, IDS)
    // A comma is what parts ids in an address: such a one is asked for by itself.
    const id = next.find((one) => one.includes(','))
    const ids = id === undefined ? (toIdLists(next, IDS)[0] ?? []) : [id]
    try {
      const found =
        id === undefined
          ? (await call('GET /v1/users', { query: { ids: ids.join(','), limit: IDS } })).data
          : [(await call('GET /v1/users/:id', { params: { id } })).user]
      people.remember(found)
    } catch (error) {
      if (!(error instanceof ChatError) || error.isRetryable) throw error
      // Nobody has this id, which is known then as of any other that was asked for.
      if (error.code !== 'NOT_FOUND') for (const one of ids) people.missed(one)
    }
    for (const one of ids) waiting.delete(one)
  }

  async function readAll(): Promise<void> {
    await sleep(GATHER_MS, signal)
    for (let failures = 0; waiting.size > 0;) {
      try {
        await readSome()
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
