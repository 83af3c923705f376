import type { Event, Fact, RoomSync } from '@parley/message-schema'
import type { TestSocket } from './test-client.ts'

/**
 * What one reader is handed, room by room, and whether C4 held: each event once, in order, none
 * skipped. It does nothing to help: no reordering, no dropping of doubles.
 */
export class RoomRecorder {
  readonly events = new Map<string, Event[]>()
  readonly violations: string[] = []
  readonly #last = new Map<string, number>()
  readonly #listeners = new Set<() => void>()

  /** From `last` on. Without it, the first event that is handed over sets the place. */
  startAt(roomId: string, last: number): void {
    this.#last.set(roomId, last)
  }

  listenTo(socket: TestSocket): void {
    socket.on('room:events', (fact) => this.take(fact))
  }

  take({ roomId, events }: Pick<Fact<'room:events'>, 'roomId' | 'events'>): void {
    for (const event of events) this.#apply(roomId, event)
    for (const listener of this.#listeners) listener()
  }

  /** The answer of a `sync`. */
  takeSync(roomId: string, sync: RoomSync | undefined): void {
    if (sync === undefined) this.violations.push(`${roomId}: not in the answer of sync`)
    else if ('reset' in sync) this.violations.push(`${roomId}: reset (${sync.reason})`)
    else this.take({ roomId, events: sync.events })
  }

  last(roomId: string): number {
    return this.#last.get(roomId) ?? 0
  }

  texts(roomId: string): string[] {
    return (this.events.get(roomId) ?? []).flatMap((event) =>
      event.type === 'message:created' ? [event.data.text ?? ''] : [],
    )
  }

  /** Resolves once the reader has been handed everything up to `seq`. */
  async reaches(roomId: string, seq: number, timeoutMs = 10_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
      }
      const look = (): void => {
        if (this.last(roomId) < seq) return
        done()
        resolve()
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`${roomId}: at ${this.last(roomId)} of ${seq} after ${timeoutMs} ms`))
      }, timeoutMs)
      this.#listeners.add(look)
      look()
    })
  }

  #apply(roomId: string, event: Event): void {
    const last = this.#last.get(roomId)
    if (last !== undefined && event.seq !== last + 1) {
      this.violations.push(`${roomId}: ${event.seq} after ${last}`)
    }
    this.#last.set(roomId, Math.max(last ?? 0, event.seq))
    const events = this.events.get(roomId)
    if (events === undefined) this.events.set(roomId, [event])
    else events.push(event)
  }
}
