import type { SeenBatch } from '@parley/message-schema'
import type { Logger } from '@parley/server-kit'

export interface LastSeenPorts {
  readonly store: (batch: SeenBatch) => Promise<void>
  readonly logger: Logger
}

const AT_ONCE = 500
/** While the API is away; whoever is beyond it is noted when they are seen again. */
const WAITING = 100_000

/** When people were last here, gathered and stored in batches. What cannot be stored is tried again. */
export class LastSeen {
  readonly #ports: LastSeenPorts
  #waiting = new Map<string, number>()
  #storing: Promise<void> | undefined

  constructor(ports: LastSeenPorts) {
    this.#ports = ports
  }

  readonly note = (userId: string, atMs: number): void => {
    if (this.#waiting.size < WAITING || this.#waiting.has(userId)) this.#waiting.set(userId, atMs)
  }

  /** Never rejects. */
  async flush(): Promise<void> {
    this.#storing ??= this.#store().finally(() => {
      this.#storing = undefined
    })
    await this.#storing
  }

  async #store(): Promise<void> {
    while (this.#waiting.size > 0) {
      const part = [...this.#waiting].slice(0, AT_ONCE)
      for (const [userId] of part) this.#waiting.delete(userId)
      const users = part.map(([userId, atMs]) => ({ userId, at: new Date(atMs).toISOString() }))
      try {
        await this.#ports.store({ users })
      } catch (error) {
        for (const [userId, atMs] of part) {
          if (!this.#waiting.has(userId)) this.note(userId, atMs)
        }
        this.#ports.logger.debug({ err: error }, 'could not store when people were last seen')
        return
      }
    }
  }
}
