import { LIMITS, type Typing } from '@parley/message-schema'

interface Typist {
  readonly threadId: number | undefined
  readonly untilMs: number
}

/** So many are named at the same time; the rest are a number. */
const NAMED = 5

const named = (userId: string, on: boolean, threadId: number | undefined) => ({
  userId,
  on,
  ...(threadId !== undefined && { threadId }),
})

/** Who types in one room, and what of it was told. */
export class Typists {
  readonly #roomId: string
  readonly #typing = new Map<string, Typist>()
  #told = new Map<string, Typist>()
  #toldOthers = 0

  constructor(roomId: string) {
    this.#roomId = roomId
  }

  /** Nobody types, and that was told. */
  get isSilent(): boolean {
    return this.#typing.size === 0 && this.#told.size === 0
  }

  set(userId: string, on: boolean, threadId: number | undefined, nowMs: number): void {
    // A room that types has at most so many members; more is a mistake of somebody.
    const isFull = this.#typing.size >= LIMITS.typingMembers && !this.#typing.has(userId)
    if (!on) this.#typing.delete(userId)
    else if (!isFull) this.#typing.set(userId, { threadId, untilMs: nowMs + LIMITS.typingForMs })
  }

  /** Those who did not say it again have stopped. */
  expire(nowMs: number): void {
    for (const [userId, { untilMs }] of this.#typing) {
      if (untilMs <= nowMs) this.#typing.delete(userId)
    }
  }

  /** What has to be told; a typist who goes on is told again, since it holds for a while only. */
  take(): Typing | undefined {
    const first = new Map([...this.#typing].slice(0, NAMED))
    const others = this.#typing.size - first.size
    const users: Typing['users'] = []
    for (const [userId, { threadId }] of this.#told) {
      if (!first.has(userId)) users.push(named(userId, false, threadId))
    }
    for (const [userId, typist] of first) {
      if (this.#told.get(userId) !== typist) users.push(named(userId, true, typist.threadId))
    }
    if (users.length === 0 && others === this.#toldOthers) return undefined
    this.#told = first
    this.#toldOthers = others
    return this.#fact(users, others)
  }

  /** The same for one of the typists: what one does oneself is not told. */
  without(userId: string, { users, others = 0 }: Typing): Typing | undefined {
    const isCounted = this.#typing.has(userId) && !this.#told.has(userId)
    const left = users.filter((user) => user.userId !== userId)
    const leftOthers = isCounted ? others - 1 : others
    return left.length === 0 && leftOthers === 0 ? undefined : this.#fact(left, leftOthers)
  }

  /** Those to whom it is told in words of their own. */
  concerned({ users }: Typing): Set<string> {
    return new Set([...this.#typing.keys(), ...users.map(({ userId }) => userId)])
  }

  #fact(users: Typing['users'], others: number): Typing {
    return { roomId: this.#roomId, users, ...(others > 0 && { others }) }
  }
}
