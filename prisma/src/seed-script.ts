import type { PersonName } from './seed-people.ts'

/** Who says what, how many minutes after the line before, and what becomes of it. */
type Line = readonly [who: PersonName, afterMinutes: number, text: string, change?: Change]

/** `edited`: the text that stands there now. `deleted`: only a tombstone stands there now. */
export type Change = { readonly edited: string } | { readonly deleted: true }

/** Lines that follow each other, beginning on an earlier day, or some minutes ago. */
export interface Scene {
  readonly begins:
    | { readonly daysAgo: number; readonly at: string }
    | { readonly minutesAgo: number }
  readonly lines: readonly Line[]
}

export interface RoomScript {
  readonly kind: 'room' | 'dm' | 'group'
  readonly name: string | null
  readonly visibility: 'public' | 'private'
  readonly topic: string | null
  readonly createdDaysAgo: number
  /** The first one made the room. */
  readonly members: readonly PersonName[]
  readonly scenes: readonly Scene[]
  /** How many of the last messages somebody has not read yet. Everybody else has read all. */
  readonly unread?: Partial<Record<PersonName, number>>
}
