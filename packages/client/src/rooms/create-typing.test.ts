import type { Event, Fact, SessionReady } from '@parley/message-schema'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { ChatError } from '../chat-error.ts'
import type { Connection, ConnectionState } from '../connection/connection.ts'
import type { LogListener } from '../log/room-log.ts'
import { createStore } from '../store.ts'
import { loadChunks } from '../testing/load-chunks.ts'
import { createTyping } from './create-typing.ts'

beforeAll(loadChunks)
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type User = Fact<'typing'>['users'][number]

function createTest() {
  const said: Record<string, unknown>[] = []
  const state = createStore({ status: 'live', via: 'websocket' } as ConnectionState)
  const facts = new Set<(fact: Fact<'typing'>) => void>()
  const logs = new Set<LogListener>()
  let isOn = true
  let refusal: ChatError | null = null
  const typing = createTyping({
    roomId: 'room',
    log: {
      follow: (listener) => {
        logs.add(listener)
        return () => logs.delete(listener)
      },
    },
    connection: {
      state,
      session: createStore<SessionReady | null>(null),
      request: (async (_: string, payload: Record<string, unknown>) => {
        if (refusal !== null) throw refusal
        said.push(payload)
        return {}
      }) as Connection['request'],
      onFact: ((_: string, listener: (fact: Fact<'typing'>) => void) => {
        facts.add(listener)
        return () => facts.delete(listener)
      }) as Connection['onFact'],
    },
    meId: () => 'me',
    isOn: () => isOn,
  })
  const hear = (users: User[], others?: number, roomId = 'room'): void => {
    for (const listener of facts)
      listener({ roomId, users, ...(others !== undefined && { others }) })
  }
  const log = (event: Partial<Event>): void => {
    for (const { events } of logs) events([event as Event])
  }
  const listeners = () => facts.size + logs.size
  const refuse = (error: ChatError | null): void => void (refusal = error)
  return { typing, said, state, hear, log, listeners, refuse, turn: (on: boolean) => (isOn = on) }
}
/** The code that hears is fetched with the first subscription. */
const heard = () => vi.dynamicImportSettled()
const on = (userId: string, threadId?: number): User => ({
  userId,
  on: true,
  ...(threadId !== undefined && { threadId }),
})

test('others type until they cease, or for six seconds; I never do', async () => {
  const { typing, hear } = createTest()
  typing.people.subscribe(() => {})
  await heard()
  hear([on('ann'), on('bob'), on('me')], 2)
  hear([on('zoe')], undefined, 'elsewhere')
  expect(typing.people.current).toEqual({ userIds: ['ann', 'bob'], others: 2 })
  hear([{ userId: 'bob', on: false }], 2)
  expect(typing.people.current).toEqual({ userIds: ['ann'], others: 2 })
  vi.advanceTimersByTime(3_000)
  hear([on('ann')])
  expect(typing.people.current).toEqual({ userIds: ['ann'], others: 0 })
  vi.advanceTimersByTime(5_999)
  expect(typing.people.current.userIds).toEqual(['ann'])
  vi.advanceTimersByTime(1)
  expect(typing.people.current).toEqual({ userIds: [], others: 0 })
})

test('a message ends the typing of its author, and whoever leaves types no more', async () => {
  const { typing, hear, log } = createTest()
  typing.people.subscribe(() => {})
  await heard()
  hear([on('ann'), on('bob')])
  log({ type: 'message:created', actor: { id: 'ann', kind: 'user' }, data: { type: 'text' } })
  expect(typing.people.current.userIds).toEqual(['bob'])
  log({
    type: 'member:left',
    actor: { id: 'x', kind: 'user' },
    data: { userId: 'bob', reason: 'left' },
  })
  expect(typing.people.current.userIds).toEqual([])
})

test('a thread is told of by itself', async () => {
  const { typing, hear } = createTest()
  const thread = typing.inThread(7)
  expect(typing.inThread(7)).toBe(thread)
  typing.people.subscribe(() => {})
  thread.subscribe(() => {})
  await heard()
  hear([on('ann', 7), on('bob')])
  expect(thread.current.userIds).toEqual(['ann'])
  expect(typing.people.current.userIds).toEqual(['bob'])
})

test('nothing is heard while nobody listens', async () => {
  const { typing, hear, listeners } = createTest()
  expect(listeners()).toBe(0)
  const ends = [typing.people.subscribe(() => {}), typing.inThread(7).subscribe(() => {})]
  await heard()
  expect(listeners()).toBe(2)
  hear([on('ann')])
  for (const end of ends) end()
  expect(listeners()).toBe(0)
  expect(typing.people.current.userIds).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

test('keys are told once in three seconds, ceasing once, and a new message begins anew', () => {
  const { typing, said } = createTest()
  for (let n = 0; n < 31; n += 1) {
    typing.keystroke()
    vi.advanceTimersByTime(100)
  }
  expect(said).toEqual([
    { roomId: 'room', on: true },
    { roomId: 'room', on: true },
  ])
  typing.stop()
  typing.stop()
  expect(said.slice(2)).toEqual([{ roomId: 'room', on: false }])
  typing.keystroke(7)
  typing.sent(7)
  typing.keystroke(7)
  expect(said.slice(3)).toEqual([
    { roomId: 'room', on: true, threadId: 7 },
    { roomId: 'room', on: true, threadId: 7 },
  ])
})

test('nothing is told in large rooms, without a connection, or over plain HTTP', () => {
  const { typing, said, state, turn } = createTest()
  turn(false)
  typing.keystroke()
  turn(true)
  state.set({ ...state.current, status: 'waiting' })
  typing.keystroke()
  vi.advanceTimersByTime(3_000)
  state.set({ ...state.current, status: 'live', via: 'http' })
  typing.keystroke()
  expect(said).toEqual([])
})

test('what was said too soon after a message is said by the next key after the pause', async () => {
  const { typing, said, refuse } = createTest()
  const retryAfterMs = 1_200
  refuse(new ChatError({ code: 'RATE_LIMITED', message: 'Too fast.', retryAfterMs }))
  typing.keystroke()
  await vi.advanceTimersByTimeAsync(retryAfterMs - 1)
  refuse(null)
  typing.keystroke()
  expect(said).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  typing.keystroke()
  expect(said).toEqual([{ roomId: 'room', on: true }])
})
