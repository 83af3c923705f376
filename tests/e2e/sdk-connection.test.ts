import { randomUUID } from 'node:crypto'
import { ChatError, type ChatOptions, createChat, type GetToken } from '@parley/client'
import type { Event } from '@parley/message-schema'
import { eventually, startTestCluster, type TestCluster, type TestUser } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
const TOKEN_LIVES_S = 10

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    env: {
      api: { ACCESS_TOKEN_TTL_S: String(TOKEN_LIVES_S) },
      gateway: {
        SENDS_PER_SECOND: '1000',
        SEND_BURST: '1000',
        DRAIN_NOTICE_MS: '1500',
        DRAIN_WINDOW_MS: '3000',
      },
    },
  })
})
const closes: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closes.map((close) => close()))
  await cluster.stop()
})

/** Keeps a token, and another one when that is refused: each refresh token works once. */
function tokensOf(user: TestUser): GetToken {
  let { token, refreshToken } = user
  let last: Promise<unknown> = Promise.resolve()
  const get = async (stale: string | null): Promise<string> => {
    if (token !== stale) return token
    const body = { refreshToken }
    const answer = (await cluster.rest('POST', '/v1/auth/refresh', { body })) as {
      accessToken: string
      refreshToken: string
    }
    ;({ accessToken: token, refreshToken } = answer)
    return token
  }
  return async (stale) => {
    const asked = last.then(() => get(stale))
    last = asked.catch(() => undefined)
    return await asked
  }
}

interface Person extends Pick<ChatOptions, 'transports'> {
  readonly rooms?: readonly string[]
  readonly getToken?: GetToken
}

/** Follows rooms by the connection alone: it syncs with each session, holds what comes too early, and asks. */
function follow(user: TestUser, { rooms = [], getToken, transports }: Person = {}) {
  const chat = createChat({
    url: cluster.url,
    getToken: getToken ?? tokensOf(user),
    tabs: 'own',
    transports: transports ?? ['websocket', 'polling'],
    autoConnect: false,
  })
  closes.push(() => chat.close(0))
  const { connection, guarantees } = chat
  const statuses: string[] = []
  connection.state.subscribe(() => {
    const { status } = connection.state.current
    if (statuses.at(-1) !== status) statuses.push(status)
  })
  const applied: { seq: number; text: string }[] = []
  let position = 0
  const held = new Map<number, Event>()
  const take = (events: readonly Event[]): void => {
    for (const event of events) if (event.seq > position) held.set(event.seq, event)
    for (let next = held.get(position + 1); next !== undefined; next = held.get(position + 1)) {
      held.delete(next.seq)
      position = next.seq
      const text = next.type === 'message:created' ? (next.data.text ?? '') : ''
      applied.push({ seq: next.seq, text })
    }
  }
  const sync = async (): Promise<void> => {
    for (const roomId of rooms) {
      const { rooms: synced } = await connection.request('sync', { rooms: { [roomId]: position } })
      const answer = synced[roomId]
      if (answer !== undefined && !('reset' in answer)) take(answer.events)
    }
  }
  let isFilling = false
  // The chat itself syncs over this socket too, and what its answer told does not come once more.
  const fill = (): void => {
    if (isFilling) return
    isFilling = true
    sync()
      .catch(() => undefined)
      .finally(() => {
        isFilling = false
      })
  }
  connection.onFact('room:events', ({ roomId, events }) => {
    if (!rooms.includes(roomId)) return
    take(events)
    if (held.size > 0) fill()
  })
  connection.onFact('room:heads', (heads) => {
    if (rooms.some((roomId) => (heads[roomId] ?? 0) > position)) fill()
  })
  connection.onSession(sync)
  connection.connect()

  /** Says it until it is acknowledged, with the same id. */
  const say = async (text: string): Promise<number> => {
    const message = { roomId: rooms[0] ?? '', clientMsgId: randomUUID(), text }
    return await eventually(
      async () => {
        const { seq } = await connection.request('message:send', message)
        return seq
      },
      { timeoutMs: 60_000, everyMs: 50 },
    )
  }
  return {
    connection,
    statuses,
    guarantees,
    applied,
    say,
    live: () =>
      eventually(() => expect(connection.state.current.status).toBe('live'), {
        timeoutMs: 20_000,
      }),
    gateway: () => connection.state.current.gateway ?? '',
  }
}
type Follower = ReturnType<typeof follow>

/** Each acknowledged text is at its `seq`, everywhere the same, once; and the stream kept its word. */
async function expectAllToldOnce(
  followers: readonly Follower[],
  said: readonly { seq: number; text: string }[],
): Promise<void> {
  const last = Math.max(...said.map(({ seq }) => seq))
  for (const { applied, guarantees } of followers) {
    await eventually(() => expect(applied.at(-1)?.seq).toBeGreaterThanOrEqual(last), {
      timeoutMs: 30_000,
    })
    expect(applied.map(({ seq }) => seq)).toEqual(applied.map((_, index) => index + 1))
    const texts = applied.map(({ text }) => text).filter((text) => text !== '')
    expect(new Set(texts).size).toBe(texts.length)
    for (const { seq, text } of said) expect(applied[seq - 1]).toEqual({ seq, text })
    const { gaps, doubles, regressions } = guarantees.current
    expect({ gaps, doubles, regressions }).toEqual({ gaps: 0, doubles: 0, regressions: 0 })
  }
}

