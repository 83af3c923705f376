import type { Event, UserRoom } from '@parley/message-schema'
import { expect, test } from 'vitest'
import type { LocalUser } from '../sessions/local-users.ts'
import { standingsOf } from '../sessions/standings.ts'
import { Silences } from './silences.ts'

const room = 'room'
const NOW_MS = Date.parse('2026-01-01T12:00:00.000Z')

const aRoom = (more: Partial<UserRoom> = {}): UserRoom => ({
  roomId: room,
  head: 10,
  memberVersion: 1,
  role: 'member',
  joinedSeq: 1,
  visibleFrom: 1,
  ...more,
})

/** One person in one room, as MySQL said. */
function begin(more: Partial<UserRoom> = {}) {
  const rooms = [aRoom(more)]
  const ada = {
    id: 'ada',
    rooms: new Map([[room, 1]]),
    standings: standingsOf(rooms),
  } as unknown as LocalUser
  const silences = new Silences((userId) => (userId === 'ada' ? ada : undefined))
  silences.learn(rooms)
  return {
    ada,
    hear: (type: string, data: object) => silences.hear(room, [{ type, data } as unknown as Event]),
    isSilenced: (nowMs = NOW_MS) => silences.isSilenced(room, 'ada', nowMs),
  }
}

test('a plain member may write, and costs nothing beside their membership', () => {
  const { ada, isSilenced } = begin()
  expect(isSilenced()).toBe(false)
  expect(ada.standings).toBeUndefined()
})

test('who is in the room no more, or not here, is silenced', () => {
  const { ada, isSilenced } = begin()
  ada.rooms.clear()
  expect(isSilenced()).toBe(true)
  expect(new Silences(() => undefined).isSilenced(room, 'ada', NOW_MS)).toBe(true)
})

test('a mute that MySQL knows ends at its time', () => {
  const { isSilenced } = begin({ mutedUntil: '2026-01-01T13:00:00.000Z' })
  expect(isSilenced()).toBe(true)
  expect(isSilenced(NOW_MS + 3_600_001)).toBe(false)
})

test('a mute that is heard of counts at once, until it is taken back', () => {
  const { hear, isSilenced } = begin()
  hear('moderation:acted', { action: 'mute', userId: 'bob' })
  expect(isSilenced()).toBe(false)
  hear('moderation:acted', { action: 'mute', userId: 'ada' })
  expect(isSilenced()).toBe(true)
  hear('moderation:acted', { action: 'unmute', userId: 'ada' })
  expect(isSilenced()).toBe(false)
})

test('a freeze is for members, not for those who keep order; an archived room is for nobody', () => {
  const member = begin({ frozen: true })
  const moderator = begin({ frozen: true, role: 'moderator' })
  expect([member.isSilenced(), moderator.isSilenced()]).toEqual([true, false])
  // Also while they are muted, and after it.
  moderator.hear('moderation:acted', { action: 'mute', userId: 'ada' })
  expect(moderator.isSilenced()).toBe(true)
  moderator.hear('moderation:acted', { action: 'unmute', userId: 'ada' })
  expect(moderator.isSilenced()).toBe(false)
  for (const { hear } of [member, moderator]) hear('room:updated', { archived: true })
  expect([member.isSilenced(), moderator.isSilenced()]).toEqual([true, true])
  for (const { hear } of [member, moderator]) {
    hear('room:updated', { archived: false, frozen: false })
  }
  expect([member.isSilenced(), moderator.isSilenced()]).toEqual([false, false])
})
