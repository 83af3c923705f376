import { expect, test } from 'vitest'
import type { Pool } from './connect.ts'
import { createHasReachedDatabase } from './has-reached-database.ts'

test('it was not reached until it was, and was reached from then on', async () => {
  let isThere = false
  const query = async (): Promise<unknown[]> => {
    if (!isThere) throw new Error('The database is away.')
    return []
  }
  const hasReached = createHasReachedDatabase({ query } as unknown as Pool)
  expect(await hasReached()).toBe(false)
  isThere = true
  expect(await hasReached()).toBe(true)
  isThere = false
  expect(await hasReached()).toBe(true)
})
