import type { Fact, MyPresence, PresenceState, SessionReady } from '@parley/message-schema'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ChatError } from '../chat-error.ts'
import type { Connection, ConnectionState } from '../connection/connection.ts'
import type { CallRoute } from '../rest/call-route.ts'
import { createStore } from '../store.ts'
import { loadChunks } from '../testing/load-chunks.ts'
import { createPresenceWatch } from './create-presence-watch.ts'

beforeAll(loadChunks)
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const READY = { sessionId: 's' } as SessionReady
const lost = new ChatError({ code: 'UNKNOWN_OUTCOME', message: 'Lost.', retryable: true })
const online = (userId: string): PresenceState => ({ userId, status: 'online' })

function createTest() {
  const asked: { name: string; payload: { userIds?: string[]; idle?: boolean } }[] = []
  const state = createStore({ status: 'live' } as ConnectionState)
  let hear: (fact: Fact<'presence'>) => void = () => {}
  let ready: (session: SessionReady) => Promise<void> = () => Promise.resolve()
  let fails = 0
  let stored: MyPresence = { status: 'online', text: null }
  const setIdle = { changed: (_: boolean): void => {} }
  const watch = createPresenceWatch({
    connection: {
      state,
      request: (async (name: string, payload: { userIds?: string[] }) => {
        asked.push({ name, payload })
        fails -= 1
        if (fails >= 0) throw lost
        return { states: (payload.userIds ?? []).map(online) }
      }) as Connection['request'],
      onFact: ((_: string, listener: typeof hear) => {
        hear = listener
        return () => {}
      }) as Connection['onFact'],
      onSession: (listener) => {
        ready = listener
        return () => {}
      },
    },
    call: (async (route: string, input?: { body: Partial<MyPresence> }) => {
      if (route.startsWith('PUT') && input?.body.text === 'refused') throw lost
      if (route.startsWith('PUT')) stored = { ...stored, ...input?.body }
      return { presence: stored }
    }) as unknown as CallRoute,
    watchIdle: (changed) => {
      setIdle.changed = changed
      return () => {}
    },
    random: () => 0,
  })
  const subscriptions = () =>
    asked.filter(({ name }) => name === 'presence:subscribe').map(({ payload }) => payload.userIds)
  return {
    watch,
    asked,
    subscriptions,
    state,
    hear: (...states: PresenceState[]) => hear({ states }),
    ready: () => ready(READY),
    fail: (times: number) => (fails = times),
    touch: (idle: boolean) => setIdle.changed(idle),
  }
}

test('what is watched within a moment is one command, and the same one twice is one', async () => {
  const { watch, subscriptions } = createTest()
  const ends = [watch.watch(['ann', 'bob']), watch.watch(['bob', 'cyd'])]
  await vi.advanceTimersByTimeAsync(100)
  expect(subscriptions()).toEqual([['ann', 'bob', 'cyd']])
  expect([...watch.states.current.keys()]).toEqual(['ann', 'bob', 'cyd'])
  ends[1]?.()
  ends[1]?.()
  await vi.advanceTimersByTimeAsync(100)
  expect(subscriptions().at(-1)?.toSorted()).toEqual(['ann', 'bob'])
  expect([...watch.states.current.keys()].toSorted()).toEqual(['ann', 'bob'])
})

test('of more than 200 the latest are watched', async () => {
  const { watch, subscriptions } = createTest()
  const ids = Array.from({ length: 250 }, (_, n) => `user-${n}`)
  watch.watch(ids)
  await vi.advanceTimersByTimeAsync(100)
  expect(subscriptions()).toEqual([ids.slice(50)])
})

test('changes are heard of those who are watched, and of nobody else', async () => {
  const { watch, hear } = createTest()
  watch.watch(['ann'])
  await vi.advanceTimersByTimeAsync(100)
  hear({ userId: 'ann', status: 'away' }, { userId: 'bob', status: 'online' })
  expect([...watch.states.current.values()]).toEqual([{ userId: 'ann', status: 'away' }])
})

test('each session is told anew whom it watches, and a lost command is repeated', async () => {
  const { watch, ready, subscriptions, fail } = createTest()
  watch.watch(['ann'])
  await vi.advanceTimersByTimeAsync(100)
  fail(2)
  await ready()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(subscriptions()).toEqual([['ann'], ['ann'], ['ann'], ['ann']])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(subscriptions()).toHaveLength(4)
})

test('my status is read with each session, shown at once when I set it, and taken back on refusal', async () => {
  const { watch, ready } = createTest()
  await ready()
  await vi.advanceTimersByTimeAsync(0)
  expect(watch.mine.current).toEqual({ status: 'online', text: null })
  const done = watch.set({ status: 'dnd' })
  expect(watch.mine.current?.status).toBe('dnd')
  await done
  const refused = watch.set({ text: 'refused' })
  expect(watch.mine.current?.text).toBe('refused')
  await expect(refused).rejects.toBe(lost)
  expect(watch.mine.current).toEqual({ status: 'dnd', text: null })
})

test('that the device is not used is told once, and again to each session', async () => {
  const { asked, ready, touch } = createTest()
  touch(true)
  touch(true)
  await ready()
  touch(false)
  const told = asked.filter(({ name }) => name === 'presence:set')
  expect(told.map(({ payload }) => payload.idle)).toEqual([true, true, false])
})
