import { afterEach, expect, test, vi } from 'vitest'
import { createLaggingStorage } from '../testing/lagging-storage.ts'
import { problem, startScriptedServer } from '../testing/scripted-server.ts'
import { createAccounts } from './create-accounts.ts'
import { createMemoryStorage, type SignInStorage } from './saved-sign-in.ts'

afterEach(() => vi.unstubAllGlobals())

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** As the API does it: a refresh token works once, and showing it again ends the session. */
async function startSessions({ lastsS = 900, skewMs = 0 } = {}) {
  const lastsFor = { seconds: lastsS }
  const state = {
    refreshes: 0,
    logouts: [] as string[],
    present: '',
    isRevoked: false,
    isAway: false,
  }
  let n = 0
  const userOf = (id: string) => ({
    id,
    username: id,
    displayName: id,
    avatarUrl: null,
    kind: 'account',
    createdAt: '2026-01-01T00:00:00.000Z',
  })
  const session = (id: string) => {
    n += 1
    const iat = Math.floor((Date.now() + skewMs) / 1_000)
    const exp = iat + lastsFor.seconds
    state.present = `refresh-${n}`
    return {
      user: userOf(id),
      accessToken: `${encode({ alg: 'none' })}.${encode({ sub: id, n, iat, exp })}.`,
      refreshToken: state.present,
      expiresAt: new Date(exp * 1_000).toISOString(),
    }
  }
  const server = await startScriptedServer(({ path, text, headers }) => {
    if (state.isAway) return 'cut'
    const body = JSON.parse(text || '{}') as { username?: string; refreshToken?: string }
    if (path === '/v1/auth/logout') {
      state.logouts.push(headers.authorization ?? '')
      return { status: 204 }
    }
    if (path !== '/v1/auth/refresh') {
      return { status: 200, body: session(body.username ?? 'guest') }
    }
    state.refreshes += 1
    if (state.isRevoked || body.refreshToken !== state.present) {
      state.isRevoked = true
      return problem('AUTH_REVOKED', 401)
    }
    return { status: 200, body: session('ada') }
  })
  return { server, state, lastsFor }
}

const ada = { username: 'ada', password: 'secret' }

test('an account answers the token that it has while it is good, and another one for a stale one', async () => {
  const { server, state } = await startSessions()
  await using _server = server
  const account = await createAccounts({ url: server.url }).signIn(ada)
  expect(account.user.current?.id).toBe('ada')
  const first = await account.getToken(null)
  expect(await account.getToken(null)).toBe(first)
  expect(state.refreshes).toBe(0)
  const second = await account.getToken(first)
  expect(second).not.toBe(first)
  // Whoever is late with the old one is given what is there by now.
  expect(await account.getToken(first)).toBe(second)
  expect(state.refreshes).toBe(1)
})

test('a token that ends soon is renewed before it is used', async () => {
  const { server, state, lastsFor } = await startSessions({ lastsS: 20 })
  await using _server = server
  const account = await createAccounts({ url: server.url }).signIn(ada)
  lastsFor.seconds = 900
  await Promise.all([account.getToken(null), account.getToken(null), account.getToken(null)])
  expect(state.refreshes).toBe(1)
})

test('a clock that is wrong does not make every token a stale one', async () => {
  const { server, state } = await startSessions({ skewMs: -3_600_000 })
  await using _server = server
  const account = await createAccounts({ url: server.url }).signIn(ada)
  await account.getToken(null)
  expect(state.refreshes).toBe(0)
})

/** `navigator.locks`, of which all tabs have the same. */
function createLocks() {
  let last: Promise<unknown> = Promise.resolve()
  return {
    request: (_name: string, run: () => Promise<unknown>) => {
      const result = last.then(run)
      last = result.catch(() => undefined)
      return result
    },
  }
}

/** Each tab has its own view of the same storage, as in a browser. */
function viewsOf(storage: SignInStorage, count: number): SignInStorage[] {
  return Array.from({ length: count }, () => ({ ...storage }))
}

test.each(['by Web Locks', 'by the storage alone, without HTTPS', 'in one program'])(
  'three tabs that renew at once use the refresh token once (%s)',
  async (how) => {
    const { server, state } = await startSessions()
    await using _server = server
    vi.stubGlobal('navigator', how === 'by Web Locks' ? { locks: createLocks() } : {})
    const storage = createMemoryStorage()
    let tabs = [storage, storage, storage]
    if (how === 'by Web Locks') tabs = viewsOf(storage, 3)
    if (how.startsWith('by the storage')) {
      vi.stubGlobal('document', {})
      tabs = createLaggingStorage(3, () => 20)
    }
    const [one = storage, ...others] = tabs
    const onEnd = vi.fn<(reason: string) => void>()
    const first = await createAccounts({ url: server.url, storage: one, onEnd }).signIn(ada)
    const key = `parley.session:${server.url}`
    await expect.poll(() => others.every((view) => view.getItem(key) !== null)).toBe(true)
    const accounts = [
      first,
      ...others.map((view) => createAccounts({ url: server.url, storage: view, onEnd }).saved()),
    ]
    const [stale = ''] = await Promise.all(accounts.map((account) => account?.getToken(null)))
    const tokens = await Promise.all(accounts.map((account) => account?.getToken(stale)))
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).not.toBe(stale)
    expect(state.refreshes).toBe(1)
    expect(onEnd).not.toHaveBeenCalled()
  },
)

