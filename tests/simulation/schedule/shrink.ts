import type { Plan } from './plan.ts'
import { runSchedule, type Outcome, type RunOptions } from './run-schedule.ts'

const RUNS_AT_MOST = 80

/**
 * The same failure with fewer steps: parts are left out, first large ones, as long as the same check
 * still finds something. What chance decides goes another way then, so it is not the fewest.
 */
async function shrink(failed: Outcome, options: RunOptions = {}): Promise<Outcome> {
  const wanted = new Set(failed.violations.map(({ check }) => check))
  let best = failed
  let runs = 0
  for (let size = Math.ceil(failed.plan.steps.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < best.plan.steps.length && runs < RUNS_AT_MOST; runs += 1) {
      const steps = best.plan.steps.filter((_, index) => index < from || index >= from + size)
      const plan: Plan = { ...best.plan, steps }
      const outcome = await runSchedule(failed.seed, { ...options, plan })
      if (outcome.violations.some(({ check }) => wanted.has(check))) best = outcome
      else from += size
    }
  }
  return best
}

const LINES_SHOWN = 120

/** What is printed of a seed that failed. */
export async function describeFailure(failed: Outcome, options: RunOptions = {}): Promise<string> {
  const { plan, violations } = await shrink(failed, options)
  const { trace } = await runSchedule(failed.seed, { ...options, plan, isTraced: true })
  const first = trace.findIndex((line) => line.includes('VIOLATION'))
  return [
    `seed ${failed.seed}:`,
    ...failed.violations.map(({ check, text }) => `  ${check} ${text}`),
    `after leaving out ${failed.plan.steps.length - plan.steps.length} of ${failed.plan.steps.length} steps:`,
    ...violations.map(({ check, text }) => `  ${check} ${text}`),
    ...plan.steps.map((step) => `  ${JSON.stringify(step)}`),
    'and what happened at last:',
    ...trace.slice(Math.max(0, first - LINES_SHOWN), first + 10),
  ].join('\n')
}
