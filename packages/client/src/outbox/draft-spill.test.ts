import { expect, test } from 'vitest'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { createDrafts } from './create-drafts.ts'
import { createDraftSpill } from './draft-spill.ts'

const account = Promise.resolve('https://chat.example.com alice')
const map = new Map<string, string>()
const local = {
  getItem: (key: string) => map.get(key) ?? null,
  setItem: (key: string, value: string) => void map.set(key, value),
  removeItem: (key: string) => void map.delete(key),
}

test('a draft outlasts a page that goes away before it could be kept', async () => {
  const page = new EventTarget()
  const lost = { ...createMemoryStorage(), put: () => new Promise<void>(() => undefined) }
  const name = ''
  const first = createDrafts({
    storage: lost,
    name,
    page,
    openChannel: null,
    spill: createDraftSpill(account, local),
  })
  await first.get('room')
  first.set('room', 'Dear all,')
  page.dispatchEvent(new Event('pagehide'))

  const storage = createMemoryStorage()
  const open = () =>
    createDrafts({
      storage,
      name,
      page: null,
      openChannel: null,
      spill: createDraftSpill(account, local),
    })
  const second = open()
  await expect(second.get('room')).resolves.toBe('Dear all,')
  expect(second.rooms.current.has('room')).toBe(true)
  await second.close()
  expect(map.size).toBe(0)
  const third = open()
  await expect(third.get('room')).resolves.toBe('Dear all,')
  await third.close()
})

test('what is kept in time leaves nothing behind, and what somebody else wrote there is no draft', async () => {
  const page = new EventTarget()
  const spill = createDraftSpill(account, local)
  const storage = createMemoryStorage()
  const drafts = createDrafts({ storage, name: '', page, openChannel: null, spill })
  await drafts.get('room')
  drafts.set('room', 'Dear')
  page.dispatchEvent(new Event('pagehide'))
  await drafts.close()
  expect(map.size).toBe(0)

  for (const text of ['no json', '[[1, 2], ["draft:room", {}]]', '{"a":1}']) {
    map.set('parley:drafts:https://chat.example.com alice', text)
    await expect(createDraftSpill(account, local)?.take()).resolves.toEqual([])
  }
})
