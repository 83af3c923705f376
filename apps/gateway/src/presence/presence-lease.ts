import type { Logger } from '@parley/server-kit'
import type { HereUsers, PresenceChange } from './here-users.ts'

/** Where entries are kept for as long as this gateway lives. Everything rejects while that is away. */
export interface EntryStore {
  readonly beat: (nowMs: number) => Promise<boolean>
  readonly write: (changes: ReadonlyMap<string, string | null>) => Promise<void>
  readonly replace: (entries: ReadonlyMap<string, string>, nowMs: number) => Promise<void>
  readonly leave: (forMs: number) => Promise<void>
}

export interface PresenceLeasePorts {
  readonly here: HereUsers
  readonly store: EntryStore
  /** To the gateways that watch these users. May be lost. */
  readonly tell: (changes: ReadonlyMap<string, PresenceChange>) => void
  /** To all gateways: anybody here may have changed. */
  readonly tellAll: () => void
  readonly logger: Logger
}

/** What changes in so short a time is written together. */
const GATHER_MS = 50

/**
 * Keeps what this gateway says of its users where others read it. Whatever went wrong, the remedy is
 * the same: all of it is written anew at the next beat.
 */
export class PresenceLease {
  readonly #ports: PresenceLeasePorts
  #isWhole = false
  #timer: NodeJS.Timeout | undefined
  #working: Promise<void> | undefined
  #hasLeft = false

  constructor(ports: PresenceLeasePorts) {
    this.#ports = ports
  }

  /** Entries have changed. */
  readonly changed = (): void => {
    if (!this.#isWhole || this.#hasLeft) return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.#inTurn(() => this.#write())
    }, GATHER_MS)
  }

  /** Renews the lease, or writes everything if it was lost. Never rejects. */
  async beat(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#isWhole) this.#isWhole = await this.#ports.store.beat(Date.now())
      if (!this.#isWhole) await this.#replace()
    })
  }

  /** Redis was away: nobody knows what it has kept. */
  async back(): Promise<void> {
    this.#isWhole = false
    await this.beat()
  }

  /** What was said stays for as long as those who were here may take to come back elsewhere. */
  async leave(forMs: number): Promise<void> {
    this.#hasLeft = true
    clearTimeout(this.#timer)
    await this.#working
    await this.#ports.store.leave(forMs).catch(() => undefined)
  }

  async #write(): Promise<void> {
    const changes = this.#ports.here.takeChanges()
    if (changes.size === 0) return
    await this.#ports.store.write(
      new Map(Array.from(changes, ([userId, { entry }]) => [userId, entry])),
    )
    this.#ports.tell(changes)
  }

  async #replace(): Promise<void> {
    const changes = this.#ports.here.takeChanges()
    const entries = this.#ports.here.entries()
    await this.#ports.store.replace(entries, Date.now())
    this.#isWhole = true
    this.#ports.tell(changes)
    if (entries.size > 0) this.#ports.tellAll()
    // Who came while this was being written is in none of it, and nothing was planned for them.
    this.changed()
  }

  /** One after the other: what is newer must not be overtaken by what is older. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const before = this.#working ?? Promise.resolve()
    const mine = before.then(async () => {
      if (this.#hasLeft) return
      try {
        await work()
      } catch (error) {
        this.#isWhole = false
        this.#ports.logger.debug({ err: error }, 'could not keep presence')
      }
    })
    this.#working = mine
    return mine
  }
}
