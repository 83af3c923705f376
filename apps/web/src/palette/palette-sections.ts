import type { RoomListItem } from '@parley/client'
import type { User } from '@parley/message-schema'
import type { LucideIcon } from 'lucide-react'
import { roomTitle } from '../app/room-title.ts'
import { plain } from '../sidebar/filter-rooms.ts'

export interface PaletteEntry {
  /** `room:…`, `person:…` or `action:…`. */
  readonly id: string
  readonly label: string
  readonly note?: string
  readonly shortcut?: string
  readonly icon?: LucideIcon
  readonly face?: {
    readonly seed: string
    readonly url: string | null
    readonly shape: 'round' | 'square'
  }
}

export interface PaletteSection {
  readonly id: string
  readonly title: string
  readonly entries: readonly PaletteEntry[]
}

export interface PaletteQuery {
  readonly words: string
  /** The room that is open: one is there already. */
  readonly roomId: string | null
  readonly rooms: readonly RoomListItem[]
  readonly people: readonly User[]
  readonly actions: readonly PaletteEntry[]
}

const ROOMS = 8
const PEOPLE = 6

/** How well a name answers: 0 it begins so, 1 a word of it does, 2 it has it somewhere; `null` not at all. */
export function matchRank(name: string, words: string): number | null {
  const [text, wanted] = [plain(name), plain(words.trim())]
  if (text.startsWith(wanted)) return 0
  const at = text.indexOf(wanted)
  if (at === -1) return null
  return text.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 1 : 2
}

function best<Thing>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
  words: string,
): readonly Thing[] {
  return things
    .map((thing) => ({ thing, rank: matchRank(nameOf(thing), words) }))
    .filter(({ rank }) => rank !== null)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ thing }) => thing)
}

function unreadNote({ info }: RoomListItem): { note?: string } {
  const unread = info.me?.unread ?? 0
  return unread === 0 ? {} : { note: `${unread} unread` }
}

const roomEntry = (room: RoomListItem): PaletteEntry => ({
  id: `room:${room.info.id}`,
  label: roomTitle(room.info),
  ...unreadNote(room),
  face: {
    seed: room.info.kind === 'dm' ? (room.info.peers?.[0]?.id ?? room.info.id) : room.info.id,
    url: room.info.avatarUrl,
    shape: room.info.kind === 'room' ? 'square' : 'round',
  },
})

const personEntry = (user: User): PaletteEntry => ({
  id: `person:${user.id}`,
  label: user.displayName,
  ...(user.username === null ? {} : { note: `@${user.username}` }),
  face: { seed: user.id, url: user.avatarUrl, shape: 'round' },
})

/** What the palette shows, best first. People with whom one has a conversation are there as that. */
export function paletteSections(query: PaletteQuery): readonly PaletteSection[] {
  const { words, roomId, people, actions } = query
  const others = query.rooms.filter(({ info }) => info.id !== roomId)
  const rooms = best(others, ({ info }) => roomTitle(info), words).slice(0, ROOMS)
  const partners = new Set(
    query.rooms.flatMap(({ info }) =>
      info.kind === 'dm' ? (info.peers ?? []).map(({ id }) => id) : [],
    ),
  )
  const strangers = people.filter(({ id }) => !partners.has(id)).slice(0, PEOPLE)
  const isSearch = words.trim() !== ''
  return [
    { id: 'rooms', title: isSearch ? 'Rooms' : 'Recent', entries: rooms.map(roomEntry) },
    { id: 'people', title: 'People', entries: strangers.map(personEntry) },
    { id: 'actions', title: 'Actions', entries: best(actions, ({ label }) => label, words) },
  ].filter(({ entries }) => entries.length > 0)
}
