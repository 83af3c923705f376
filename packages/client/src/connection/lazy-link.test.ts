import { expect, test, vi } from 'vitest'
import { createLazyLink } from './lazy-link.ts'
import type { LinkEvents, OpenLink } from './link.ts'

const OPTIONS = { url: '', token: 't', deviceId: 'd' }
const scripted = () => {
  const closed = vi.fn<LinkEvents['closed']>()
  const close = vi.fn<() => void>()
  const open: OpenLink = () => ({
    kind: 'polling',
    request: async () => ({ ok: true, data: { epoch: 7 } as never }),
    close,
  })
  return { events: { ready: () => undefined, fact: () => undefined, closed }, closed, close, open }
}

test('what is asked before the code is there is answered when it is', async () => {
  const { events, open } = scripted()
  const link = createLazyLink('http', async () => open)(OPTIONS, events)
  expect(link.kind).toBe('http')
  await expect(link.request('sync', {})).resolves.toEqual({ ok: true, data: { epoch: 7 } })
  expect(link.kind).toBe('polling')
})

test('code that cannot be fetched is a link that fails, and is asked for again', async () => {
  const { events, closed, open } = scripted()
  const load = vi
    .fn<() => Promise<OpenLink>>()
    .mockRejectedValueOnce(new Error('offline'))
    .mockResolvedValue(open)
  const openLink = createLazyLink('http', load)
  await expect(openLink(OPTIONS, events).request('sync', {})).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
  expect(closed).toHaveBeenCalledWith({ cause: 'transport', wasReady: false })
  await expect(openLink(OPTIONS, events).request('sync', {})).resolves.toMatchObject({ ok: true })
})

test('closed before it was there it is never opened, and tells nothing', async () => {
  const { events, closed, close, open } = scripted()
  const opened = vi.fn<OpenLink>(open)
  const link = createLazyLink('http', async () => opened)(OPTIONS, events)
  link.close()
  await expect(link.request('sync', {})).rejects.toThrow('closed')
  expect([opened.mock.calls.length, closed.mock.calls.length, close.mock.calls.length]).toEqual([
    0, 0, 0,
  ])
})
