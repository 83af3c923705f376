import { expect, test } from 'vitest'
import { createMemoryStorage } from '../storage/memory-storage.ts'
import { waitFor } from '../store.ts'
import { createLazyDrafts } from './lazy-drafts.ts'

const ALONE = { name: '', openChannel: null, page: null, account: Promise.resolve('a') }

test('what is set before the code is there is kept, in the order of saying', async () => {
  const storage = createMemoryStorage()
  const drafts = createLazyDrafts({ storage, ...ALONE })
  drafts.set('room', 'Dear')
  drafts.set('room', 'Dear all,')
  await expect(drafts.get('room')).resolves.toBe('Dear all,')
  await waitFor(drafts.rooms, (rooms) => rooms.has('room'))
  await drafts.flush()
  await drafts.close()

  const again = createLazyDrafts({ storage, ...ALONE })
  await expect(again.get('room')).resolves.toBe('Dear all,')
  await again.close()
})
