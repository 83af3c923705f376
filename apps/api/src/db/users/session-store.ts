import type { User } from '@parley/message-schema'
import type { PrismaClient } from '@parley/database'
import { toBytes } from '../binary-id.ts'
import { userFromRow } from './user-store.ts'

export interface SessionState {
  readonly user: User
  readonly expiresAt: Date
  readonly isRevoked: boolean
  /** Of the refresh token that is good now. */
  readonly tokenHash: Buffer
  readonly refreshedAt: Date
}

export interface SessionStore {
  readonly create: (session: {
    readonly id: string
    readonly userId: string
    readonly tokenHash: Buffer<ArrayBuffer>
    readonly expiresAt: Date
  }) => Promise<void>
  readonly find: (id: string) => Promise<SessionState | null>
  /** True if `from` was the good token of a living session: then `to` is, in the same statement. */
  readonly rotate: (rotation: {
    readonly id: string
    readonly from: Buffer<ArrayBuffer>
    readonly to: Buffer<ArrayBuffer>
    readonly now: Date
    readonly expiresAt: Date
  }) => Promise<boolean>
  /** Ends the session and moves its user's version, so that gateways look again. */
  readonly revoke: (id: string, userId: string, now: Date) => Promise<void>
}

export function createSessionStore(prisma: PrismaClient): SessionStore {
  return {
    async create({ id, ...session }) {
      await prisma.session.create({ data: { id: toBytes(id), ...session }, select: { id: true } })
    },

    async find(id) {
      const row = await prisma.session.findUnique({
        where: { id: toBytes(id) },
        include: { user: true },
      })
      if (row === null) return null
      return {
        user: userFromRow(row.user),
        expiresAt: row.expiresAt,
        isRevoked: row.revokedAt !== null,
        tokenHash: Buffer.from(row.tokenHash),
        refreshedAt: row.refreshedAt,
      }
    },

    async rotate({ id, from, to, now, expiresAt }) {
      const { count } = await prisma.session.updateMany({
        where: { id: toBytes(id), tokenHash: from, revokedAt: null, expiresAt: { gt: now } },
        data: { tokenHash: to, refreshedAt: now, expiresAt },
      })
      return count === 1
    },

    async revoke(id, userId, now) {
      await prisma.$transaction([
        prisma.session.updateMany({
          where: { id: toBytes(id), userId, revokedAt: null },
          data: { revokedAt: now },
        }),
        prisma.$executeRaw`
          INSERT INTO user_head (user_id, version) VALUES (${userId}, 1)
          ON DUPLICATE KEY UPDATE version = version + 1`,
      ])
    },
  }
}
