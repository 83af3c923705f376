import type { StateSet } from '@parley/message-schema'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import type { Connection, ConnectionStatus } from '../connection/connection.ts'
import { later } from './pause-for.ts'

export interface WishesPorts {
  readonly roomId: string
  readonly connection: Pick<Connection, 'request' | 'state'>
  readonly position: () => number | null
  readonly changed: (seqs: ReadonlySet<number>) => void
  readonly pause: (ms: number) => Promise<void>
  readonly random: () => number
}

interface Wish {
  readonly seq: number
  /** Of a reaction; `null` is the pin. */
  readonly key: string | null
  on: boolean
  running: Promise<void> | null
  /** The log tells it at this place. */
  untilSeq: number | null
}

const TRIES = 8
const OFFLINE_MS = 60_000

/**
 * Reactions and pins that I have asked for. They are asked for by state, so asking twice is harmless and
 * the last wish wins: while one is on its way only what is wished then is sent after it.
 */
export class Wishes {
  readonly #ports: WishesPorts
  readonly #wishes = new Map<string, Wish>()

  constructor(ports: WishesPorts) {
    this.#ports = ports
  }

  set(seq: number, key: string | null, on: boolean): Promise<void> {
    const name = `${seq}/${key ?? ''}`
    const known = this.#wishes.get(name)
    const wish = known ?? { seq, key, on, running: null, untilSeq: null }
    wish.on = on
    wish.untilSeq = null
    this.#wishes.set(name, wish)
    wish.running ??= this.#grant(name, wish)
    this.#ports.changed(new Set([seq]))
    return wish.running
  }

  reactions(seq: number): ReadonlyMap<string, boolean> | undefined {
    const found = [...this.#wishes.values()].filter((wish) => wish.seq === seq)
    const keys = found.flatMap(({ key, on }) => (key === null ? [] : [[key, on] as const]))
    return keys.length === 0 ? undefined : new Map(keys)
  }

  pinned(seq: number): boolean | undefined {
    return this.#wishes.get(`${seq}/`)?.on
  }

  /** Forgets those that the log has told. Answers of which messages. */
  heed(position: number): Set<number> {
    const seqs = new Set<number>()
    for (const [name, { seq, untilSeq }] of this.#wishes) {
      if (untilSeq === null || untilSeq > position) continue
      this.#wishes.delete(name)
      seqs.add(seq)
    }
    return seqs
  }

  async #grant(name: string, wish: Wish): Promise<void> {
    try {
      let done: { readonly on: boolean; readonly answer: StateSet }
      do done = await this.#ask(wish)
      while (wish.on !== done.on)
      const { answer } = done
      const position = this.#ports.position()
      const isTold = answer.seq === undefined || position === null || answer.seq <= position
      if (isTold) this.#wishes.delete(name)
      else wish.untilSeq = answer.seq ?? null
    } catch (error) {
      this.#wishes.delete(name)
      throw error
    } finally {
      wish.running = null
      this.#ports.changed(new Set([wish.seq]))
    }
  }

  /** Answers which state was asked for: that of the last try, as another one may be wished between two. */
  async #ask(wish: Wish): Promise<{ readonly on: boolean; readonly answer: StateSet }> {
    const { roomId, connection, pause, random } = this.#ports
    for (let tries = 1; ; tries += 1) {
      await this.#whenLive()
      try {
        const { seq, key, on } = wish
        const { request } = connection
        const answer =
          key === null
            ? await request('pin:set', { roomId, seq, on })
            : await request('reaction:set', { roomId, seq, key, on })
        return { on, answer }
      } catch (error) {
        const isWorthIt = error instanceof ChatError && error.isRetryable && tries < TRIES
        if (!isWorthIt) throw error
        await pause(error.retryAfterMs ?? random() * Math.min(15_000, 500 * 2 ** tries))
      }
    }
  }

  /** Rejects after a minute without a connection, or when nobody tries any more to have one. */
  #whenLive(): Promise<void> {
    const { state } = this.#ports.connection
    const isOne = (statuses: readonly ConnectionStatus[]): boolean =>
      statuses.includes(state.current.status)
    const isReady = (): boolean => isOne(['live', 'catching-up'])
    if (isReady()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        unsubscribe()
      }
      const giveUp = (): void => {
        done()
        reject(unknownOutcome())
      }
      const timer = later(giveUp, OFFLINE_MS)
      const unsubscribe = state.subscribe(() => {
        if (isOne(['idle', 'ended'])) return giveUp()
        if (!isReady()) return
        done()
        resolve()
      })
    })
  }
}
