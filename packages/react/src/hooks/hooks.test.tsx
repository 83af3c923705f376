// @vitest-environment happy-dom
import { ChatError, createStore } from '@parley/client'
import { act, cleanup, render, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createMemoryChat, LIVE, type MemoryChat } from '../testing/memory-chat.ts'
import { message, user } from '../testing/memory-message.ts'
import { ChatProvider, useChat } from './chat-context.ts'
import { useConnection, useGuarantees, useMe, useOutbox } from './use-connection.ts'
import { useDraft } from './use-draft.ts'
import { useFileLink } from './use-file-link.ts'
import { useMessages, useThread } from './use-messages.ts'
import { PACE_MS } from './use-paced-store.ts'
import { usePresence } from './use-presence.ts'
import { useReading } from './use-reading.ts'
import { useRoom, useRooms, useUnread } from './use-rooms.ts'
import { useSelected } from './use-selected.ts'
import { useSend } from './use-send.ts'
import { useStore } from './use-store.ts'
import { useTyping } from './use-typing.ts'
import { useUser } from './use-user.ts'

const ana = user('ana', 'Ana')
let memory: MemoryChat
let wrapper: (props: { children: ReactNode }) => ReactNode
let strict: { wrapper: typeof wrapper; reactStrictMode: true }

beforeEach(() => {
  memory = createMemoryChat()
  wrapper = ({ children }) => <ChatProvider chat={memory.chat}>{children}</ChatProvider>
  // As an option: inside of a wrapper React does not mount twice.
  strict = { wrapper, reactStrictMode: true }
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

describe('a room', () => {
  test('is open while its messages are shown, once in the end, also in strict mode', () => {
    const { calls } = memory.room('r')
    const { unmount } = renderHook(() => useMessages('r'), strict)
    expect(calls).toEqual(['open', 'close', 'open'])
    unmount()
    expect(calls).toEqual(['open', 'close', 'open', 'close'])
  })

  test('is opened once for many renders, and another one takes its place', () => {
    const { rerender } = renderHook(({ id }) => useMessages(id), {
      wrapper,
      initialProps: { id: 'r' },
    })
    rerender({ id: 'r' })
    act(() => memory.room('r').arrive(message(1, ana, 'one')))
    expect(memory.room('r').calls).toEqual(['open'])
    rerender({ id: 's' })
    expect(memory.room('r').calls).toEqual(['open', 'close'])
    expect(memory.room('s').calls).toEqual(['open'])
  })

  test('a thread is open while it is shown, and has its own messages', () => {
    const { result, unmount } = renderHook(() => useThread('r', 7), strict)
    expect(result.current.root).toBeNull()
    expect(result.current.thread.rootSeq).toBe(7)
    unmount()
    expect(memory.room('r').calls).toEqual(['open 7', 'close 7', 'open 7', 'close 7'])
  })

  test('a room says what is known of it, also when it stops being mine', () => {
    const { result } = renderHook(() => useRoom('r'), { wrapper })
    expect(result.current.info?.name).toBe('r')
    act(() => memory.room('r').info.set(null))
    expect(result.current.info).toBeNull()
    expect(result.current.room).toBe(memory.room('r').room)
  })
})

describe('renders', () => {
  test('a hundred messages in one batch are one render of the list', () => {
    let renders = 0
    renderHook(() => [useMessages('r'), (renders += 1)], { wrapper })
    const before = renders
    const batch = Array.from({ length: 100 }, (_, index) => message(index + 1, ana, 'x'))
    act(() => memory.room('r').arrive(...batch))
    expect(renders - before).toBe(1)
  })

  test('a hundred messages one by one within a second are a render each pace, and none is missing', () => {
    vi.useFakeTimers()
    let renders = 0
    const { result } = renderHook(
      () => {
        renders += 1
        return useMessages('r').timeline.items.length
      },
      { wrapper },
    )
    const before = renders
    for (let seq = 1; seq <= 100; seq += 1) {
      act(() => {
        memory.room('r').arrive(message(seq, ana, 'x'))
        vi.advanceTimersByTime(10)
      })
    }
    act(() => void vi.advanceTimersByTime(PACE_MS))
    expect(result.current).toBe(100)
    expect(renders - before).toBeLessThanOrEqual(1_000 / PACE_MS + 2)
  })

  test('the first message after a pause is shown without waiting', () => {
    const { result } = renderHook(() => useMessages('r').timeline.items.length, { wrapper })
    act(() => memory.room('r').arrive(message(1, ana, 'x')))
    expect(result.current).toBe(1)
  })

  test('what another room says renders nothing', () => {
    let renders = 0
    renderHook(() => [useMessages('r'), useReading('r'), useRoom('r'), (renders += 1)], { wrapper })
    const before = renders
    act(() => memory.room('s').arrive(message(1, ana, 'x')))
    expect(renders).toBe(before)
  })

  test('a selected part renders when it changes and not when the rest does', () => {
    const store = createStore({ a: 1, b: 1 })
    const select = (value: { a: number }): number => value.a
    let renders = 0
    const { result } = renderHook(() => {
      renders += 1
      return useSelected(store, select)
    })
    act(() => store.set({ a: 1, b: 2 }))
    expect(renders).toBe(1)
    act(() => store.set({ a: 2, b: 2 }))
    expect(result.current).toBe(2)
  })

  test('a store that is replaced is left, and the new one is heard', () => {
    const [first, second] = [createStore('a'), createStore('b')]
    const { result, rerender } = renderHook(({ store }) => useStore(store), {
      initialProps: { store: first },
    })
    rerender({ store: second })
    act(() => first.set('never'))
    expect(result.current).toBe('b')
    act(() => second.set('c'))
    expect(result.current).toBe('c')
  })

  test('everything renders on a server as it is there', () => {
    const All = (): ReactNode => {
      useOutbox()
      useGuarantees()
      useUnread()
      usePresence(['ana'])
      const count = useMessages('r').timeline.items.length
      return `${useConnection().status} ${useMe()?.id} ${useRooms().rooms.length} ${count}`
    }
    expect(renderToString(wrapper({ children: <All /> }))).toBe('live me 0 0')
    expect(memory.room('r').calls).toEqual([])
  })
})

describe('presence', () => {
  const online = (userId: string) => ({ userId, status: 'online' as const })

  test('people are watched while they are shown; a new array of the same ids changes nothing', () => {
    const { rerender, result, unmount } = renderHook(({ ids }) => usePresence(ids), {
      ...strict,
      initialProps: { ids: ['b', 'a'] },
    })
    expect(memory.watched).toEqual([['a', 'b']])
    const [watch, answer] = [memory.watched[0], result.current]
    rerender({ ids: ['a', 'b', 'a'] })
    expect(memory.watched[0]).toBe(watch)
    expect(result.current).toBe(answer)
    rerender({ ids: ['c'] })
    expect(memory.watched).toEqual([['c']])
    unmount()
    expect(memory.watched).toEqual([])
  })

  test('only a change of those people renders', () => {
    let renders = 0
    const { result } = renderHook(
      () => {
        renders += 1
        return usePresence(['a'])
      },
      { wrapper },
    )
    const a = online('a')
    act(() => memory.presence.set(new Map([['a', a]])))
    expect(result.current.get('a')).toBe(a)
    const before = renders
    act(() => memory.presence.set(new Map([...memory.presence.current, ['z', online('z')]])))
    expect(renders).toBe(before)
  })

  test('nobody is watched for an empty list', () => {
    renderHook(() => usePresence([]), { wrapper })
    expect(memory.watched).toEqual([])
  })
})

describe('a draft', () => {
  test('is read, written and kept by room', async () => {
    memory.drafts.set('r/', 'kept')
    const { result, rerender } = renderHook(({ id }) => useDraft(id), {
      ...strict,
      initialProps: { id: 'r' },
    })
    expect(result.current[2]).toBe(false)
    await waitFor(() => expect(result.current[0]).toBe('kept'))
    act(() => result.current[1]((text) => `${text} more`))
    expect(memory.drafts.get('r/')).toBe('kept more')

    rerender({ id: 's' })
    expect(result.current[0]).toBe('')
    await waitFor(() => expect(result.current[2]).toBe(true))
    act(() => result.current[1]('other'))
    expect([...memory.drafts]).toEqual([
      ['r/', 'kept more'],
      ['s/', 'other'],
    ])
  })

  test('what is typed before it is read comes after it', async () => {
    memory.drafts.set('r/', 'kept')
    const { result } = renderHook(() => useDraft('r'), { wrapper })
    act(() => result.current[1]('typed'))
    await waitFor(() => expect(result.current[2]).toBe(true))
    expect(result.current[0]).toBe('kept typed')
    expect(memory.drafts.get('r/')).toBe('kept typed')
  })

  test('what is typed before it is read is kept when the composer goes away meanwhile', async () => {
    const { result, unmount } = renderHook(() => useDraft('r', 3), { wrapper })
    act(() => result.current[1]('typed'))
    unmount()
    await waitFor(() => expect(memory.drafts.get('r/3')).toBe('typed'))
  })
})

describe('sending and typing', () => {
  test('a message goes to the room or the thread, by the same function every time', () => {
    const { result, rerender } = renderHook(() => [useSend('r'), useSend('r', 4)] as const, {
      wrapper,
    })
    const first = result.current[0]
    rerender()
    expect(result.current[0]).toBe(first)
    expect(result.current[0]('hello').clientMsgId).toBe('sent-1')
    result.current[1]({ text: 'in thread' })
    expect(memory.room('r').calls).toEqual(['send hello', 'send in thread'])
  })

  test('who typed ceases when the composer goes away; who only looks tells nothing', () => {
    const looking = renderHook(() => useTyping('r'), strict)
    const typing = renderHook(() => useTyping('r'), strict)
    typing.result.current.keystroke()
    looking.unmount()
    typing.unmount()
    expect(memory.room('r').calls).toEqual(['keystroke', 'stop'])
  })

  test('others who type are shown', () => {
    const { result } = renderHook(() => useTyping('r'), { wrapper })
    act(() => memory.room('r').typing.set({ userIds: ['ana'], others: 2 }))
    expect(result.current).toMatchObject({ userIds: ['ana'], others: 2 })
  })
})

describe('people and files', () => {
  test('a person appears when they are known, and nobody is nobody', () => {
    const { result } = renderHook(() => [useUser('ana'), useUser(null)], { wrapper })
    expect(result.current).toEqual([null, null])
    act(() => memory.people.get('ana')?.set(ana))
    expect(result.current).toEqual([ana, null])
  })

  test('a link is of the file that is asked for now', async () => {
    const { result, rerender } = renderHook<string | null, { id: string | null }>(
      ({ id }) => useFileLink(id, { thumbnail: true }),
      { ...strict, initialProps: { id: 'f1' } },
    )
    await waitFor(() => expect(result.current).toBe('https://files.example/f1?thumbnail=1'))
    rerender({ id: 'f2' })
    expect(result.current).toBeNull()
    await waitFor(() => expect(result.current).toContain('f2'))
    rerender({ id: null })
    expect(result.current).toBeNull()
  })

  test('a link that could not be had is asked for again when there is a session again', async () => {
    let asked = 0
    const link = async (): Promise<string> => {
      asked += 1
      if (asked > 1) return 'https://files.example/late'
      throw new ChatError({ code: 'UNKNOWN_OUTCOME', message: 'no', retryable: true })
    }
    memory.connection.set({ ...LIVE, status: 'waiting' })
    const chat = { ...memory.chat, files: { ...memory.chat.files, link } }
    const { result } = renderHook(() => useFileLink('f'), {
      wrapper: ({ children }) => <ChatProvider chat={chat}>{children}</ChatProvider>,
    })
    await waitFor(() => expect(asked).toBe(1))
    await act(async () => memory.connection.set(LIVE))
    expect(result.current).toBe('https://files.example/late')
  })
})

test('without a provider it says what to do', () => {
  const silence = vi.spyOn(console, 'error').mockReturnValue()
  const Alone = (): ReactNode => useChat().me.current?.id
  expect(() => render(<Alone />)).toThrow(/ChatProvider/u)
  silence.mockRestore()
})
