import type { User } from '@parley/message-schema'

export interface Person {
  readonly id: string
  readonly username: string | null
  readonly displayName: string
}

export interface PeoplePorts {
  readonly load: (ids: readonly string[]) => Promise<readonly User[]>
  readonly changed: () => void
}

const BATCH = 100

/** Names by id. Whoever is not known yet is asked for, many in one request. */
export class People {
  readonly #known = new Map<string, Person>()
  readonly #asked = new Set<string>()
  readonly #wanted = new Set<string>()
  readonly #ports: PeoplePorts

  constructor(ports: PeoplePorts) {
    this.#ports = ports
  }

  learn(people: readonly Person[]): void {
    for (const { id, username, displayName } of people) {
      this.#known.set(id, { id, username, displayName })
    }
  }

  /** `null` for now; `changed` follows once the name is there. */
  name(id: string): string | null {
    const person = this.#known.get(id)
    if (person === undefined) this.#want(id)
    return person?.displayName ?? null
  }

  idsOf(usernames: readonly string[]): string[] {
    const wanted = new Set(usernames.map((name) => name.toLowerCase()))
    return [...this.#known.values()]
      .filter(({ username }) => username !== null && wanted.has(username.toLowerCase()))
      .map(({ id }) => id)
  }

  #want(id: string): void {
    if (this.#asked.has(id)) return
    this.#asked.add(id)
    if (this.#wanted.size === 0) setTimeout(() => void this.#load(), 0)
    this.#wanted.add(id)
  }

  async #load(): Promise<void> {
    const ids = [...this.#wanted]
    this.#wanted.clear()
    for (let at = 0; at < ids.length; at += BATCH) {
      const some = ids.slice(at, at + BATCH)
      try {
        this.learn(await this.#ports.load(some))
        this.#ports.changed()
      } catch {
        // The next drawing asks again.
        for (const id of some) this.#asked.delete(id)
      }
    }
  }
}
