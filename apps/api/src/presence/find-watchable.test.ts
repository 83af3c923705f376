import { DEFAULT_PRIVACY, type Privacy, type Watchable } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { createFindWatchable, isInAudience } from './find-watchable.ts'

test.each([
  ['everybody', ['self', 'contact', 'roommate']],
  ['contacts', ['self', 'contact']],
  ['nobody', ['self']],
] as const)('%s are %j', (audience, seeing) => {
  const all = ['self', 'contact', 'roommate', 'stranger'] as const
  expect(all.filter((nearness) => isInAudience(audience, nearness))).toEqual(seeing)
})

const at = new Date('2026-03-01T10:20:30.456Z')

/** Ada shares a small room with Bob, a large one with Eve, and has blocked Mia, who is in both. */
function find(privacy: Partial<Privacy> = {}) {
  let asked = 0
  const findWatchable = createFindWatchable({
    presence: {
      shares: async (watcherId) => {
        asked += 1
        if (watcherId === 'bob' || watcherId === 'mia')
          return new Map([['ada', { isContact: true }]])
        if (watcherId === 'eve') return new Map([['ada', { isContact: false }]])
        return new Map()
      },
      lastSeen: async () => new Map([['ada', at]]),
    },
    blocks: { whoBlocks: async (watcherId) => (watcherId === 'mia' ? ['ada'] : []) },
    prefs: { privacyOf: async () => new Map([['ada', { ...DEFAULT_PRIVACY, ...privacy }]]) },
  })
  const by = async (watcherId: string): Promise<Watchable | undefined> =>
    (await findWatchable([{ watcherId, userIds: ['ada'] }]))[0]?.[0]
  return { findWatchable, by, asked: () => asked }
}

test('a stranger and who is blocked are answered the same', async () => {
  const { by } = find()
  const nothing = { presence: false, lastSeen: false }
  expect(await by('stranger')).toMatchObject(nothing)
  expect(await by('mia')).toEqual(await by('stranger'))
  expect(await by('bob')).toEqual({
    userId: 'ada',
    presence: true,
    lastSeen: true,
    lastSeenAt: '2026-03-01T10:20:00.000Z',
  })
})

test('when one was last there is not told to whom it is not told that one is there', async () => {
  const { by } = find({ presence: 'contacts', lastSeen: 'everybody' })
  expect(await by('bob')).toMatchObject({ presence: true, lastSeen: true })
  expect(await by('eve')).toMatchObject({ presence: false, lastSeen: false })
  expect(await by('ada')).toMatchObject({ presence: true, lastSeen: true })
  const { by: other } = find({ lastSeen: 'contacts' })
  expect(await other('eve')).toMatchObject({ presence: true, lastSeen: false })
})

test('many asks are answered in their order', async () => {
  const { findWatchable, asked } = find()
  const watchers = ['bob', 'mia', 'eve', 'stranger', 'bob', 'mia', 'ada']
  const answers = await findWatchable(
    watchers.map((watcherId) => ({ watcherId, userIds: ['ada', 'nobody'] })),
  )
  expect(answers.map(([ada, nobody]) => [ada?.presence, nobody?.presence])).toEqual(
    [true, false, true, false, true, false, true].map((isSeen) => [isSeen, false]),
  )
  expect(asked()).toBe(watchers.length)
})
