import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createMemoryStorage } from './storage/memory-storage.ts'
import { loadChunks } from './testing/load-chunks.ts'
import { startModelChat } from './testing/model-chat.ts'
import { settled } from './testing/test-clock.ts'

beforeAll(loadChunks)

/** Whether it has come to its end, without waiting for it. */
function watch(done: Promise<void>): { isDone: boolean } {
  const seen = { isDone: false }
  void done.then(() => (seen.isDone = true))
  return seen
}

describe('a chat that is closed', () => {
  test('sends how far was read, and waits until that is answered', async () => {
    const { server, chat, asked } = await startModelChat()
    const { reading } = chat.rooms.get('room')
    reading.markRead(4)
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    const answer = (upTo: number) =>
      asked.at(-1)?.answer({ ok: true, data: server.setRead('room', 'ada', upTo) })
    // The first one is on its way: this one waits for its turn.
    reading.markRead(5)
    const closed = chat.close()
    const seen = watch(closed)
    answer(4)
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    expect(asked.map(({ name, payload }) => [name, payload])).toEqual([
      ['read:set', { roomId: 'room', upTo: 4 }],
      ['read:set', { roomId: 'room', upTo: 5 }],
    ])
    await settled()
    expect(seen.isDone).toBe(false)
    answer(5)
    await closed
  })

  test('does not wait for ever for an answer that does not come', async () => {
    const { chat, asked } = await startModelChat()
    chat.rooms.get('room').reading.markRead(3)
    await chat.close()
    expect(asked.map(({ name }) => name)).toEqual(['read:set'])
  })

  test('waits for nothing where there is no way to the server', async () => {
    const { chat, asked, link } = await startModelChat()
    link?.events.closed({ cause: 'transport', wasReady: true })
    chat.rooms.get('room').reading.markRead(3)
    await chat.close(60_000)
    expect(asked).toEqual([])
  })
})

describe('a storage that fails', () => {
  const refuse = () => Promise.reject(new Error('no space'))
  const broken = { ...createMemoryStorage(), put: refuse, get: refuse, list: refuse }

  test('is told of, and loses nothing of what is in memory', async () => {
    const onWarning = vi.fn<(message: string, cause: unknown) => void>()
    const { chat, asked } = await startModelChat({ storage: broken, onWarning })
    chat.outbox.drafts.set('room', 'Dear all,')
    const { clientMsgId, stored } = chat.rooms.get('room').messages.send('hello')
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    expect(asked[0]?.payload).toMatchObject({ clientMsgId, text: 'hello' })
    asked[0]?.answer({ ok: true, data: { seq: 6, msgNo: 3, ts: 'then' } })
    await expect(stored).resolves.toEqual({ seq: 6, msgNo: 3, ts: 'then' })
    const told = () => new Set(onWarning.mock.calls.map(([message]) => message))
    await vi.waitFor(() => expect(told().size).toBe(2))
    expect([...told()].toSorted()).toEqual([
      'A draft could not be kept.',
      'What waits to be sent could not be kept.',
    ])
    expect(await chat.outbox.drafts.get('room')).toBe('Dear all,')
    await chat.close()
  })

  test('is told of on the console where nobody listens', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const { chat } = await startModelChat({ storage: broken })
    await vi.waitFor(() => expect(warn).toHaveBeenCalled())
    await chat.close()
    warn.mockRestore()
  })
})
