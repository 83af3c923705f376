import { expect, test } from 'vitest'
import { createAccessToken } from './access-token.ts'
import type { SavedSession } from './saved-session.ts'

const session = (n: number, expiresAt: number): SavedSession => ({
  user: {
    id: 'alice',
    username: 'alice',
    displayName: 'Alice',
    avatarUrl: null,
    kind: 'account',
    createdAt: '2026-01-01T00:00:00.000Z',
  },
  accessToken: `access-${n}`,
  refreshToken: `refresh-${n}`,
  expiresAt: new Date(expiresAt).toISOString(),
})

function setUp(saved: SavedSession | null) {
  const used: string[] = []
  let last: Promise<unknown> = Promise.resolve()
  const token = createAccessToken({
    read: () => saved,
    write: (next) => (saved = next),
    refresh: async (refreshToken) => {
      used.push(refreshToken)
      return session(used.length + 1, 600_000)
    },
    exclusively: (run) => {
      const result = last.then(run, run)
      last = result
      return result
    },
    now: () => 0,
  })
  return { token, used }
}

test('a token that is good for a while is used as it is', async () => {
  const { token, used } = setUp(session(1, 600_000))

  await expect(token.current()).resolves.toBe('access-1')
  expect(used).toEqual([])
})

test('a refresh token is used once, however many ask at the same time', async () => {
  const { token, used } = setUp(session(1, 5_000))

  await expect(Promise.all([token.current(), token.renew('access-1')])).resolves.toEqual([
    'access-2',
    'access-2',
  ])
  expect(used).toEqual(['refresh-1'])
})

test('without a session there is nothing to renew', async () => {
  const { token } = setUp(null)

  await expect(token.current()).rejects.toMatchObject({ code: 'AUTH_REQUIRED' })
})
