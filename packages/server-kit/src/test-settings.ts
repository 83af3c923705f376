import { z } from 'zod'
import { commaList } from './read-env.ts'

/** Ways to break a guarantee on purpose, so that it is seen that the checks find it. */
export const MUTANTS = [
  'ack-before-commit',
  'no-repair',
  'dedup-off',
  'membership-check-off',
  'coalescer-reorders',
  'drain-drops',
] as const
export type Mutant = (typeof MUTANTS)[number]

/** Read by all apps; nothing of it is there in production. */
export const testEnv = {
  NODE_ENV: z
    .string()
    .optional()
    .describe('With `production` whatever is for tests only is refused.'),
  FAIL_POINTS_ENABLED: z.stringbool().default(false).describe('For tests only.'),
  MUTANTS: commaList
    .pipe(z.array(z.enum(MUTANTS)))
    .describe('For tests only: guarantees to break, so that it is seen that checks find it.'),
  CLOCK_OFFSET_MS: z.coerce
    .number()
    .int()
    .default(0)
    .describe('For tests only: how wrong the clock of the process is.'),
} as const

export interface TestSettings {
  readonly failPointsEnabled: boolean
  readonly mutants: ReadonlySet<Mutant>
  readonly clockOffsetMs: number
}

export type TestEnv = z.output<z.ZodObject<typeof testEnv>>

export function toTestSettings(env: TestEnv): TestSettings {
  return {
    failPointsEnabled: env.FAIL_POINTS_ENABLED,
    mutants: new Set(env.MUTANTS),
    clockOffsetMs: env.CLOCK_OFFSET_MS,
  }
}

const BREAKS = {
  MUTANTS: (env: Partial<TestEnv>) => (env.MUTANTS?.length ?? 0) > 0,
  CLOCK_OFFSET_MS: (env: Partial<TestEnv>) => (env.CLOCK_OFFSET_MS ?? 0) !== 0,
}

/** What breaks the system has to be asked for twice, and is not to be had in production at all. */
export function checkTestSettings<Env extends z.ZodType<TestEnv>>(schema: Env): Env {
  const inProduction = schema.refine(
    (env) => env.NODE_ENV !== 'production' || !env.FAIL_POINTS_ENABLED,
    { path: ['FAIL_POINTS_ENABLED'], message: 'is refused in production', when: () => true },
  )
  return Object.entries(BREAKS).reduce<Env>(
    (checked, [path, isSet]) =>
      checked.refine((env) => !isSet(env) || env.FAIL_POINTS_ENABLED, {
        path: [path],
        message: 'needs FAIL_POINTS_ENABLED',
        when: () => true,
      }),
    inProduction,
  )
}