const without = <Item>(items: readonly Item[], item: Item): Item[] =>
  items.filter((other) => other !== item)

test.each([['websocket'], ['polling']] as const)(
  'a gateway that is killed while both talk over %s: nothing lost, nothing twice',
  async (transport) => {
    const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
    const room = await cluster.createRoom([ada, bob])
    const followers = [ada, bob].map((user) =>
      follow(user, { rooms: [room], transports: [transport] }),
    )
    await Promise.all(followers.map((follower) => follower.live()))
    const [first] = followers
    expect(first?.connection.state.current.via).toBe(transport)
    const killed = first?.gateway() ?? ''
    const said: { seq: number; text: string }[] = []
    let isKilled = false
    const talking = followers.map(async (follower, who) => {
      for (let n = 0; n < 5 || !isKilled || n < 15; n += 1) {
        const text = `${who} says ${n}`
        said.push({ seq: await follower.say(text), text })
      }
    })
    await eventually(() => expect(said.length).toBeGreaterThan(6))
    await cluster.kill(killed)
    isKilled = true
    await Promise.all(talking)
    await Promise.all(followers.map((follower) => follower.live()))
    expect(first?.statuses).toContain('waiting')
    expect(first?.gateway()).not.toBe(killed)
    await expectAllToldOnce(followers, said)
    await cluster.start(killed)
    await cluster.waitBalanced()
  },
)

test('a gateway that drains is left without a moment that is not live', async () => {
  const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
  const room = await cluster.createRoom([ada, bob])
  const followers = [ada, bob].map((user) => follow(user, { rooms: [room] }))
  await Promise.all(followers.map((follower) => follower.live()))
  const [first] = followers
  const drained = first?.gateway() ?? ''
  const said: { seq: number; text: string }[] = []
  let isStopping = true
  const stopped = cluster.stopProcess(drained).then(() => {
    isStopping = false
  })
  await Promise.all(
    followers.map(async (follower, who) => {
      for (let n = 0; isStopping || n < 5; n += 1) {
        const text = `${who} says ${n}`
        said.push({ seq: await follower.say(text), text })
      }
    }),
  )
  await stopped
  for (const follower of followers) {
    expect(follower.gateway()).not.toBe(drained)
    expect(follower.statuses).toEqual(['connecting', 'catching-up', 'live'])
  }
  await expectAllToldOnce(followers, said)
  await cluster.start(drained)
  await cluster.waitBalanced()
})

test('a token that ends is replaced in band; one that cannot be replaced ends the session', async () => {
  const [ada, bob] = await Promise.all([cluster.register(), cluster.register()])
  const kept = follow(ada)
  const lost = follow(bob, { getToken: async () => bob.token })
  await Promise.all([kept.live(), lost.live()])
  const session = kept.connection.session.current
  const endsAt = Date.parse(session?.expiresAt ?? '')
  await eventually(
    () =>
      expect(lost.connection.state.current).toMatchObject({
        status: 'ended',
        error: { code: 'AUTH_EXPIRED' },
      }),
    // It comes back with the old token, after pauses that grow, until clocks that go wrong excuse it no more.
    { timeoutMs: 90_000 },
  )
  await eventually(() => expect(Date.now()).toBeGreaterThan(endsAt + 1_000), { timeoutMs: 20_000 })
  expect(kept.connection.session.current).toBe(session)
  expect(kept.statuses).toEqual(['connecting', 'catching-up', 'live'])
  expect(await kept.connection.request('presence:set', { idle: false })).toEqual({})
})

test('a token that has ended is replaced before there is a session', async () => {
  const ada = await cluster.register()
  const tokens = tokensOf(ada)
  const stales: (string | null)[] = []
  const claims = Buffer.from(JSON.stringify({ sub: ada.userId, iss: 'parley' })).toString(
    'base64url',
  )
  const expired = `eyJhbGciOiJub25lIn0.${claims}.`
  const follower = follow(ada, {
    getToken: async (stale) => {
      stales.push(stale)
      return stale === null ? expired : await tokens(stale)
    },
  })
  await follower.live()
  expect(stales.slice(0, 2)).toEqual([null, expired])
  expect(follower.statuses).not.toContain('waiting')
})

test('a sign-in that was ended elsewhere ends it, and says why', async () => {
  const ada = await cluster.register()
  const follower = follow(ada)
  await follower.live()
  await cluster.rest('POST', '/v1/auth/logout', { user: ada })
  await eventually(
    () =>
      expect(follower.connection.state.current).toMatchObject({
        status: 'ended',
        via: null,
        error: { code: 'AUTH_REVOKED', name: 'ChatError' },
      }),
    { timeoutMs: 15_000 },
  )
  expect(without(follower.statuses, 'ended')).toEqual(['connecting', 'catching-up', 'live'])
  await expect(follower.connection.request('presence:set', { idle: true })).rejects.toBeInstanceOf(
    ChatError,
  )
})