test('a session that the server ended is over here, and that is told once', async () => {
  const { server, state } = await startSessions()
  await using _server = server
  const ends: string[] = []
  const storage = createMemoryStorage()
  const accounts = createAccounts({ url: server.url, storage, onEnd: (why) => ends.push(why) })
  const account = await accounts.signIn(ada)
  const token = await account.getToken(null)
  state.isRevoked = true
  const asked = [account.getToken(token), account.getToken(token)]
  for (const one of asked) {
    await expect(one).rejects.toMatchObject({ code: 'AUTH_REVOKED', isRetryable: false })
  }
  await expect(account.getToken(null)).rejects.toMatchObject({ isRetryable: false })
  expect(ends).toEqual(['revoked'])
  expect(account.user.current).toBeNull()
  expect(accounts.saved()).toBeNull()
})

test('a refresh that does not get through may be tried again', async () => {
  const { server, state } = await startSessions()
  await using _server = server
  const account = await createAccounts({ url: server.url }).signIn(ada)
  const token = await account.getToken(null)
  state.isAway = true
  await expect(account.getToken(token)).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    isRetryable: true,
  })
  state.isAway = false
  await expect(account.getToken(token)).resolves.not.toBe(token)
})

test('who signs out is out here at once, at the server too, and in the other tabs', async () => {
  const { server, state } = await startSessions()
  await using _server = server
  const tab = new EventTarget()
  vi.stubGlobal('addEventListener', tab.addEventListener.bind(tab))
  const storage = createMemoryStorage()
  const ends: string[] = []
  const mine = await createAccounts({ url: server.url, storage }).signIn(ada)
  const other = createAccounts({ url: server.url, storage, onEnd: (why) => ends.push(why) })
  const theirs = other.saved()
  const token = await mine.getToken(null)
  await mine.signOut()
  expect(state.logouts).toEqual([`Bearer ${token}`])
  expect(storage.getItem(`parley.session:${server.url}`)).toBeNull()
  const key = `parley.session:${server.url}`
  const told = Object.assign(new Event('storage'), { key, newValue: null, storageArea: storage })
  tab.dispatchEvent(told)
  expect(ends).toEqual(['signed-out'])
  expect(theirs?.user.current).toBeNull()
  await expect(theirs?.getToken(null)).rejects.toMatchObject({ code: 'AUTH_REVOKED' })
  expect(ends).toEqual(['signed-out'])
})

test('who signs out without a network is out here', async () => {
  const { server, state } = await startSessions()
  await using _server = server
  const accounts = createAccounts({ url: server.url })
  const account = await accounts.signIn(ada)
  state.isAway = true
  await account.signOut()
  expect(accounts.saved()).toBeNull()
  expect(account.user.current).toBeNull()
})

test('nobody is given the token of somebody else who has signed in here since', async () => {
  const { server } = await startSessions()
  await using _server = server
  const storage = createMemoryStorage()
  const ends: string[] = []
  const first = createAccounts({ url: server.url, storage, onEnd: (why) => ends.push(why) })
  const account = await first.signIn(ada)
  const second = createAccounts({ url: server.url, storage })
  const bob = await second.signIn({ username: 'bob', password: 'secret' })
  await expect(account.getToken(null)).rejects.toMatchObject({ isRetryable: false })
  expect(ends).toEqual(['signed-out'])
  await expect(bob.getToken(null)).resolves.toContain('.')
  expect(first.saved()?.user.current?.id).toBe('bob')
})

test('a session that is kept is there again after a reload', async () => {
  const { server } = await startSessions()
  await using _server = server
  const storage = createMemoryStorage()
  const before = await createAccounts({ url: server.url, storage }).guest('A guest')
  const accounts = createAccounts({ url: server.url, storage })
  const after = accounts.saved()
  expect(after).toBe(accounts.saved())
  expect(await after?.getToken(null)).toBe(await before.getToken(null))
  storage.setItem(`parley.session:${server.url}`, '{"user":1}')
  expect(createAccounts({ url: server.url, storage }).saved()).toBeNull()
})
