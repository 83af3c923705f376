import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { after } from '../after.ts'
import { createConnection } from './create-connection.ts'
import { createHttpLink } from './http-link.ts'
import { createExpiryWatch, sessionTimes } from './token-life.ts'

const HOUR_MS = 3_600_000
const SERVER_NOW = Date.parse('2026-01-01T12:00:00.000Z')

const encode = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`
const tokenOf = (lifeS: number, madeAt = SERVER_NOW): string => {
  const iat = Math.floor(madeAt / 1_000)
  return encode({ sub: 'ada', iat, exp: iat + lifeS })
}

beforeEach(() => void vi.useFakeTimers({ now: SERVER_NOW }))
afterEach(() => void vi.useRealTimers())

/** When it is told that a token of the server expires, in seconds from now. */
function toldAfterS(token: string, isNew: boolean): number | null {
  const ended = new AbortController()
  let told: number | null = null
  const startedAt = performance.now()
  const watch = createExpiryWatch(() => (told = performance.now() - startedAt), ended.signal)
  watch(token, isNew)
  vi.advanceTimersByTime(2 * HOUR_MS)
  ended.abort()
  return told === null ? null : Math.round(told / 1_000)
}

test.each([
  ['right', 0, 540, 240],
  ['an hour ahead', HOUR_MS, 540, 540],
  ['an hour behind', -HOUR_MS, 540, 540],
])('a clock that is %s: told a minute before the end', (_, aheadMs, whole, half) => {
  vi.setSystemTime(SERVER_NOW + aheadMs)
  expect(toldAfterS(tokenOf(600), false)).toBe(whole)
  vi.setSystemTime(SERVER_NOW + aheadMs)
  // What was kept for half of its life: by a wrong clock nobody can tell.
  expect(toldAfterS(tokenOf(600, SERVER_NOW - 300_000), false)).toBe(half)
})

test('one that was made just now has its whole life before it, though the clock says it has a second', () => {
  vi.setSystemTime(SERVER_NOW + 599_000)
  expect(toldAfterS(tokenOf(600), true)).toBe(540)
})

test('one that does not say when it was made is told of by the clock, unless that cannot be right', () => {
  const exp = Math.floor(SERVER_NOW / 1_000) + 600
  expect(toldAfterS(encode({ exp }), false)).toBe(540)
  vi.setSystemTime(SERVER_NOW + HOUR_MS)
  expect(toldAfterS(encode({ exp }), false)).toBe(3_540)
})

test('both times of a session are of one clock', () => {
  vi.setSystemTime(SERVER_NOW + HOUR_MS)
  const { serverTime, expiresAt } = sessionTimes(tokenOf(600))
  expect([Date.parse(serverTime), Date.parse(expiresAt)]).toEqual([
    SERVER_NOW,
    SERVER_NOW + 600_000,
  ])
})

test.each([0, HOUR_MS])(
  'over plain HTTP a token is renewed once in its life, on a device %i ms ahead',
  async (aheadMs) => {
    vi.setSystemTime(SERVER_NOW + aheadMs)
    let tokens = 0
    const connection = createConnection({
      url: 'http://model',
      deviceId: 'd',
      getToken: async () => {
        tokens += 1
        return tokenOf(600, Date.now() - aheadMs)
      },
      links: {
        http: createHttpLink({
          fetch: (async (address: string) => {
            await new Promise((resolve) => setTimeout(resolve, 5))
            if (address.endsWith('/v1/me')) return Response.json({ user: { id: 'ada' } })
            return Response.json({ rooms: {}, epoch: 1, data: [] })
          }) as typeof fetch,
        }),
      },
      network: { isOnline: () => true, listen: () => () => undefined },
      startTimer: after,
      now: () => performance.now(),
      random: () => 0.5,
    })
    connection.connect()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(connection.state.current.status).toBe('live')
    await vi.advanceTimersByTimeAsync(500_000)
    expect(tokens).toBe(1)
    await vi.advanceTimersByTimeAsync(600_000)
    expect(tokens).toBe(3)
    connection.disconnect()
  },
)
