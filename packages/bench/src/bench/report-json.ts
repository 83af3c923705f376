import { describeCommit, describeMachine } from '../machine/describe-machine.ts'
import type { Report } from './report.ts'

/** When, where and of what it was measured. */
export interface MeasuredAt {
  readonly at: string
  readonly commit: string
  readonly machine: ReturnType<typeof describeMachine>
}

export const measuredNow = (): MeasuredAt => ({
  at: new Date().toISOString().slice(0, 10),
  commit: describeCommit(),
  machine: describeMachine(),
})

/** For programs: one object, without what only people look at. */
export function toJson(report: Report, measured: MeasuredAt): object {
  const { tables: _tables, plots: _plots, more = {}, ...rest } = report
  return { ...measured, ...rest, ...more }
}
