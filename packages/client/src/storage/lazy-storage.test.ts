import { expect, test, vi } from 'vitest'
import type { ClientStorage } from './client-storage.ts'
import { createLazyStorage } from './lazy-storage.ts'
import { createMemoryStorage } from './memory-storage.ts'

test('it is opened with its first use, and anew after one that failed', async () => {
  const open = vi
    .fn<() => Promise<ClientStorage>>()
    .mockRejectedValueOnce(new Error('offline'))
    .mockImplementation(async () => createMemoryStorage())
  const storage = createLazyStorage(open)
  expect(open).not.toHaveBeenCalled()
  await expect(storage.put('a', 1)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' })
  await storage.put('a', 2)
  await expect(storage.list('')).resolves.toEqual([['a', 2]])
  await storage.delete('a')
  await expect(storage.get('a')).resolves.toBeUndefined()
  expect(open).toHaveBeenCalledTimes(2)
})

test('closed it ends what it has opened, after what was asked before, and opens nothing', async () => {
  const memory = createMemoryStorage()
  const storage = createLazyStorage(async () => memory)
  const put = storage.put('a', 1)
  storage.close()
  await put
  await expect(storage.get('a')).rejects.toThrow('closed')
  await expect(memory.get('a')).rejects.toThrow('closed')
  const open = vi.fn<() => Promise<ClientStorage>>()
  createLazyStorage(open).close()
  expect(open).not.toHaveBeenCalled()
})
