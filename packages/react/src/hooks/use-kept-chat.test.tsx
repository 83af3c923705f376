// @vitest-environment happy-dom
import type { Chat, ChatOptions } from '@parley/client'
import { cleanup, renderHook, waitFor } from '@testing-library/react'
import { useEffect } from 'react'
import { afterEach, expect, test } from 'vitest'
import { createMemoryChat, type MemoryChat } from '../testing/memory-chat.ts'
import { useKeptChat } from './use-kept-chat.ts'

afterEach(cleanup)

function counting() {
  const made: (MemoryChat & { readonly options: ChatOptions })[] = []
  const create = (options: ChatOptions) => {
    const memory = { ...createMemoryChat(), options }
    made.push(memory)
    return memory.chat
  }
  return { made, create }
}

test('strict mode makes one chat and closes it once', async () => {
  const { made, create } = counting()
  const mounts: string[] = []
  const { result, unmount } = renderHook(
    () => {
      useEffect(() => void mounts.push('mounted'), [])
      return useKeptChat(create, { url: 'http://a' })
    },
    { reactStrictMode: true },
  )
  expect(mounts).toEqual(['mounted', 'mounted'])
  expect(made).toHaveLength(1)
  expect(result.current).toBe(made[0]?.chat)
  unmount()
  await waitFor(() => expect(made[0]?.closed()).toBe(1))
  expect(made).toHaveLength(1)
})

test('options that say the same make no other chat; the last token function is asked', async () => {
  const { made, create } = counting()
  const { rerender } = renderHook(
    ({ token }) => useKeptChat(create, { url: 'http://a', getToken: async () => token }),
    { initialProps: { token: 'one' } },
  )
  rerender({ token: 'two' })
  expect(made).toHaveLength(1)
  await expect(made[0]?.options.getToken?.(null)).resolves.toBe('two')
})

test('another account closes the chat of the one before, and signing out closes all', async () => {
  const { made, create } = counting()
  const { result, rerender } = renderHook<Chat | null, { options: ChatOptions | null }>(
    ({ options }) => useKeptChat(create, options),
    { initialProps: { options: { userId: 'a' } } },
  )
  rerender({ options: { userId: 'b' } })
  expect(result.current).toBe(made[1]?.chat)
  await waitFor(() => expect(made[0]?.closed()).toBe(1))
  rerender({ options: null })
  expect(result.current).toBeNull()
  await waitFor(() => expect(made[1]?.closed()).toBe(1))
})
