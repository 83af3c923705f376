import { CHECKS, type CheckId } from '../checks/violation.ts'
import { align, type Summary } from '../report/table.ts'
import type { Verdict } from './bounds.ts'

/** What a soak has seen, counted over all its rounds. */
export interface SoakCounts {
  rounds: number
  ops: number
  acked: number
  delivered: number
  visits: number
  /** Of the residents. */
  said: number
  readonly violations: Record<CheckId, number>
  /** In words: clients that were refused, readers that were handed something twice, processes that died. */
  readonly problems: string[]
}

export const createCounts = (): SoakCounts => ({
  rounds: 0,
  ops: 0,
  acked: 0,
  delivered: 0,
  visits: 0,
  said: 0,
  violations: Object.fromEntries(CHECKS.map((check) => [check, 0])) as Record<CheckId, number>,
  problems: [],
})

export function addRound(counts: SoakCounts, summary: Summary): void {
  counts.rounds += 1
  counts.ops += summary.ops
  counts.acked += summary.acked
  counts.delivered += summary.delivered
  for (const check of CHECKS) counts.violations[check] += summary.violations[check]
}

const rounded = (value: number): string =>
  String(Math.abs(value) >= 100 ? Math.round(value) : Math.round(value * 10) / 10)

/** What grows stands last, where it is seen. */
const ORDER: readonly Verdict['says'][] = ['not judged', 'too short', 'steady', 'grows']

export function printGauges(verdicts: readonly Verdict[]): string {
  const sorted = verdicts.toSorted((a, b) => ORDER.indexOf(a.says) - ORDER.indexOf(b.says))
  const rows = sorted.map(({ process, gauge, before, trend, bound, says }) => [
    process,
    gauge,
    before === null ? '' : rounded(before),
    ...(trend === null
      ? ['', '', '']
      : [rounded(trend.first), rounded(trend.last), rounded(trend.slope)]),
    bound === null ? '' : `${bound.anHour} (${bound.inAll})`,
    says,
  ])
  const head = ['process', 'gauge', 'before', 'first', 'last', 'an hour', 'allowed', 'verdict']
  return align([head, ...rows])
}

export function printChecks({ rounds, violations, ...counts }: SoakCounts): string {
  const found = CHECKS.filter((check) => violations[check] > 0)
  const held =
    found.length === 0
      ? `All checks held in ${rounds} rounds`
      : `Violated: ${found.map((check) => `${check} ${violations[check]}`).join(', ')}, in ${rounds} rounds`
  const { ops, acked, delivered, visits, said } = counts
  return `${held}: ${ops} operations, ${acked} messages acknowledged, ${delivered} events delivered; ${visits} visits; residents said ${said}.`
}

export const hasFailed = (verdicts: readonly Verdict[], counts: SoakCounts): boolean =>
  counts.problems.length > 0 ||
  verdicts.some(({ says }) => says === 'grows') ||
  CHECKS.some((check) => counts.violations[check] > 0)
