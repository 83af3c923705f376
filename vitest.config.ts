import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { eagerChunks } from './tests/simulation/plugin-eager-chunks.ts'

const conditions = ['@parley/source']
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } }
const simulated = (path: string): string =>
  fileURLToPath(new URL(`tests/simulation/${path}`, import.meta.url))
/** Files with a database, a Redis, or nothing of their own: two wait for each other's disk even on two cores. */
const beside = {
  maxWorkers: Math.max(2, availableParallelism() - 1),
  sequence: { groupOrder: 1 },
}
const serial = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000 }

export default defineConfig({
  ...source,
  test: {
    projects: [
      {
        ...source,
        test: {
          ...beside,
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
          ...beside,
          name: 'services',
          include: [
            '{packages,apps,infra,prisma}/**/src/**/*.{mysql,redis}.test.ts',
            'tests/simulation/**/*.mysql.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**'],
          globalSetup: ['packages/testkit/src/vitest-services.ts'],
          benchmark: { include: ['apps/**/src/**/*.bench.ts'] },
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      { ...source, test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], ...serial } },
      { ...source, test: { name: 'fault', include: ['tests/fault/**/*.test.ts'], ...serial } },
      {
        ...source,
        test: {
          name: 'abuse',
          include: ['tests/abuse/**/*.test.ts'],
          globalSetup: ['tests/abuse/start-cluster.ts'],
          ...serial,
        },
      },
      { ...source, test: { name: 'mutants', include: ['tests/mutants/**/*.test.ts'], ...serial } },
      { ...source, test: { name: 'docs', include: ['tests/docs/**/*.test.ts'] } },
      { ...source, test: { name: 'infra', include: ['tests/infra/**/*.test.ts'], ...serial } },
      {
        ...source,
        plugins: [eagerChunks],
        resolve: {
          conditions,
          alias: {
            'socket.io-client': simulated('network/socket-io-client.ts'),
            'node:timers/promises': simulated('clock/timers-promises.ts'),
          },
        },
        test: {
          name: 'simulation',
          include: ['tests/simulation/**/*.test.ts'],
          exclude: ['**/*.mysql.test.ts'],
          // Thousands of schedules in one test.
          testTimeout: 300_000,
        },
      },
      {
        ...source,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          ...serial,
        },
      },
      {
        ...source,
        test: { name: 'examples', include: ['tests/examples/**/*.test.ts'], ...serial },
      },
    ],
  },
})
