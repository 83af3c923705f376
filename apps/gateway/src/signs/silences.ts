import type { Event, UserRoom } from '@parley/message-schema'
import type { LocalUser } from '../sessions/local-users.ts'
import type { Standing } from '../sessions/standings.ts'

interface Closed {
  frozen: boolean
  archived: boolean
}

/**
 * Who may not write now, as far as this gateway has heard: enough to not say that they type. Whether
 * they may send is decided where it is stored.
 */
export class Silences {
  readonly #user: (userId: string) => LocalUser | undefined
  readonly #closed = new Map<string, Closed>()

  constructor(user: (userId: string) => LocalUser | undefined) {
    this.#user = user
  }

  /** As MySQL says. */
  learn(rooms: Iterable<UserRoom>): void {
    for (const { roomId, frozen = false, archived = false } of rooms) {
      this.#set(roomId, { frozen, archived })
    }
  }

  hear(roomId: string, events: readonly Event[]): void {
    for (const event of events) {
      if (event.type === 'room:updated') {
        const before = this.#closed.get(roomId)
        const { frozen = before?.frozen ?? false, archived = before?.archived ?? false } =
          event.data
        this.#set(roomId, { frozen, archived })
      } else if (event.type === 'moderation:acted') {
        const { action, userId, until } = event.data
        if (action === 'mute') this.#mute(roomId, userId, until ?? FOR_EVER)
        else if (action === 'unmute') this.#mute(roomId, userId, undefined)
      }
    }
  }

  isSilenced(roomId: string, userId: string, nowMs: number): boolean {
    const user = this.#user(userId)
    if (user?.rooms.has(roomId) !== true) return true
    const { isExempt, mutedUntil } = user.standings?.get(roomId) ?? MEMBER
    if (mutedUntil !== undefined && Date.parse(mutedUntil) > nowMs) return true
    const closed = this.#closed.get(roomId)
    if (closed === undefined) return false
    return closed.archived || !isExempt
  }

  #mute(roomId: string, userId: string, mutedUntil: string | undefined): void {
    const user = this.#user(userId)
    if (user?.rooms.has(roomId) !== true) return
    const { isExempt } = user.standings?.get(roomId) ?? MEMBER
    user.standings ??= new Map()
    user.standings.set(roomId, { isExempt, mutedUntil })
  }

  #set(roomId: string, closed: Closed): void {
    if (closed.frozen || closed.archived) this.#closed.set(roomId, closed)
    else this.#closed.delete(roomId)
  }
}

const FOR_EVER = '9999-12-31T00:00:00.000Z'
const MEMBER: Standing = { isExempt: false, mutedUntil: undefined }
