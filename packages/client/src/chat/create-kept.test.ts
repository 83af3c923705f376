import type { SessionReady } from '@parley/message-schema'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Connection, ConnectionState } from '../connection/connection.ts'
import type { OutboxEntry } from '../outbox/outbox.ts'
import type { ClientStorage } from '../storage/client-storage.ts'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { createStore } from '../store.ts'
import { loadChunks } from '../testing/load-chunks.ts'
import { createKept } from './create-kept.ts'

beforeAll(loadChunks)

type Command = OutboxEntry['command']
const KIB = 1024
const cycle: Record<string, unknown> = {}
cycle['self'] = cycle

/** What is kept, over a connection that stores all that it is given. */
function open(
  storage: ClientStorage,
  { isLive = true, packetBytes = 256 * KIB, tab = 'one' } = {},
) {
  const sent: { text?: string; clientMsgId: string }[] = []
  const state = createStore({ status: isLive ? 'live' : 'waiting' } as ConnectionState)
  const connection = {
    state,
    session: createStore({ limits: { packetBytes } } as unknown as SessionReady),
    request: async (_: string, payload: (typeof sent)[number]) => {
      sent.push(payload)
      return { seq: sent.length }
    },
  } as unknown as Connection
  const { outbox, close } = createKept({
    storage,
    connection,
    accountName: Promise.resolve('ada'),
    tabs: null,
    tabId: tab,
    onWarning: vi.fn(),
  })
  onTestFinished(() => close(false))
  const states = () => outbox.entries.current.map(({ state: name, error }) => [name, error?.code])
  return { outbox, sent, states, close }
}

const say = (draft: object): Command => ({ kind: 'send', draft })
const NEVER: readonly (readonly [string, string, Command])[] = [
  ['a text larger than a packet', 'TOO_LARGE', say({ text: 'x'.repeat(300 * KIB) })],
  ['a text whose bytes are too many', 'TOO_LARGE', say({ text: '語'.repeat(90 * KIB) })],
  ['an edit of the kind', 'TOO_LARGE', { kind: 'edit', seq: 1, text: 'x'.repeat(300 * KIB) }],
  ['a number that JSON does not have', 'INVALID', say({ payload: { n: 1n } })],
  ['a payload that holds itself', 'INVALID', say({ payload: cycle })],
]

describe('what can never be sent', () => {
  test.each(NEVER)('%s is refused for good, and holds up nothing', async (_name, code, command) => {
    const { outbox, sent, states } = open(createMemoryStorage())
    const { clientMsgId, stored } = outbox.add('room', command)
    const next = outbox.add('room', say({ text: 'behind it' }))
    await expect(stored).rejects.toMatchObject({ code, isRetryable: false })
    await expect(next.stored).resolves.toEqual({ seq: 1 })
    expect(sent.map(({ text }) => text)).toEqual(['behind it'])
    expect(states()).toEqual([['failed', code]])
    expect(outbox.cancel('room', clientMsgId)).toBe(true)
    await vi.waitFor(() => expect(states()).toEqual([]))
  })

  test('is refused also if an earlier page has kept it', async () => {
    const storage = { ...createMemoryStorage(), close: () => undefined }
    const before = open(storage, { isLive: false })
    before.outbox.add('room', say({ text: 'x'.repeat(300 * KIB) }))
    await vi.waitFor(async () => expect(await storage.list('outbox:')).toHaveLength(1))
    await before.close(false)
    const { outbox, sent, states } = open(storage, { tab: 'two' })
    await vi.waitFor(() => expect(states()).toEqual([['failed', 'TOO_LARGE']]))
    expect(sent).toEqual([])
    expect(outbox.cancel('room', outbox.entries.current[0]?.clientMsgId ?? '')).toBe(true)
    await vi.waitFor(async () => expect(await storage.list('outbox:')).toEqual([]))
  })

  test('is known by what the server takes', async () => {
    const { outbox, sent } = open(createMemoryStorage(), { packetBytes: 4 * KIB })
    await outbox.add('room', say({ text: 'x'.repeat(2 * KIB) })).stored
    const { stored } = outbox.add('room', say({ text: 'x'.repeat(4 * KIB) }))
    await expect(stored).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(sent).toHaveLength(1)
  })
})

describe('while nobody has told whose it is', () => {
  const unnamed = () => {
    const onWarning = vi.fn()
    const kept = createKept({
      storage: undefined,
      connection: { state: createStore({ status: 'waiting' }) } as unknown as Connection,
      accountName: new Promise(() => undefined),
      tabs: null,
      tabId: 'one',
      onWarning,
    })
    return { ...kept, onWarning }
  }

  test('there is nothing to be forgotten', async () => {
    const { outbox, close, onWarning } = unnamed()
    outbox.drafts.set('room', 'Dear all,')
    await close(true)
    expect(onWarning).not.toHaveBeenCalled()
  })

  test('a draft keeps nobody from closing, and its loss is told', async () => {
    const { outbox, close, onWarning } = unnamed()
    outbox.drafts.set('room', 'Dear all,')
    await close(false)
    expect(onWarning).toHaveBeenCalledOnce()
  })
})
