/* What those need who look after the tables, without Prisma's client, which takes a while to load. */
export * from './database-url.ts'
export * from './migrate.ts'
export * from './migration-status.ts'
