import type { ChatRest } from './chat-rest.ts'

/** Names of the people of the room; whoever is new is looked up with everybody else. */
export class ChatPeople {
  readonly #names = new Map<string, string>()
  readonly #rest: ChatRest
  readonly #roomId: string

  constructor(rest: ChatRest, roomId: string) {
    this.#rest = rest
    this.#roomId = roomId
  }

  learn(id: string, name: string): void {
    this.#names.set(id, name)
  }

  name(id: string): string {
    return this.#names.get(id) ?? 'somebody'
  }

  /** Before something of theirs is printed. */
  async ensure(id: string): Promise<void> {
    if (this.#names.has(id)) return
    const members = await this.#rest.members(this.#roomId).catch(() => [])
    for (const { userId, displayName } of members) this.#names.set(userId, displayName)
  }
}
