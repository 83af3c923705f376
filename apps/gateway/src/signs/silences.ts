import { ROLES, type Event, type UserRoom } from '@parley/message-schema'
import type { LocalUser } from '../sessions/local-users.ts'

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
        const room = this.#user(userId)?.rooms.get(roomId)
        if (room === undefined) continue
        if (action === 'mute') room.mutedUntil = until ?? FOR_EVER
        else if (action === 'unmute') delete room.mutedUntil
      }
    }
  }

  isSilenced(roomId: string, userId: string, nowMs: number): boolean {
    const room = this.#user(userId)?.rooms.get(roomId)
    if (room === undefined) return true
    if (room.mutedUntil !== undefined && Date.parse(room.mutedUntil) > nowMs) return true
    const closed = this.#closed.get(roomId)
    if (closed === undefined) return false
    return closed.archived || !isExempt(room.role)
  }

  #set(roomId: string, closed: Closed): void {
    if (closed.frozen || closed.archived) this.#closed.set(roomId, closed)
    else this.#closed.delete(roomId)
  }
}

const FOR_EVER = '9999-12-31T00:00:00.000Z'

const isExempt = (role: string): boolean =>
  Object.hasOwn(ROLES, role) &&
  ROLES[role as keyof typeof ROLES].permissions.has('moderation:exempt')
