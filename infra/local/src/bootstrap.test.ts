import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REPOSITORY } from './app-process.ts'

// A checkout in which nothing is installed, and nothing can be.
const checkout = mkdtempSync(join(tmpdir(), 'parley-bootstrap-test-'))
beforeAll(() => {
  for (const part of ['bootstrap.mjs', 'usage']) {
    cpSync(join(REPOSITORY, 'infra/local', part), join(checkout, 'infra/local', part), {
      recursive: true,
    })
  }
})
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

interface Outcome {
  readonly code?: number
  readonly stdout: string
  readonly stderr: string
}

const run = (...args: string[]): Promise<Outcome> =>
  promisify(execFile)(process.execPath, [join(checkout, 'infra/local/bootstrap.mjs'), ...args], {
    env: { PATH: '' },
  }).catch((error: Outcome) => error)

test.each([
  ['start', 'npm start'],
  ['chat', 'npm run chat'],
  ['check', 'npm run check'],
  ['verify', 'npm run verify'],
  ['soak', 'npm run soak'],
  ['simulate', 'npm run simulate'],
  ['scoreboard', 'npm run scoreboard'],
  ['capacity', 'npm run capacity'],
  ['test', 'npm test'],
])('%s --help needs nothing installed', async (command, shown) => {
  for (const flag of ['--help', '-h']) {
    const { code, stdout, stderr } = await run(command, flag)
    expect({ code, stderr }).toEqual({ code: undefined, stderr: '' })
    expect(stdout).toContain(`Usage: ${shown}`)
  }
})

test.each([
  ['start', '--gateway'],
  ['start', '--prot=8080'],
  ['chat', '--usr'],
  ['check', '--fix'],
  ['verify', '--fault'],
  ['soak', '--hour'],
  ['simulate', '--seed'],
  ['scoreboard', '--scales'],
  ['capacity', '--socket'],
])('%s %s is refused before anything is installed', async (command, flag) => {
  const { code, stderr } = await run(command, flag)
  expect(code).toBe(2)
  expect(stderr).toContain(`Unknown option '${flag.split('=', 1)[0]}'. See npm`)
  expect(stderr).not.toContain('Installing')
})

test.each([
  ['start', '--gateways=2'],
  ['chat', '--as'],
  ['verify', '--seed'],
  ['test', '--reporter=dot'],
])('%s %s is none of these', async (command, flag) => {
  expect((await run(command, flag)).stderr).toContain('Installing')
})
