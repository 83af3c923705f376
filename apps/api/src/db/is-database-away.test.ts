import { Prisma } from '@parley/database'
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

test('a server that is no longer the primary is away for whoever writes', () => {
  const refused = (code: number): unknown =>
    new Prisma.PrismaClientKnownRequestError('read_only', {
      code: 'P2010',
      clientVersion: '7',
      meta: { driverAdapterError: { cause: { kind: 'mysql', code } } },
    })
  expect([1290, 1792, 1836].map(refused).map(isDatabaseAway)).toEqual([true, true, true])
  expect(isDatabaseAway(refused(1064))).toBe(false)
})

test('so is one whose connection broke, as the system says it', () => {
  const broken = (code: string): Error => Object.assign(new Error(`read ${code}`), { code })
  expect(['ECONNRESET', 'EPIPE'].map(broken).map(isDatabaseAway)).toEqual([true, true])
  expect(isDatabaseAway(broken('ENOENT'))).toBe(false)
})

test('any other mistake is ours', () => {
  expect(isDatabaseAway(new Error('x'))).toBe(false)
  expect(isDatabaseAway(undefined)).toBe(false)
})
