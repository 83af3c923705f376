import type { CallRoute } from '../rest/call-route.ts'
import type { WritableStore } from '../store.ts'
import type { Reading } from './reading.ts'

type Marks = Reading['others']['current']

export interface OthersReading {
  readonly read: () => Promise<void>
  /** `null`: has left. */
  readonly heard: (userId: string, readSeq: number | null) => void
  readonly close: () => void
}

export interface OthersReadingPorts {
  readonly roomId: string
  readonly call: CallRoute
  readonly myId: () => string
  readonly others: WritableStore<Marks>
  /** Whether single people are told of: `features.readReceipts`. */
  readonly isOn: () => boolean
}

/** How far others have read, while a room is open. */
export function createOthersReading(ports: OthersReadingPorts): OthersReading {
  const { roomId, call, myId, others, isOn } = ports
  /** Heard while the list is on its way, which may be older. */
  let news: Map<string, number | null> | null = null

  function put(to: Marks, changes: Iterable<readonly [string, number | null]>): void {
    const all = new Map(to)
    for (const [userId, readSeq] of changes) {
      if (readSeq === null || userId === myId()) all.delete(userId)
      else all.set(userId, readSeq)
    }
    others.set(all)
  }

  return {
    async read() {
      const since = new Map<string, number | null>()
      news = since
      try {
        const { data, mode } = await call('GET /v1/rooms/:id/receipts', { params: { id: roomId } })
        if (news !== since) return
        const rows = data.map(({ userId, readSeq }): [string, number] => [userId, readSeq])
        put(new Map(), mode === 'people' ? [...rows, ...since] : [])
      } catch {
        // Without them the room can be read all the same; the next opening asks again.
      } finally {
        if (news === since) news = null
      }
    },
    heard(userId, readSeq) {
      news?.set(userId, readSeq)
      const known = others.current.get(userId) ?? null
      if (known === readSeq || (readSeq !== null && !isOn())) return
      put(others.current, [[userId, readSeq]])
    },
    close() {
      news = null
      others.set(new Map())
    },
  }
}
