export { Prisma, PrismaClient } from '../generated/client.ts'
export * from './database-url.ts'
export * from './migrate.ts'
export * from './seed.ts'
