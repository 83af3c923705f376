import { defineConfig } from 'vitest/config'

const conditions = ['@parley/source']
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } }
const serial = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000 }

export default defineConfig({
  ...source,
  test: {
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          // Compilers and searches through thousands of cases, on machines that do other things too.
          testTimeout: 30_000,
          include: ['{packages,apps,infra}/**/src/**/*.test.{ts,tsx}', 'prisma/src/**/*.test.ts'],
          exclude: ['**/*.mysql.test.ts', '**/*.redis.test.ts', '**/node_modules/**', '**/dist/**'],
        },
      },
      {
        ...source,
        test: {
          name: 'services',
          include: ['{packages,apps,infra,prisma}/**/src/**/*.{mysql,redis}.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          globalSetup: ['packages/testkit/src/vitest-services.ts'],
          benchmark: { include: ['apps/**/src/**/*.bench.ts'] },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      { ...source, test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], ...serial } },
      { ...source, test: { name: 'fault', include: ['tests/fault/**/*.test.ts'], ...serial } },
      { ...source, test: { name: 'docs', include: ['tests/docs/**/*.test.ts'] } },
      {
        ...source,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          ...serial,
        },
      },
    ],
  },
})
