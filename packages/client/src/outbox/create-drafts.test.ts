import { expect, onTestFinished, test, vi } from 'vitest'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { createTestChannels } from '../testing/test-channels.ts'
import { createTestClock, settled } from '../testing/test-clock.ts'
import { createDrafts } from './create-drafts.ts'

function setUp(storage = createMemoryStorage()) {
  const clock = createTestClock()
  const channels = createTestChannels()
  const open = (tabId: string, kept = storage) => {
    const page = new EventTarget()
    const openChannel = channels.ofTab(tabId)
    const onWarning = vi.fn()
    const ports = { storage: kept, name: 'ann', page, openChannel, after: clock.after, onWarning }
    const drafts = createDrafts(ports)
    onTestFinished(() => drafts.close())
    return { ...drafts, page, onWarning }
  }
  return { clock, open, storage }
}

test('a draft is kept after a pause, and can be read before', async () => {
  const { clock, open, storage } = setUp()
  const drafts = open('one')
  drafts.set('r', 'he')
  await clock.advance(299)
  drafts.set('r', 'hello')
  await clock.advance(299)
  expect(await storage.list('')).toEqual([])
  expect(await drafts.get('r')).toBe('hello')
  expect([...drafts.rooms.current]).toEqual(['r'])
  await clock.advance(1)
  expect(await storage.list('')).toEqual([['draft:r', 'hello']])
  drafts.set('r', '')
  expect(await drafts.get('r')).toBe('')
  expect(drafts.rooms.current.size).toBe(0)
  await clock.advance(300)
  expect(await storage.list('')).toEqual([])
})

test.each(['pagehide', 'visibilitychange', 'freeze'])('at %s it is kept at once', async (name) => {
  const { open, storage } = setUp()
  const drafts = open('one')
  drafts.set('r', 'hello')
  drafts.set('r', 'in a thread', 5)
  drafts.page.dispatchEvent(new Event(name))
  await settled()
  expect(await storage.list('')).toEqual([
    ['draft:r', 'hello'],
    ['draft:r:5', 'in a thread'],
  ])
  expect(await drafts.get('r', 5)).toBe('in a thread')
})

test('other tabs hear which rooms have one, and read it', async () => {
  const { clock, open } = setUp()
  const [one, two] = [open('one'), open('two')]
  await settled()
  one.set('r', 'hello')
  await clock.advance(300)
  expect([...two.rooms.current]).toEqual(['r'])
  expect(await two.get('r')).toBe('hello')
  two.set('r', '')
  await clock.advance(300)
  expect(one.rooms.current.size).toBe(0)
  expect(await one.get('r')).toBe('')
})

test('after a reload the rooms with drafts are known; what was changed meanwhile counts', async () => {
  const { open, storage } = setUp()
  await storage.put('draft:a', 'kept')
  await storage.put('draft:b', 'kept')
  await storage.put('draft:c:7', 'kept')
  const drafts = open('one')
  drafts.set('b', '')
  await settled()
  expect([...drafts.rooms.current].toSorted()).toEqual(['a', 'c'])
  expect(await drafts.get('a')).toBe('kept')
  expect(await drafts.get('nothing')).toBe('')
})

test('words that come while the ones before are kept are kept too', async () => {
  const storage = createMemoryStorage()
  const { clock, open } = setUp(storage)
  const drafts = open('one')
  drafts.set('r', 'one')
  const flushed = drafts.flush()
  drafts.set('r', 'two')
  await flushed
  expect(await drafts.get('r')).toBe('two')
  await clock.advance(300)
  expect(await storage.get('draft:r')).toBe('two')
})

test('a storage that takes nothing more is told of', async () => {
  const taken = createMemoryStorage()
  const full = {
    ...taken,
    put: (..._row: [string, unknown]): Promise<void> => Promise.reject(new Error('no space')),
  }
  const { clock, open } = setUp()
  const drafts = open('one', full)
  drafts.set('r', 'hello')
  await clock.advance(300)
  expect(drafts.onWarning).toHaveBeenCalledOnce()
  // Of what is here nothing is lost, and it is kept when there is room again.
  expect(await drafts.get('r')).toBe('hello')
  full.put = taken.put
  await drafts.flush()
  expect(await taken.get('draft:r')).toBe('hello')
})
