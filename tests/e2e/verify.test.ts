import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { REPOSITORY } from '@parley/local-cluster'
import { afterAll, expect, test } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../packages/check/dist/run/verify.js', import.meta.url))
const TIMEOUT_MS = 280_000
const dir = mkdtempSync(join(tmpdir(), 'parley-verify-test-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Summary {
  readonly seed: number
  readonly ops: number
  readonly acked: number
  readonly delivered: number
  readonly faults: number
  readonly violations: Readonly<Record<string, number>>
  readonly notChecked: readonly string[]
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function verify(args: string, whenSaid?: (stderr: string, kill: () => void) => void) {
  const child = spawn(process.execPath, [PROGRAM, ...args.split(' ')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => void (said.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString()
    whenSaid?.(said.stderr, () => child.kill('SIGINT'))
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, ...said } satisfies Ended
}

const summaryOf = ({ stdout }: Ended): Summary =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Summary

const broken = ({ violations }: Summary): string[] =>
  Object.keys(violations).filter((check) => violations[check] !== 0)

test.each([
  ['without faults', '--faults none', 0],
  ['while a gateway dies', '--faults gateway-kill', 1],
])(
  'a run %s breaks no promise, and its history has the same verdict again',
  async (_how, faults, least) => {
    const history = join(dir, 'history.jsonl')
    const load = '--duration 10 --clients 10 --rooms 4 --seed 11'
    const ran = await verify(`${faults} ${load} --json --history ${history}`)
    const summary = summaryOf(ran)
    expect(broken(summary), ran.stdout).toEqual([])
    expect(ran.code, ran.stderr).toBe(0)
    expect(summary.seed).toBe(11)
    expect(summary.acked).toBeGreaterThan(20)
    expect(summary.delivered).toBeGreaterThan(summary.acked)
    expect(summary.faults).toBeGreaterThanOrEqual(least)
    // Whether anybody was signed out in so short a time depends on the machine.
    expect(summary.notChecked.filter((check) => check !== 'I12')).toEqual([])
    // Every kind of client has both asked and read.
    const lines = readFileSync(history, 'utf8')
    for (const via of ['sdk', 'sdk-http', 'websocket', 'polling', 'http']) {
      expect(lines).toMatch(new RegExp(`"kind":"operation".*"via":"${via}"`, 'u'))
      expect(lines).toMatch(new RegExp(`"kind":"delivery".*"via":"${via}"`, 'u'))
    }
    const again = await verify(`--check-only ${history} --json`)
    expect(again.code).toBe(0)
    expect(summaryOf(again)).toEqual(summary)

    // An acknowledged message that the database does not have is seen.
    const [lost] = lines
      .split('\n')
      .filter((line) => line.startsWith('{"kind":"row"'))
      .slice(-1)
    writeFileSync(history, lines.replace(`${lost}\n`, ''))
    const worse = await verify(`--check-only ${history} --json`)
    expect(worse.code).toBe(1)
    expect(broken(summaryOf(worse)).length).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)

test(
  'two versions in one cluster, which processes change between',
  async () => {
    const history = join(dir, 'versions.jsonl')
    // By another name it is another build.
    const other = join(dir, 'other-build')
    symlinkSync(REPOSITORY, other)
    const ran = await verify(
      `--previous ${other} --faults version-change --duration 15 --clients 10 --rooms 3 --seed 4 --json --history ${history}`,
    )
    const summary = summaryOf(ran)
    expect(broken(summary), ran.stdout).toEqual([])
    expect(ran.code, ran.stderr).toBe(0)
    expect(summary.acked).toBeGreaterThan(20)
    const lines = readFileSync(history, 'utf8')
    expect(lines).toContain(`"previous":"${other}"`)
    expect(lines).toMatch(/"name":"version-change".*"detail":"to (?:this|the previous) version"/u)
  },
  TIMEOUT_MS,
)

test(
  'Ctrl-C ends the load, and what there is by then is checked',
  async () => {
    let isAsked = false
    const ran = await verify(
      '--faults way-latency --duration 600 --clients 5 --rooms 2 --json',
      (said, kill) => {
        if (isAsked || !/[1-9]\d* acknowledged/u.test(said)) return
        isAsked = true
        kill()
      },
    )
    expect(ran.stderr).toContain('what there is will be checked')
    expect(broken(summaryOf(ran)), ran.stdout).toEqual([])
    expect(ran.code).toBe(0)
    expect(summaryOf(ran).acked).toBeGreaterThan(0)
  },
  TIMEOUT_MS,
)

test('what is wrong with flags and files is a sentence and exit code 2', async () => {
  expect(await verify('--duration never')).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^--duration takes a whole number .* not 'never'\. .*\n$/u),
  })
  const file = join(dir, 'no-history.jsonl')
  writeFileSync(file, '{"kind":"mark"}\n')
  const { code, stderr } = await verify(`--check-only ${file}`)
  expect([code, stderr]).toEqual([2, expect.stringContaining("is not of the kind 'run'")])
})
