import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const VERIFY = fileURLToPath(new URL('../../packages/check/dist/run/verify.js', import.meta.url))
/** Enough to find each of them; a run says more with more. */
const SIZE = ['--clients', '8', '--rooms', '3', '--rate', '60', '--duration', '15', '--seed', '5']

interface Verdict {
  readonly acked: number
  readonly faults: number
  readonly violations: Readonly<Record<string, number>>
}

/** A run of the checker against a cluster in which the mutant is at work. */
async function verify(mutant: string, faults: string): Promise<Verdict & { code: number }> {
  const child = spawn(process.execPath, [VERIFY, '--faults', faults, '--json', ...SIZE], {
    env: { ...process.env, FAIL_POINTS_ENABLED: 'true', MUTANTS: mutant },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, progress, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ])
  const last = said.trim().split('\n').at(-1) ?? ''
  expect(last, progress).toMatch(/^\{/u)
  return { ...(JSON.parse(last) as Verdict), code }
}

const found = ({ violations }: Verdict): string[] =>
  Object.keys(violations).filter((check) => (violations[check] ?? 0) > 0)

/** Which faults bring it to light, and what it breaks first of all. */
const MUTANTS = {
  'ack-before-commit': ['api-kill@a1,api-kill@a2,api-dies-before-commit', ['C2', 'I1', 'I3', 'I5']],
  'no-repair': ['redis-drops-subscribers,news-lost', ['C5', 'I9']],
  'dedup-off': ['api-dies-after-commit,reconnect-storm', ['C3', 'I1', 'I3']],
  'membership-check-off': ['none', ['C8', 'I8']],
  'coalescer-reorders': ['none', ['C4', 'I6']],
  'drain-drops': ['gateway-drain', ['C4', 'I6']],
} as const satisfies Record<string, readonly [faults: string, checks: readonly string[]]>

test.for(Object.entries(MUTANTS))(
  '%s is found',
  { timeout: 400_000 },
  async ([mutant, [faults, checks]]) => {
    const verdict = await verify(mutant, faults)
    expect(verdict.acked).toBeGreaterThan(20)
    expect(found(verdict)).toEqual(expect.arrayContaining([expect.toBeOneOf([...checks])]))
    expect(verdict.code).toBe(1)
  },
)

test('without a mutant the same faults break nothing', { timeout: 400_000 }, async () => {
  const faults = new Set(
    Object.values(MUTANTS).flatMap(([names]) => names.replaceAll(/@\w+/gu, '').split(',')),
  )
  faults.delete('none')
  const verdict = await verify('', [...faults].join())
  expect(found(verdict)).toEqual([])
  expect(verdict.faults).toBeGreaterThan(1)
  expect(verdict.code).toBe(0)
})
