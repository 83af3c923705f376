// @vitest-environment happy-dom
import type { WritableStore } from '@parley/client'
import type { SessionReady } from '@parley/message-schema'
import { act, cleanup, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createMemoryChat, type MemoryChat } from '../testing/memory-chat.ts'
import { ChatProvider } from './chat-context.ts'
import { serverNow } from './server-clock.ts'
import { useServerNow } from './use-server-now.ts'

let memory: MemoryChat
let wrapper: (props: { children: ReactNode }) => ReactNode

beforeEach(() => {
  memory = createMemoryChat()
  wrapper = ({ children }) => <ChatProvider chat={memory.chat}>{children}</ChatProvider>
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const session = (serverTime: string) => ({ serverTime }) as SessionReady
const HOUR_MS = 3_600_000

test('the clock of the server is that of the latest session, whatever the device says', () => {
  vi.useFakeTimers({ now: Date.parse('2026-11-21T10:00:00Z') })
  const { connection } = memory.chat
  const sessions = connection.session as WritableStore<SessionReady | null>
  const at = Date.parse('2026-11-21T11:00:00Z')
  let renders = 0
  const { result } = renderHook(
    () => {
      renders += 1
      return useServerNow(at + 6_000)
    },
    { wrapper },
  )
  expect(result.current).toBe(Date.now())
  act(() => sessions.set(session('2026-11-21T11:00:00Z')))
  expect(result.current).toBe(at)
  vi.setSystemTime(Date.now() - 5 * HOUR_MS)
  const before = renders
  act(() => void vi.advanceTimersByTime(5_900))
  expect(renders).toBe(before)
  expect(serverNow(connection)).toBe(at + 5_900)
  act(() => void vi.advanceTimersByTime(200))
  expect(result.current).toBeGreaterThan(at + 6_000)
  expect(renders).toBe(before + 1)
})

test('it is the one of the device where a session is older than who asks, or says no time', () => {
  const { connection } = memory.chat
  const sessions = connection.session as WritableStore<SessionReady | null>
  sessions.set(session('2020-01-01T00:00:00Z'))
  const { result } = renderHook(() => useServerNow(), { wrapper })
  expect(Math.abs(result.current - Date.now())).toBeLessThan(HOUR_MS)
  act(() => sessions.set(session('no time')))
  expect(Math.abs(serverNow(connection) - Date.now())).toBeLessThan(HOUR_MS)
})
