import type { HistoryLine } from '../history/history-line.ts'
import { QUESTIONS } from './all-checks.ts'
import type { CheckOptions, CheckResult } from './check-options.ts'
import { HistoryIndex } from './index-history.ts'
import type { IndexedHistory } from './indexed-history.ts'
import type { Answer, Question } from './question.ts'
import { CHECKS, type CheckId } from './violation.ts'

/** All checks over one history, in the order of `CHECKS`. The first line that comes is line 1. */
export async function checkHistory(
  lines: AsyncIterable<HistoryLine> | Iterable<HistoryLine>,
  options: CheckOptions = {},
): Promise<CheckResult[]> {
  const index = new HistoryIndex(options)
  let number = 0
  for await (const line of lines) {
    number += 1
    index.take(line, number)
  }
  return answerAll(index.done())
}

function answerAll(history: IndexedHistory): CheckResult[] {
  const answers = new Map<Question, Answer>()
  const answer = (question: Question): Answer => {
    const known = answers.get(question) ?? question(history)
    answers.set(question, known)
    return known
  }
  return CHECKS.map((check) => toResult(check, QUESTIONS[check].map(answer), history.bounds.keep))
}

function toResult(check: CheckId, answers: readonly Answer[], keep: number): CheckResult {
  let [looked, found] = [0, 0]
  for (const answer of answers) {
    looked += answer.looked
    found += answer.found
  }
  const findings = answers.flatMap((answer) => answer.findings).slice(0, keep)
  const whole = looked === 0 ? 'not-checked' : 'held'
  return {
    check,
    state: found > 0 ? 'violated' : whole,
    looked,
    found,
    violations: findings.map((finding) => ({ check, ...finding })),
  }
}
