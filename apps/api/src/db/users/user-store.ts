import type { User } from '@parley/message-schema'
import { Prisma, type PrismaClient } from '@parley/database'

const SHOWN = {
  id: true,
  kind: true,
  username: true,
  displayName: true,
  avatarUrl: true,
  createdAt: true,
} as const

interface UserRow {
  readonly id: string
  readonly kind: string
  readonly username: string | null
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly createdAt: Date
}

export interface NewUser {
  readonly id: string
  readonly kind: 'account' | 'guest'
  readonly username: string | null
  readonly displayName: string
  readonly passwordHash: string | null
}

export interface UserStore {
  /** `null` if the username is taken. */
  readonly create: (user: NewUser) => Promise<User | null>
  readonly find: (id: string) => Promise<User | null>
  readonly findMany: (ids: readonly string[]) => Promise<User[]>
  readonly findByPrefix: (prefix: string, limit: number) => Promise<User[]>
  readonly findCredentials: (
    username: string,
  ) => Promise<{ readonly user: User; readonly passwordHash: string | null } | null>
  /** Those of the ids that nobody has, or nobody any more. */
  readonly missing: (ids: readonly string[]) => Promise<string[]>
  readonly erased: (ids: readonly string[]) => Promise<string[]>
}

export const userFromRow = (row: UserRow): User => ({
  id: row.id,
  username: row.username,
  displayName: row.displayName,
  avatarUrl: row.avatarUrl,
  kind: row.kind as User['kind'],
  createdAt: row.createdAt.toISOString(),
})

export const isTaken = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'

/** `%` and `_` typed by a person are those characters, not wildcards. */
export const escapeLike = (typed: string): string => typed.replaceAll(/[\\%_]/gu, String.raw`\$&`)

export function createUserStore(prisma: PrismaClient): UserStore {
  return {
    async create(user) {
      try {
        return userFromRow(await prisma.user.create({ data: user, select: SHOWN }))
      } catch (error) {
        if (isTaken(error)) return null
        throw error
      }
    },

    async find(id) {
      const row = await prisma.user.findUnique({ where: { id }, select: SHOWN })
      return row === null ? null : userFromRow(row)
    },

    async findMany(ids) {
      const rows = await prisma.user.findMany({ where: { id: { in: [...ids] } }, select: SHOWN })
      return rows.map(userFromRow)
    },

    // Two ranges of two indexes: one OR over both would read the whole table.
    async findByPrefix(prefix, limit) {
      const username = `${escapeLike(prefix.toLowerCase())}%`
      const name = `${escapeLike(prefix)}%`
      const rows = await prisma.$queryRaw<UserRow[]>`
        (SELECT id, kind, username, display_name AS displayName, avatar_url AS avatarUrl,
                created_at AS createdAt
         FROM user WHERE username LIKE ${username} ORDER BY username LIMIT ${limit})
        UNION
        (SELECT id, kind, username, display_name, avatar_url, created_at
         FROM user WHERE display_name LIKE ${name} AND erased_at IS NULL
         ORDER BY display_name LIMIT ${limit})
        ORDER BY displayName, id LIMIT ${limit}`
      return rows.map(userFromRow)
    },

    async findCredentials(username) {
      const row = await prisma.user.findUnique({
        where: { username },
        select: { ...SHOWN, passwordHash: true },
      })
      return row === null ? null : { user: userFromRow(row), passwordHash: row.passwordHash }
    },

    async missing(ids) {
      const rows = await prisma.user.findMany({
        where: { id: { in: [...ids] }, erasedAt: null },
        select: { id: true },
      })
      const there = new Set(rows.map(({ id }) => id))
      return ids.filter((id) => !there.has(id))
    },

    async erased(ids) {
      const rows = await prisma.user.findMany({
        where: { id: { in: [...ids] }, erasedAt: { not: null } },
        select: { id: true },
      })
      return rows.map(({ id }) => id)
    },
  }
}
