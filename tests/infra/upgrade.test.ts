import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { filesIn, readYaml, REPOSITORY } from './deployment-files.ts'

const dir = mkdtempSync(join(tmpdir(), 'parley-upgrade-'))
const calls = join(dir, 'calls')
const rolling = 'infra/upgrade/rolling-upgrade.sh'
const blueGreen = 'infra/upgrade/blue-green.sh'
const overlay = 'infra/kubernetes/overlays/production'

/** Stands in for `docker` and `kubectl`, which want a cluster: notes what it is asked, and fails at a word. */
for (const name of ['docker', 'kubectl']) {
  const program = join(dir, name)
  writeFileSync(
    program,
    `#!/usr/bin/env bash
echo "${name} $*" >> '${calls}'
[ -z "\${FAIL_AT:-}" ] || [[ "$*" != *"$FAIL_AT"* ]]
`,
  )
  chmodSync(program, 0o755)
}

beforeEach(() => writeFileSync(calls, ''))
afterAll(() => rmSync(dir, { recursive: true }))

function run(script: string, args: readonly string[], failAt = '') {
  const { status, stdout, stderr } = spawnSync('bash', [script, ...args], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    env: { PATH: `${dir}:/usr/local/bin:/usr/bin:/bin`, FAIL_AT: failAt },
  })
  const asked = readFileSync(calls, 'utf8').split('\n').filter(Boolean)
  return { status, stdout, stderr, asked: asked.map((call) => call.replaceAll(/ -f \S+/gu, '')) }
}

test.each(
  filesIn('infra').filter((path) => path.endsWith('.sh') && !path.includes('node_modules')),
)('%s is bash, and stops at errors', (path) => {
  expect(spawnSync('bash', ['-n', path], { cwd: REPOSITORY }).status).toBe(0)
  // What is sourced is no program.
  const text = readFileSync(join(REPOSITORY, path), 'utf8')
  if (!text.startsWith('#!')) return
  expect(text).toContain('\nset -euo pipefail\n')
  expect(statSync(join(REPOSITORY, path)).mode & 0o111).not.toBe(0)
})

const WAYS: readonly (readonly [script: string, args: readonly string[]])[] = [
  [rolling, ['--compose', '--version', '0.4.0']],
  [rolling, ['--kubernetes', overlay]],
  [blueGreen, ['--to', 'green', '--compose', '--version', '0.4.0', '--check', 'true']],
  [blueGreen, ['--to', 'blue', '--compose', '--version', '0.4.0']],
  [blueGreen, ['--to', 'green', '--kubernetes', overlay]],
  [blueGreen, ['--to', 'blue', '--kubernetes', overlay]],
]

describe.each(WAYS)('%s %j', (script, args) => {
  test('a dry run says all steps and does none', () => {
    const { status, stdout, stderr, asked } = run(script, [...args, '--dry-run'])
    expect({ status, stderr, asked }).toEqual({ status: 0, stderr: '', asked: [] })
    expect(stdout.split('\n').length).toBeGreaterThan(7)
    expect(stdout).toMatch(/migrate/u)
  })

  test('a run ends well, and migrates before anything else is replaced', () => {
    const pause = script === rolling && args[0] === '--compose' ? ['--pause', '0'] : []
    const { status, asked, stderr } = run(script, [...args, ...pause])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const at = (pattern: RegExp): number => asked.findIndex((call) => pattern.test(call))
    const migrated = at(/run .*migrate|component=migrate/u)
    expect(migrated).toBeGreaterThan(-1)
    expect(at(/ up |component=api|colour=/u)).toBeGreaterThan(migrated)
  })

  test('it stops at the first thing that fails', () => {
    const { status, stderr, asked } = run(script, args, 'migrate')
    expect(status).toBe(1)
    expect(stderr).toMatch(/failed; nothing after it was done/u)
    expect(asked.some((call) => / up |component=api|colour=/u.test(call))).toBe(false)
  })
})

