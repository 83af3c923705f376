import { expect, test } from 'vitest'
import { byteWords, fitBox } from './byte-words.ts'
import { waitWords } from './composer-notes.tsx'
import { mentionAt, mentionsOf } from './mention-words.ts'
import { namesWords } from './names-words.ts'
import { shownUrl } from './shown-url.ts'
import { typingWords } from './typing-words.ts'
import { withoutLooseDividers } from './menu-dividers.ts'
import { putSuggestion } from './use-suggest.ts'
import { slowModeLeft, whyNotWrite } from './write-refusal.ts'

test('who types is said by name as far as there is room', () => {
  expect(typingWords([])).toBe('')
  expect(typingWords(['Anna'])).toBe('Anna is typing…')
  expect(typingWords(['Anna', 'Ben'])).toBe('Anna and Ben are typing…')
  expect(typingWords(['Anna', 'Ben', 'Chen'])).toBe('Anna, Ben and Chen are typing…')
  expect(typingWords(['Anna', 'Ben', 'Chen'], 4)).toBe('Anna and 6 others are typing…')
  expect(typingWords(['Anna'], 1)).toBe('Anna and 1 other are typing…')
  expect(typingWords([], 1)).toBe('Somebody is typing…')
})

test('a name is written after an @ that begins a word', () => {
  expect(mentionAt('hi @an', 6)).toEqual({ from: 3, words: 'an' })
  expect(mentionAt('@', 1)).toEqual({ from: 0, words: '' })
  expect(mentionAt('@Anna Ma', 8)).toEqual({ from: 0, words: 'Anna Ma' })
  expect(mentionAt('你好@小', 4)).toEqual({ from: 2, words: '小' })
  for (const [text, caret] of [
    ['a@b.de', 6],
    ['@ anna', 6],
    ['no', 2],
    ['@anna\nx', 7],
    ['@', 0],
  ] as const) {
    expect(mentionAt(text, caret)).toBeNull()
  }
})

test('a picked name takes the place of what was begun', () => {
  const text = 'hi @an there'
  expect(putSuggestion(text, { from: 3, words: 'an' }, '@Anna Maria')).toEqual({
    text: 'hi @Anna Maria there',
    caret: 15,
  })
})

test('only those who were picked and are still in the text are mentioned', () => {
  const picked = [
    { userId: '1', name: 'Anna' },
    { userId: '2', name: 'Ben' },
    { userId: null, name: 'room' },
  ]
  expect(mentionsOf('@Anna and @room', picked)).toEqual({ mentions: ['1'], mentionAll: 'room' })
  expect(mentionsOf('@Annabel @Ben, hi', picked)).toEqual({ mentions: ['2'], mentionAll: null })
  expect(mentionsOf('@Ben', [])).toEqual({ mentions: [], mentionAll: null })
})

test('what is left of slow mode is said in the unit one thinks in', () => {
  expect([1, 59, 60, 516, 3_600, 21_605].map(waitWords)).toEqual([
    '1 s',
    '59 s',
    '1:00 min',
    '8:36 min',
    '1:00:00 h',
    '6:00:05 h',
  ])
})

test('names, sizes and boxes are written as people do', () => {
  expect(namesWords(['a']).join('')).toBe('a')
  expect(namesWords(['a', 'b', 'c']).join('')).toBe('a, b and c')
  expect([0, 999, 1_400, 25_000_000].map(byteWords)).toEqual(['0 B', '999 B', '1.4 KB', '25 MB'])
  const most = { width: 380, height: 320 }
  expect(fitBox({ width: 3_800, height: 1_000 }, most)).toEqual({ width: 380, height: 100 })
  expect(fitBox({ width: 100, height: 90 }, most)).toEqual({ width: 100, height: 90 })
  expect(fitBox({}, most)).toEqual({ width: 240, height: 180 })
})

test('only addresses that cannot run in a page are shown as such', () => {
  expect(shownUrl('https://example.com/a')).toBe('https://example.com/a')
  expect(shownUrl('http://example.com/a', 'https:')).toBeNull()
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', '/v1/files', undefined]) {
    expect(shownUrl(bad)).toBeNull()
  }
})

test('lines divide groups, and never begin or end a menu', () => {
  const entry = { id: 'a', label: 'A', onAction: () => undefined }
  expect(
    withoutLooseDividers(['divider-1', entry, 'divider-2', 'divider-3', entry, 'divider-4']),
  ).toEqual([entry, 'divider-3', entry])
})

const ME = {
  role: 'member',
  permissions: ['message:send' as const],
  readSeq: 0,
  unread: 0,
  mentions: 0,
  mutedUntil: null,
  notify: 'all' as const,
}
const ROOM = { me: ME, archived: false, frozen: false, kind: 'room' as const, peers: [] }

test('why one may not write is said, and until when', () => {
  const now = Date.parse('2026-05-03T12:00:00Z')
  const why = (change: object, blocked: readonly string[] = []) =>
    whyNotWrite({ ...ROOM, ...change }, new Set(blocked), now)
  expect(why({})).toBeNull()
  expect(why({ archived: true })?.name).toBe('archived')
  expect(why({ frozen: true })?.name).toBe('frozen')
  expect(
    why({ me: { ...ME, permissions: ['message:send', 'moderation:exempt'] }, frozen: true }),
  ).toBeNull()
  expect(why({ me: { ...ME, permissions: [] } })?.name).toBe('forbidden')
  expect(why({ me: { ...ME, mutedUntil: '2026-05-03T13:00:00Z' } })).toMatchObject({
    name: 'muted',
    until: now + 3_600_000,
  })
  expect(why({ me: { ...ME, mutedUntil: '2026-05-03T11:00:00Z' } })).toBeNull()
  const peers = [{ id: 'ben', displayName: 'Ben' }]
  expect(why({ kind: 'dm', peers }, ['ben'])?.name).toBe('blocked')
  expect(why({ kind: 'dm', peers }, ['anna'])).toBeNull()
  expect(why({ me: undefined })?.name).toBe('not-member')
})

test('slow mode counts from the last message of mine', () => {
  expect(slowModeLeft(30, null, 1_000)).toBe(0)
  expect(slowModeLeft(30, 1_000, 11_000)).toBe(20_000)
  expect(slowModeLeft(30, 1_000, 40_000)).toBe(0)
  expect(slowModeLeft(30, 3_600_000, 40_000)).toBe(30_000)
})
