// @vitest-environment happy-dom
import type { TimelineMessage } from '@parley/client'
import { act, cleanup, render } from '@testing-library/react'
import { memo, Profiler, type ReactNode } from 'react'
import { afterEach, expect, test } from 'vitest'
import { createMemoryChat } from '../testing/memory-chat.ts'
import { message, user } from '../testing/memory-message.ts'
import { ChatProvider } from './chat-context.ts'
import { useMessages } from './use-messages.ts'

afterEach(cleanup)

const ana = user('ana', 'Ana')

test('one message in a room of 10,000 renders the list and one row', () => {
  const memory = createMemoryChat()
  const counts = { list: 0, rows: 0, commits: 0 }
  const Row = memo(({ item }: { item: TimelineMessage }) => {
    counts.rows += 1
    return <li>{item.text}</li>
  })
  const List = (): ReactNode => {
    const { timeline } = useMessages('r')
    counts.list += 1
    return (
      <ol>
        {timeline.items.map((item) => (
          <Row key={item.key} item={item} />
        ))}
      </ol>
    )
  }
  const many = Array.from({ length: 10_000 }, (_, index) => message(index + 1, ana, 'old'))
  memory.room('r').arrive(...many)
  const { container } = render(
    <ChatProvider chat={memory.chat}>
      <Profiler id="list" onRender={() => (counts.commits += 1)}>
        <List />
      </Profiler>
    </ChatProvider>,
  )
  expect(counts.rows).toBe(10_000)

  Object.assign(counts, { list: 0, rows: 0, commits: 0 })
  act(() => memory.room('r').arrive(message(10_001, ana, 'new')))
  expect(container.querySelector('ol')?.lastElementChild?.textContent).toBe('new')
  expect(counts).toEqual({ list: 1, rows: 1, commits: 1 })
})