test('services of compose are replaced one at a time, gateways last, each when the one before is ready', () => {
  const { asked } = run(rolling, ['--compose', '--version', '0.4.0', '--pause', '0'])
  const ups = asked.filter((call) => call.includes(' up '))
  expect(ups.every((call) => call.includes('--wait --wait-timeout 300'))).toBe(true)
  const { services } = readYaml<{ services: object }>('infra/compose.yaml')[0]!
  const order = ups.map((call) => call.split(' ').at(-1)!)
  expect(order).toEqual(['api-0', 'api-1', 'worker', 'gateway-0', 'gateway-1', 'gateway-2'])
  for (const name of order) expect(services).toHaveProperty([name])
})

test('a gateway that does not get ready leaves the others as they were', () => {
  const { status, asked } = run(
    rolling,
    ['--compose', '--version', '1.0.0', '--pause', '0'],
    '300 gateway-1',
  )
  expect(status).toBe(1)
  expect(asked.at(-1)).toMatch(/ gateway-1$/u)
})

describe('blue-green', () => {
  const green = [
    'green-api-0',
    'green-api-1',
    'green-gateway-0',
    'green-gateway-1',
    'green-gateway-2',
  ]

  test('ends the old colour when the new one is ready, and not before', () => {
    const { asked } = run(blueGreen, ['--to', 'green', '--compose', '--version', '0.4.0'])
    const lastUp = asked.findLastIndex((call) => call.includes(' up '))
    const firstStop = asked.findIndex((call) => call.includes(' stop '))
    expect(firstStop).toBeGreaterThan(lastUp)
    const stopped = asked
      .filter((call) => call.includes(' stop '))
      .map((call) => call.split(' stop ')[1])
    expect(stopped).toEqual(['gateway-0', 'gateway-1', 'gateway-2', 'api-0 api-1'])
  })

  test.each([
    ['gateways that do not get ready', 'green-gateway-2', []],
    ['a check that fails', '', ['--check', 'false']],
  ])('%s end the new colour again, and nothing of the old one', (_, failAt, check) => {
    const args = ['--to', 'green', '--compose', '--version', '0.4.0', ...check]
    const { status, stderr, asked } = run(blueGreen, args, failAt && `300 green-gateway-0`)
    expect(status).toBe(1)
    expect(stderr).toContain('the old one was not touched')
    const stops = asked.filter((call) => call.includes(' stop '))
    expect(stops.map((call) => call.split(' stop ')[1])).toEqual([green.join(' ')])
  })

  test('in Kubernetes, too', () => {
    const args = ['--to', 'green', '--kubernetes', overlay]
    const { status, asked } = run(blueGreen, args, 'statefulset/green-gateway')
    expect(status).toBe(1)
    const deleted = asked.filter((call) => call.includes(' delete ') && !call.includes('job'))
    expect(deleted).toEqual([
      'kubectl --namespace=parley delete statefulset,hpa --selector=parley.chat/colour=green',
    ])
  })
})

describe('what is asked wrongly', () => {
  test.each([
    [rolling, [], 'Say --compose or --kubernetes.'],
    [rolling, ['--compose'], '--compose wants --version.'],
    [rolling, ['--compose', '--version'], '--version wants a value.'],
    [rolling, ['--compose', '--version', '--dry-run'], '--version wants a value.'],
    [rolling, ['--timeout', 'soon'], "--timeout wants a whole number, and not 'soon'."],
    [rolling, ['--kubernetes', 'nowhere'], "'nowhere' has no kustomization.yaml."],
    [rolling, ['--frobnicate'], "Unknown option '--frobnicate'."],
    [blueGreen, ['--compose', '--version', '1'], 'Say --to blue or --to green.'],
    [blueGreen, ['--to', 'red'], 'Say --to blue or --to green.'],
  ])('%s %j', (script, args, sentence) => {
    const { status, stderr, asked } = run(script, args)
    expect({ status, asked }).toEqual({ status: 2, asked: [] })
    expect(stderr).toBe(`${script.split('/').at(-1)}: ${sentence} See --help.\n`)
  })

  test.each([rolling, blueGreen, 'infra/make-secrets.sh'])('%s --help', (script) => {
    const { status, stdout } = run(script, ['--help'])
    expect(status).toBe(0)
    expect(stdout).toContain(`Usage: ${script}`)
  })
})
