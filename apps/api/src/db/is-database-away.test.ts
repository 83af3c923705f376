import { afterAll, expect, test } from 'vitest'
import { createLogPool, createPrisma } from './connect.ts'
import { isDatabaseAway } from './is-database-away.ts'
import { createUserStore } from './users/user-store.ts'

// Nothing listens on the port of TCP's own multiplexer.
const NOWHERE = 'mysql://nobody:x@127.0.0.1:1/nothing'
const pool = createLogPool(NOWHERE, 2)
const prisma = createPrisma(NOWHERE, 2)
afterAll(async () => {
  await pool.end()
  await prisma.$disconnect()
})

test('a database that cannot be reached is away, whichever way it is asked', async () => {
  const errors: unknown[] = await Promise.all([
    pool.query('SELECT 1').catch((error: unknown) => error),
    createUserStore(prisma)
      .find('ada')
      .catch((error: unknown) => error),
    createUserStore(prisma)
      .findByPrefix('ada', 1)
      .catch((error: unknown) => error),
  ])
  expect(errors.map(isDatabaseAway)).toEqual([true, true, true])
}, 20_000)

test('any other mistake is ours', () => {
  expect(isDatabaseAway(new Error('x'))).toBe(false)
  expect(isDatabaseAway(undefined)).toBe(false)
})
