import { Prisma } from '@parley/database'
import { retryAdviceOf } from './database-errors.ts'

/** No connection, a connection lost, no answer in time, a transaction lost to another one. */
const PRISMA_AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2034'])

/** Nothing is wrong with what was asked: it may be asked again a little later. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true
  if (error instanceof Prisma.PrismaClientKnownRequestError) return PRISMA_AWAY.has(error.code)
  return retryAdviceOf(error) !== 'never'
}
