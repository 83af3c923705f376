import type { CheckId, Violation } from './violation.ts'

/** What is promised within a time is held to these; what is left out is as the cluster has it by default. */
export interface CheckOptions {
  /** As `session:ready` says it. Else `headsIntervalMs` of the run's `about`, else 5,000. */
  readonly headsIntervalMs?: number | undefined
  /** In which a connected reader has what was said: two heads intervals. */
  readonly catchUpMs?: number | undefined
  /** In which presence is true again after `healed`: 30,000. */
  readonly presenceMs?: number | undefined
  /** In which nothing is accepted any more after a sign-out was acknowledged: 2,000. */
  readonly signOutMs?: number | undefined
  /** In which every operation that was asked for after `healed` is answered: 20,000. */
  readonly answerMs?: number | undefined
  /** By how much a gauge may grow while the load is the same: 0.1. */
  readonly growth?: number | undefined
  /** How many violations of one check are kept with their lines; all are counted. 100. */
  readonly keep?: number | undefined
}

/** What one check says of a history. */
export interface CheckResult {
  readonly check: CheckId
  /** `not-checked`: there was no evidence to look at, so nothing is said. */
  readonly state: 'held' | 'violated' | 'not-checked'
  /** How many pieces of evidence were looked at. */
  readonly looked: number
  /** How many violations were found. */
  readonly found: number
  /** The first of them. */
  readonly violations: readonly Violation[]
}
