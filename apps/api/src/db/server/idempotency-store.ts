import type { PrismaClient } from '@parley/database'
import { fromBytes, toBytes } from '../binary-id.ts'
import { isTaken } from '../users/user-store.ts'

export interface IdempotencyStore {
  /** The first claim of a key stays: every later one is answered what the first one claimed. */
  readonly claim: (claim: {
    readonly userId: string
    readonly key: string
    readonly fingerprint: Buffer<ArrayBuffer>
    readonly resourceId: string
  }) => Promise<{ readonly resourceId: string; readonly isSame: boolean }>
}

export function createIdempotencyStore(prisma: PrismaClient): IdempotencyStore {
  return {
    async claim({ userId, key, fingerprint, resourceId }) {
      try {
        await prisma.idempotencyKey.create({
          data: { userId, key, fingerprint, resourceId: toBytes(resourceId) },
        })
        return { resourceId, isSame: true }
      } catch (error) {
        if (!isTaken(error)) throw error
      }
      const first = await prisma.idempotencyKey.findUniqueOrThrow({
        where: { userId_key: { userId, key } },
      })
      return {
        resourceId: fromBytes(first.resourceId),
        isSame: fingerprint.equals(first.fingerprint),
      }
    },
  }
}
