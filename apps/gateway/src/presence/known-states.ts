import { mergeEntries, type PresenceEntry, type PresenceState } from '@parley/message-schema'

/** What is told of somebody to whoever may see all of it. */
export interface KnownState {
  readonly state: PresenceState
  /** Of somebody who was seen leaving while they were watched. */
  readonly seenAt: string | undefined
}

const toMinute = (atMs: number): string =>
  new Date(Math.floor(atMs / 60_000) * 60_000).toISOString()

/**
 * How the watched users are, as it was read last. Somebody who has vanished without having been seen
 * leaving is doubted for a while: their gateway has died and they come back on another, or Redis has
 * lost everything and it is being written again.
 */
export class KnownStates {
  readonly #doubtMs: number
  readonly #known = new Map<string, KnownState>()
  readonly #leftAtMs = new Map<string, number>()
  readonly #doubtedUntilMs = new Map<string, number>()

  constructor(doubtMs: number) {
    this.#doubtMs = doubtMs
  }

  get(userId: string): KnownState | undefined {
    return this.#known.get(userId)
  }

  forget(userId: string): void {
    this.#known.delete(userId)
    this.#leftAtMs.delete(userId)
    this.#doubtedUntilMs.delete(userId)
  }

  /** One of their gateways has seen them leave. */
  left(userId: string, atMs: number): void {
    this.#leftAtMs.set(userId, atMs)
  }

  /** Those who are to be read again to know whether they are gone. */
  doubted(nowMs: number): string[] {
    return [...this.#doubtedUntilMs].flatMap(([userId, untilMs]) =>
      untilMs <= nowMs ? [userId] : [],
    )
  }

  /** Whether others are to be told. */
  learn(userId: string, entries: readonly PresenceEntry[], nowMs: number): boolean {
    const before = this.#known.get(userId)
    const wasThere = before !== undefined && before.state.status !== 'offline'
    const leftAtMs = this.#leftAtMs.get(userId)
    if (wasThere && entries.length === 0 && leftAtMs === undefined) {
      const untilMs = this.#doubtedUntilMs.get(userId) ?? nowMs + this.#doubtMs
      this.#doubtedUntilMs.set(userId, untilMs)
      if (nowMs < untilMs) return false
    }
    this.#doubtedUntilMs.delete(userId)
    this.#leftAtMs.delete(userId)
    const state = mergeEntries(userId, entries)
    const isGone = wasThere && state.status === 'offline'
    const seenAt = isGone ? toMinute(leftAtMs ?? nowMs) : before?.seenAt
    this.#known.set(userId, { state, seenAt })
    return before === undefined || !isSame(before.state, state)
  }
}

const isSame = (a: PresenceState, b: PresenceState): boolean =>
  a.status === b.status && a.text === b.text
