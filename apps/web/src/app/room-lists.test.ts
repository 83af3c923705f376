import type { RoomListItem } from '@parley/client'
import { describe, expect, test } from 'vitest'
import { matchRank, paletteSections } from '../palette/palette-sections.ts'
import { filterRooms } from '../sidebar/filter-rooms.ts'
import { noticesSince, seenOf } from './notices.ts'
import { roomBeside } from './use-app-shortcuts.ts'
import { roomTitle } from './room-title.ts'

interface RoomWords {
  readonly kind?: 'room' | 'dm' | 'group'
  readonly unread?: number
  readonly mentions?: number
  readonly notify?: 'all' | 'mentions' | 'none'
  readonly latestSeq?: number
  readonly from?: string
}

/** A row of the list of rooms, called `name` by its id. */
function room(name: string, words: RoomWords = {}): RoomListItem {
  const { kind = 'room', unread = 0, mentions = 0, notify = 'all', latestSeq, from } = words
  const isNamed = kind === 'room'
  return {
    info: {
      id: name.toLowerCase(),
      kind,
      name: isNamed ? name : null,
      visibility: 'public',
      topic: null,
      avatarUrl: null,
      head: 10,
      lastMsgNo: 10,
      memberCount: 2,
      frozen: false,
      archived: false,
      features: { typing: true, readReceipts: 'people', notifyAll: true },
      settings: { history: 'all', slowModeS: 0, retentionDays: null, roleOverrides: null },
      createdAt: '2026-01-01T00:00:00.000Z',
      me: {
        role: 'member',
        permissions: [],
        readSeq: 0,
        unread,
        mentions,
        mutedUntil: null,
        notify,
      },
      ...(isNamed ? {} : { peers: [{ id: `user-${name}`, displayName: name }] }),
    },
    latest:
      latestSeq === undefined
        ? null
        : {
            seq: latestSeq,
            senderId: from ?? 'somebody',
            senderName: 'Somebody',
            text: 'Hello',
            ts: '2026-01-01T00:00:00.000Z',
          },
    activeAt: 0,
  }
}

const idsOf = (rooms: readonly RoomListItem[]): string[] => rooms.map(({ info }) => info.id)
const ROOMS = [
  room('Kitchen'),
  room('Café Zürich', { unread: 3 }),
  room('Anna', { kind: 'dm', unread: 1 }),
  room('Ben', { kind: 'group' }),
]

test('a conversation is called by its people', () => {
  expect(roomTitle(room('Anna', { kind: 'dm' }).info)).toBe('Anna')
  expect(roomTitle({ kind: 'group', name: null, peers: [] })).toBe('Just you')
  expect(roomTitle({ kind: 'group', name: 'Trip' })).toBe('Trip')
})

describe('the list', () => {
  test('without a filter it is the very same list', () => {
    expect(filterRooms(ROOMS, 'all', '  ', null)).toBe(ROOMS)
  })

  test('names are found without accents and case', () => {
    expect(idsOf(filterRooms(ROOMS, 'all', 'cafe zur', null))).toEqual(['café zürich'])
  })

  test('direct messages are those of two and of a few', () => {
    expect(idsOf(filterRooms(ROOMS, 'direct', '', null))).toEqual(['anna', 'ben'])
  })

  test('the room that is open stays among the unread ones while it is read', () => {
    expect(idsOf(filterRooms(ROOMS, 'unread', '', null))).toEqual(['café zürich', 'anna'])
    expect(idsOf(filterRooms(ROOMS, 'unread', '', 'kitchen'))).toContain('kitchen')
  })
})

describe('going from room to room', () => {
  const isUnread = ({ info }: RoomListItem): boolean => (info.me?.unread ?? 0) > 0

  test('it goes round at the ends', () => {
    expect(roomBeside(ROOMS, 'ben', 1)).toBe('kitchen')
    expect(roomBeside(ROOMS, 'kitchen', -1)).toBe('ben')
    expect(roomBeside(ROOMS, null, 1)).toBe('kitchen')
    expect(roomBeside(ROOMS, null, -1)).toBe('ben')
  })

  test('it skips what is not wanted, and stays where nothing is', () => {
    expect(roomBeside(ROOMS, 'kitchen', 1, isUnread)).toBe('café zürich')
    expect(roomBeside(ROOMS, 'kitchen', -1, isUnread)).toBe('anna')
    expect(roomBeside([room('Kitchen', { unread: 1 })], 'kitchen', 1, isUnread)).toBeNull()
    expect(roomBeside([], null, 1)).toBeNull()
  })
})

describe('notices', () => {
  const seen = seenOf([room('Kitchen', { latestSeq: 5 }), room('Anna', { kind: 'dm' })])

  test('a new message of somebody else is told once', () => {
    const rooms = [room('Kitchen', { latestSeq: 6 })]
    expect(noticesSince(seen, rooms, 'me')).toMatchObject([
      { roomId: 'kitchen', seq: 6, title: 'Kitchen', body: 'Somebody: Hello' },
    ])
    expect(noticesSince(seenOf(rooms), rooms, 'me')).toEqual([])
  })

  test('mine is not, nor what a room is silent about', () => {
    expect(noticesSince(seen, [room('Kitchen', { latestSeq: 6, from: 'me' })], 'me')).toEqual([])
    const silent = room('Kitchen', { latestSeq: 6, notify: 'none', mentions: 1 })
    expect(noticesSince(seen, [silent], 'me')).toEqual([])
  })

  test('where only mentions count others are not told', () => {
    const plain = room('Kitchen', { latestSeq: 6, notify: 'mentions' })
    expect(noticesSince(seen, [plain], 'me')).toEqual([])
    const mention = room('Kitchen', { latestSeq: 6, notify: 'mentions', mentions: 1 })
    expect(noticesSince(seen, [mention], 'me')).toHaveLength(1)
  })

  test('a room that has just come is not news', () => {
    expect(noticesSince(seen, [room('New', { latestSeq: 2 })], 'me')).toEqual([])
  })
})

describe('the palette', () => {
  test('a name that begins so comes before one that has it in the middle', () => {
    expect(matchRank('Kitchen', 'kit')).toBe(0)
    expect(matchRank('The kitchen', 'kit')).toBe(1)
    expect(matchRank('Sickit', 'kit')).toBe(2)
    expect(matchRank('Garden', 'kit')).toBeNull()
  })

  test('it leaves out the open room, and people with whom there is a conversation', () => {
    const users = ['user-Anna', 'user-Zoe'].map((id) => ({
      id,
      username: id,
      displayName: id,
      avatarUrl: null,
      kind: 'account' as const,
      createdAt: '2026-01-01T00:00:00.000Z',
    }))
    const actions = [{ id: 'action:x', label: 'An action' }]
    const query = { words: 'a', roomId: 'kitchen', rooms: ROOMS, people: users, actions }
    const ids = paletteSections(query).map(({ entries }) => entries.map(({ id }) => id))
    expect(ids).toEqual([['room:anna', 'room:café zürich'], ['person:user-Zoe'], ['action:x']])
  })
})
