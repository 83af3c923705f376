import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ClientStorage } from './client-storage.ts'
import { createIndexedDbStorage } from './indexed-db-storage.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { openStorage } from './open-storage.ts'

let names = 0
const newName = (): string => `parley:test-${(names += 1)}`

const KINDS: readonly (readonly [string, () => ClientStorage])[] = [
  ['memory', createMemoryStorage],
  ['IndexedDB', () => createIndexedDbStorage({ name: newName() })],
]

describe.each(KINDS)('%s', (_, create) => {
  const open = (): ClientStorage => {
    const storage = create()
    onTestFinished(() => storage.close())
    return storage
  }

  test('answers what was put last, and undefined for what is not there', async () => {
    const storage = open()
    expect(await storage.get('a')).toBeUndefined()
    await storage.put('a', { n: 1 })
    await storage.put('a', { n: 2, at: new Date(5), map: new Map([[1, 'x']]) })
    expect(await storage.get('a')).toEqual({ n: 2, at: new Date(5), map: new Map([[1, 'x']]) })
    await storage.delete('a')
    await storage.delete('a')
    expect(await storage.get('a')).toBeUndefined()
  })

  test('keeps a clone: what is changed afterwards does not change it', async () => {
    const storage = open()
    const value = { list: [1] }
    await storage.put('a', value)
    value.list.push(2)
    const read = (await storage.get('a')) as typeof value
    read.list.push(3)
    expect(await storage.get('a')).toEqual({ list: [1] })
    await expect(storage.put('b', () => 1)).rejects.toThrow(/clone/u)
  })

  test('lists what begins so, in the order of the keys', async () => {
    const storage = open()
    for (const key of ['b:2', 'a:1', 'b:10', 'b:', 'b;', 'b', 'b:\uFFFFx', 'c:1']) {
      await storage.put(key, key)
    }
    const keys = async (prefix: string) => (await storage.list(prefix)).map(([key]) => key)
    expect(await keys('b:')).toEqual(['b:', 'b:10', 'b:2', 'b:\uFFFFx'])
    expect(await keys('b:\uFFFF')).toEqual(['b:\uFFFFx'])
    expect(await keys('')).toHaveLength(8)
    expect(await keys('z')).toEqual([])
    expect((await storage.list('c:'))[0]).toEqual(['c:1', 'c:1'])
  })

  test('forgets everything when it is cleared, and can be used on', async () => {
    const storage = open()
    await storage.put('a', 1)
    await storage.clear()
    expect(await storage.list('')).toEqual([])
    await storage.put('a', 2)
    expect(await storage.get('a')).toBe(2)
  })

  test('refuses what comes after it was closed', async () => {
    const storage = open()
    await storage.put('a', 1)
    storage.close()
    await expect(storage.get('a')).rejects.toThrow('closed')
    await expect(storage.put('a', 1)).rejects.toThrow('closed')
  })
})

describe('a database', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('outlasts the page and is shared by tabs', async () => {
    const name = newName()
    const [one, two] = [createIndexedDbStorage({ name }), createIndexedDbStorage({ name })]
    await one.put('a', 1)
    expect(await two.get('a')).toBe(1)
    one.close()
    two.close()
    const three = createIndexedDbStorage({ name })
    expect(await three.get('a')).toBe(1)
    three.close()
  })

  test('lets itself be deleted while a tab uses it, and begins anew', async () => {
    const name = newName()
    const storage = createIndexedDbStorage({ name })
    await storage.put('a', 1)
    const blocked = vi.fn()
    await deleteDB(name, { blocked })
    expect(blocked).not.toHaveBeenCalled()
    expect(await storage.get('a')).toBeUndefined()
    await storage.put('a', 2)
    expect(await storage.get('a')).toBe(2)
    storage.close()
  })

  test('of a newer program is left alone: memory is used, with a warning', async () => {
    const name = newName()
    const newer = await openDB(name, 2)
    const onWarning = vi.fn()
    const storage = createIndexedDbStorage({ name, onWarning })
    await storage.put('a', 1)
    expect(await storage.get('a')).toBe(1)
    expect(await storage.list('')).toEqual([['a', 1]])
    expect(onWarning).toHaveBeenCalledOnce()
    storage.close()
    newer.close()
  })

  test('that may not be opened is memory, with one warning', async () => {
    vi.stubGlobal('indexedDB', {
      open() {
        throw new DOMException('not here', 'SecurityError')
      },
    })
    const onWarning = vi.fn()
    const storage = openStorage({ account: 'ann', onWarning })
    await Promise.all([storage.put('a', 1), storage.put('b', 2)])
    expect(await storage.list('')).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(onWarning).toHaveBeenCalledOnce()
    storage.close()
  })

  test('that never answers is given up', async () => {
    const silent = Object.assign(Object.create(IDBOpenDBRequest.prototype), {
      addEventListener: () => undefined,
    })
    vi.stubGlobal('indexedDB', { open: () => silent })
    const onWarning = vi.fn()
    const storage = createIndexedDbStorage({ name: newName(), onWarning, openTimeoutMs: 1 })
    await storage.put('a', 1)
    expect(onWarning).toHaveBeenCalledOnce()
    storage.close()
  })

  test('is not asked for where there is none', async () => {
    vi.stubGlobal('indexedDB', undefined)
    const onWarning = vi.fn()
    const storage = openStorage({ account: 'ann', onWarning })
    await storage.put('a', 1)
    expect(await storage.get('a')).toBe(1)
    // A program expects nothing else; of a page somebody does.
    expect(onWarning).not.toHaveBeenCalled()
    vi.stubGlobal('document', {})
    openStorage({ account: 'ann', onWarning })
    expect(onWarning).toHaveBeenCalledOnce()
  })

  test('of another account holds nothing of mine', async () => {
    const [ann, bob] = [openStorage({ account: 'ann' }), openStorage({ account: 'bob' })]
    await ann.put('a', 1)
    expect(await bob.get('a')).toBeUndefined()
    ann.close()
    bob.close()
  })
})
