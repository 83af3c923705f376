import { Prisma } from '@parley/database'
import { retryAdviceOf } from './database-errors.ts'

/** No connection, a connection lost, no answer in time, a transaction lost to another one. */
const PRISMA_AWAY = new Set(['P1001', 'P1002', 'P1008', 'P1011', 'P1017', 'P2024', 'P2034'])
/** Also one that takes no writes any more: another has become the primary. */
const SERVER_AWAY = new Set([1040, 1053, 1205, 1213, 1290, 1792, 1836, 2006, 2013])
/** The driver's own errors: pool and socket time-outs, refused and broken connections. */
const DRIVER_ERRORS_FROM = 45_000

/** Prisma hands on what the driver said, wrapped, under a code of its own for anything unknown. */
function driverCodeOf(error: Prisma.PrismaClientKnownRequestError): number | undefined {
  const { cause } = (error.meta?.['driverAdapterError'] ?? {}) as { cause?: { code?: unknown } }
  return typeof cause?.code === 'number' ? cause.code : undefined
}

/** Nothing is wrong with what was asked: it may be asked again a little later. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    const code = driverCodeOf(error) ?? 0
    return PRISMA_AWAY.has(error.code) || SERVER_AWAY.has(code) || code >= DRIVER_ERRORS_FROM
  }
  return retryAdviceOf(error) !== 'never'
}
