import { expect, test } from 'vitest'
import { hostUserChanges } from './host-users.ts'

const known = {
  id: 'ada',
  isHost: true,
  displayName: 'Ada',
  avatarUrl: 'https://host.example/a.png',
}

test('only what is new is written', () => {
  const asks = [
    { id: 'ada', host: { displayName: 'Ada' } },
    { id: 'bob', host: {} },
  ]
  expect(hostUserChanges(asks, [known])).toEqual({
    changed: [{ id: 'bob', displayName: 'bob', avatarUrl: null }],
    refused: new Set(),
  })
})

test('a user of ours is refused and not written', () => {
  const { changed, refused } = hostUserChanges(
    [{ id: 'ada', host: { displayName: 'Mallory' } }],
    [{ ...known, isHost: false }],
  )
  expect(changed).toEqual([])
  expect(refused).toEqual(new Set(['ada']))
})

test('names are made to fit, and addresses of pictures are those of the web', () => {
  const changeOf = (host: { displayName?: string; avatarUrl?: string }) =>
    hostUserChanges([{ id: 'ada', host }], []).changed[0]
  expect(changeOf({ displayName: ` ${'😀'.repeat(200)}` })?.displayName).toBe('😀'.repeat(80))
  expect(changeOf({ displayName: ' \n ' })?.displayName).toBe('ada')
  expect(changeOf({ displayName: 'a\ud800' })?.displayName).toBe('a\ufffd')
  for (const avatarUrl of [
    'javascript:alert(1)',
    'data:text/html,x',
    '/a.png',
    `https://x/${'a'.repeat(3_000)}`,
  ]) {
    expect(changeOf({ avatarUrl })?.avatarUrl).toBeNull()
  }
})
