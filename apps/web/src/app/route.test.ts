import { expect, test } from 'vitest'
import {
  besideThreadHref,
  inviteHref,
  messageHref,
  parseRoute,
  roomHref,
  settingsHref,
  threadHref,
} from './route.ts'

const room = { name: 'room', roomId: 'r1', focusSeq: null, threadSeq: null }

test.each([
  ['', { name: 'home' }],
  ['#/', { name: 'home' }],
  ['#/rooms', { name: 'home' }],
  ['#/nowhere/at/all', { name: 'home' }],
  [roomHref('r1'), room],
  [messageHref('r1', 7), { ...room, focusSeq: 7 }],
  [threadHref('r1', 9), { ...room, threadSeq: 9 }],
  [besideThreadHref('r1', 9, 7), { ...room, focusSeq: 7, threadSeq: 9 }],
  ['#/rooms/r1/threads/9/messages/x', { ...room, threadSeq: 9 }],
  ['#/rooms/r1/threads/x/messages/7', room],
  ['#/rooms/r1/messages/0', room],
  ['#/rooms/r1/messages/x', room],
  ['#/rooms/r1/messages/1e999', room],
  [inviteHref('abc_-'), { name: 'invite', code: 'abc_-' }],
  ['#/invite/', { name: 'home' }],
  [settingsHref('about'), { name: 'settings', tab: 'about' }],
  ['#/settings/unknown', { name: 'settings', tab: 'profile' }],
  ['#/settings', { name: 'settings', tab: 'profile' }],
])('the address %s leads where it says', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route)
})

test('an id is the same after it was in an address', () => {
  const roomId = 'a/b c%2F?#'
  expect(parseRoute(roomHref(roomId))).toEqual({ ...room, roomId })
})

test('an address that is not encoded well is read as it stands', () => {
  expect(parseRoute('#/rooms/%E0%A4%A')).toEqual({ ...room, roomId: '%E0%A4%A' })
})
