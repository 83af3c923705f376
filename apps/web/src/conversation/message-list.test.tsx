// @vitest-environment happy-dom
import { createChat, type Timeline, type TimelineMessage } from '@parley/client'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { countRenders } from './testing/count-renders.ts'
import { givePageSizes } from './testing/page-sizes.ts'

const renders = countRenders()
const { act, cleanup, render } = await import('@testing-library/react')
const { ChatProvider } = await import('@parley/react')
const { ConfirmProvider } = await import('../ui/confirm.tsx')
const { ConversationScope } = await import('./conversation-scope.tsx')
const { MessageList } = await import('./message-list.tsx')

beforeAll(givePageSizes)
afterEach(cleanup)

const START = Date.UTC(2026, 0, 1)
const message = (seq: number): TimelineMessage => ({
  key: `m${seq}`,
  roomId: 'room',
  seq,
  msgNo: seq,
  type: 'text',
  sender: { id: `u${seq % 3}`, username: null, displayName: `Person ${seq % 3}`, avatarUrl: null },
  text: `Message ${seq}`,
  attachments: [],
  mentions: [],
  reactions: [],
  pinned: false,
  version: 0,
  ts: new Date(START + seq * 60_000).toISOString(),
  state: { name: 'stored' },
  isMine: false,
  isChanging: false,
})

const timelineOf = (items: readonly TimelineMessage[]): Timeline => ({
  status: 'ready',
  error: null,
  items,
  hasBefore: false,
  hasAfter: false,
  isLoadingBefore: false,
  isLoadingAfter: false,
  prepended: 0,
})

async function openRoom(size: number) {
  // Not connected: what is shown is given.
  const chat = createChat({
    url: 'http://127.0.0.1:9',
    token: 'none',
    userId: 'me',
    tabs: 'own',
    autoConnect: false,
  })
  const items = Array.from({ length: size }, (_, index) => message(index + 1))
  const tree = (shown: readonly TimelineMessage[]) => (
    <ChatProvider chat={chat}>
      <ConfirmProvider>
        <ConversationScope roomId="room">
          <MessageList
            label="Messages"
            timeline={timelineOf(shown)}
            loadBefore={async () => undefined}
          />
        </ConversationScope>
      </ConfirmProvider>
    </ChatProvider>
  )
  const view = render(tree(items))
  // The measures come in tasks of their own; two timers later all is in its place.
  const settle = (): Promise<void> =>
    act(async () => {
      for (let turn = 0; turn < 4; turn += 1) await new Promise((done) => setTimeout(done, 60))
    })
  await settle()
  return {
    container: view.container,
    show: async (shown: readonly TimelineMessage[]) => {
      view.rerender(tree(shown))
      await settle()
    },
    items,
    close: () => chat.close(0),
  }
}

const rowsOf = (container: HTMLElement): (string | null)[] =>
  [...container.querySelectorAll('.conv-message')].map((row) => row.getAttribute('data-seq'))

async function rendersOfOneMore(size: number): Promise<ReadonlyMap<string, number>> {
  const room = await openRoom(size)
  expect(rowsOf(room.container)).toContain(String(size))
  renders.take()
  await room.show([...room.items, message(size + 1)])
  expect(rowsOf(room.container)).toContain(String(size + 1))
  const counts = renders.take()
  await room.close()
  cleanup()
  return counts
}

test('of 10,000 messages only those in sight are in the page', async () => {
  const { container, close } = await openRoom(10_000)
  const rows = rowsOf(container)
  expect(rows.length).toBeGreaterThan(10)
  expect(rows.length).toBeLessThan(60)
  expect(rows.at(-1)).toBe('10000')
  await close()
})

test('one new message renders the inside of one row, in 100 as in 10,000', async () => {
  for (const size of [100, 10_000]) {
    const counts = await rendersOfOneMore(size)
    for (const part of ['MessageBody', 'MessageText', 'RowBoundary', 'Attachments']) {
      expect([part, counts.get(part)]).toEqual([part, 1])
    }
    // The list and what belongs to it. One row more is eight components, and some twenty are shown.
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
    expect(all).toBeLessThan(40)
  }
})
