import type { User } from '@parley/message-schema'
import { ChatError } from '../chat-error.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { toIdLists } from '../rest/follow-presence.ts'
import type { Pause } from '../rest/pause.ts'

export interface ReadPeoplePorts {
  readonly call: CallRoute
  readonly found: (user: User) => void
  /** It could not be read, and is not tried again by itself. */
  readonly missed: (id: string) => void
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
  const { call, found, missed, sleep, signal } = ports
  const waiting = new Set<string>()
  let isReading = false

  async function readOne(id: string): Promise<readonly User[]> {
    return [(await call('GET /v1/users/:id', { params: { id } })).user]
  }

  async function readList(ids: readonly string[]): Promise<readonly User[]> {
    return (await call('GET /v1/users', { query: { ids: ids.join(','), limit: IDS } })).data
  }

  async function readSome(): Promise<void> {
    const next = [...waiting].slice(0, IDS)
    // A comma is what parts ids in an address: such a one is asked for by itself.
    const alone = next.find((id) => id.includes(','))
    const ids = alone === undefined ? (toIdLists(next, IDS)[0] ?? []) : [alone]
    try {
      for (const user of alone === undefined ? await readList(ids) : await readOne(alone)) {
        found(user)
      }
    } catch (error) {
      if (!(error instanceof ChatError) || error.isRetryable) throw error
      // Nobody has this id, which is known then as of any other that was asked for.
      if (error.code !== 'NOT_FOUND') for (const id of ids) missed(id)
    }
    for (const id of ids) waiting.delete(id)
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
      missed(first)
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
