import type { User } from '@parley/message-schema'
import { expect, test, vi } from 'vitest'
import { createCallRoute } from '../rest/create-call-route.ts'
import { problem, startScriptedServer, type Scripted } from '../testing/scripted-server.ts'
import type { Store } from '../store.ts'
import { createPeople } from './create-people.ts'
import { createPersonStores } from './person-stores.ts'

const userOf = (id: string, displayName = `The ${id}`): User => ({
  id,
  username: id,
  displayName,
  avatarUrl: null,
  kind: 'account',
  createdAt: '2026-01-01T00:00:00.000Z',
})

const page = (data: unknown[], more: object = {}): Scripted => ({
  status: 200,
  body: { data, page: { before: null, after: null, hasMoreAfter: false, ...more } },
})

const idsOf = (path: string): string[] =>
  (new URL(path, 'http://x').searchParams.get('ids') ?? '').split(',')

function open(url: string, now = Date.now) {
  const call = createCallRoute({ url, getToken: async () => 'token', retries: 0 })
  return createPeople({ call, now, sleep: () => new Promise((resolve) => setTimeout(resolve, 1)) })
}

const known = <Value>(store: Store<Value | null>): Promise<Value> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (store.current === null) return
      resolve(store.current)
      end()
    }
    const end = store.subscribe(look)
    look()
  })

test('who is on one screen is read at once, a hundred in a request', async () => {
  await using server = await startScriptedServer(({ path }) =>
    page(idsOf(path).map((id) => userOf(id))),
  )
  const people = open(server.url)
  const stores = Array.from({ length: 150 }, (_, n) => people.get(`u${n}`))
  expect(stores[0]?.current).toBeNull()
  expect(people.get('u0')).toBe(stores[0])
  const users = await Promise.all(stores.map((store) => known(store)))
  expect(users.at(-1)?.displayName).toBe('The u149')
  expect(server.asked.map(({ path }) => idsOf(path).length)).toEqual([100, 50])
  people.get('u1')
  expect(server.asked).toHaveLength(2)
})

test('whoever was told of need not be asked for, and a change is seen by all', async () => {
  await using server = await startScriptedServer(() => page([]))
  const people = open(server.url)
  people.remember([userOf('ada')])
  const store = people.get('ada')
  const before = store.current
  expect(before).toEqual(userOf('ada'))
  people.remember([userOf('ada')])
  expect(store.current).toBe(before)
  people.remember([{ id: 'ada', username: 'ada', displayName: 'Countess', avatarUrl: null }])
  expect(store.current).toEqual(userOf('ada', 'Countess'))
  expect(server.asked).toEqual([])
})

test('ids that no list can hold are read by themselves, and no answer is too long for an address', async () => {
  await using server = await startScriptedServer(({ path }) => {
    const id = /^\/v1\/users\/(.+)$/u.exec(path)?.[1]
    if (id === undefined) return page(idsOf(path).map((one) => userOf(one)))
    return { status: 200, body: { user: userOf(decodeURIComponent(id)) } }
  })
  const people = open(server.url)
  const long = Array.from({ length: 20 }, (_, n) => '語'.repeat(60) + String(n))
  await Promise.all(['a,b', 'c', ...long].map((id) => known(people.get(id))))
  expect(server.asked.some(({ path }) => path === '/v1/users/a%2Cb')).toBe(true)
  for (const { path } of server.asked) expect(path.length).toBeLessThan(6_000)
})

test('what could not be read now is read later', async () => {
  await using server = await startScriptedServer((_asked, nth) =>
    nth < 3 ? problem('SERVER_BUSY', 503, { retryable: true }) : page([userOf('ada')]),
  )
  const people = open(server.url)
  expect(await known(people.get('ada'))).toEqual(userOf('ada'))
})

test('names that were read long ago are read again when they are wanted', async () => {
  let now = 0
  await using server = await startScriptedServer((_asked, nth) =>
    page([userOf('ada', `Ada ${nth}`)]),
  )
  const people = open(server.url, () => now)
  const store = people.get('ada')
  expect((await known(store)).displayName).toBe('Ada 1')
  now += 11 * 60_000
  const changed = new Promise<void>((resolve) => {
    const end = store.subscribe(() => {
      end()
      resolve()
    })
  })
  people.get('ada')
  await changed
  expect(store.current?.displayName).toBe('Ada 2')
})

test('who is looked at is not forgotten, however many come', () => {
  const stores = createPersonStores(() => 0, 3)
  const watched = stores.use('watched').store
  watched.subscribe(() => undefined)
  const other = stores.use('other').store
  for (const id of ['a', 'b', 'c', 'd']) stores.use(id)
  expect(stores.use('watched').store).toBe(watched)
  expect(stores.use('other').store).not.toBe(other)
})

test('people are found by the beginning of their name; without one nobody is asked', async () => {
  await using server = await startScriptedServer(() => page([userOf('ada')]))
  const people = open(server.url)
  expect(await people.search('  ')).toEqual([])
  expect(await people.search(' ad ')).toEqual([userOf('ada')])
  expect(server.asked.map(({ path }) => path)).toEqual(['/v1/users?q=ad&limit=20'])
  expect(people.get('ada').current).toEqual(userOf('ada'))
  await expect(people.search('b', AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  })
})

test('whom I have blocked is read when somebody wants to know, and kept by what is done', async () => {
  const block = (id: string) => ({ user: userOf(id), blockedAt: '2026-01-01T00:00:00.000Z' })
  await using server = await startScriptedServer(({ method, path }) => {
    if (method !== 'GET') return { status: 204 }
    return path.includes('after')
      ? page([block('b')])
      : page([block('a')], { after: 'a', hasMoreAfter: true })
  })
  const people = open(server.url)
  await people.block('c/d')
  expect([...people.blocked.current]).toEqual(['c/d'])
  const read = new Promise<void>((resolve) => {
    people.blocked.subscribe(resolve)
  })
  people.blocked.subscribe(() => undefined)
  await read
  expect([...people.blocked.current].toSorted()).toEqual(['a', 'b', 'c/d'])
  await people.unblock('a')
  expect([...people.blocked.current].toSorted()).toEqual(['b', 'c/d'])
  expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /v1/me/blocks/c%2Fd',
    'GET /v1/me/blocks?limit=200',
    'GET /v1/me/blocks?limit=200&after=a',
    'DELETE /v1/me/blocks/a',
  ])
})

test('who is blocked is asked for again and again, and not once more when the chat is closed', async () => {
  await using server = await startScriptedServer(() => problem('SERVER_BUSY', 503))
  const ended = new AbortController()
  const call = createCallRoute({ url: server.url, getToken: async () => 'token', retries: 0 })
  const { blocked } = createPeople({
    call,
    signal: ended.signal,
    async sleep(_ms, signal) {
      if (server.asked.length === 3) ended.abort()
      signal?.throwIfAborted()
    },
  })
  blocked.subscribe(() => undefined)
  await vi.waitFor(() => expect(ended.signal.aborted).toBe(true))
  await new Promise((resolve) => setImmediate(resolve))
  expect(server.asked).toHaveLength(3)
})
