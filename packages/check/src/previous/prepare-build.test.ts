import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareBuild } from './prepare-build.ts'

const repository = mkdtempSync(join(tmpdir(), 'parley-previous-'))
const steps: string[] = []
const prepare = (version: string): Promise<string> =>
  prepareBuild({ version, repository, onProgress: (step) => steps.push(step) })

const PROGRAMS = [
  'apps/gateway/dist/main.js',
  'apps/api/dist/main.js',
  'apps/api/dist/worker-main.js',
  'packages/client/dist/index.js',
]

/** A version whose build writes `built`, and nothing else. */
function commit(tag: string, built: readonly string[], script = ''): void {
  const lines = built.map(
    (path) => `mkdirSync('${dirname(path)}', { recursive: true }); writeFileSync('${path}', '')`,
  )
  const source = `import { mkdirSync, writeFileSync } from 'node:fs'\n${lines.join('\n')}\n${script}`
  writeFileSync(join(repository, 'build.mjs'), source)
  const scripts = { build: 'node build.mjs' }
  writeFileSync(join(repository, 'package.json'), JSON.stringify({ name: 'of-a-test', scripts }))
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']
  for (const args of [
    ['add', '.'],
    [...who, 'commit', '-q', '-m', tag],
    ['tag', tag],
  ])
    execFileSync('git', args, { cwd: repository })
}

beforeAll(() => {
  execFileSync('git', ['init', '-q'], { cwd: repository })
  writeFileSync(join(repository, '.gitignore'), '.parley/\n')
  commit('whole', PROGRAMS)
  commit('without-worker', PROGRAMS.slice(0, 2))
  commit('broken', [], 'throw new Error("a type is wrong")')
})
afterAll(() => rmSync(repository, { recursive: true, force: true }))

test('a commit is taken out, installed and built beside this version, once', async () => {
  const folder = await prepare('whole')
  expect(folder).toContain(join(repository, '.parley/builds'))
  for (const program of PROGRAMS) expect(existsSync(join(folder, program))).toBe(true)
  expect(steps.splice(0)).toEqual([
    'Taking out whole',
    'Installing the packages of whole',
    'Building whole',
  ])

  expect(await prepare('whole')).toBe(folder)
  expect(await prepare(folder)).toBe(folder)
  expect(steps).toEqual([])
})

test('a build that broke off is begun again', async () => {
  const folder = await prepare('whole')
  rmSync(join(folder, '.parley-complete'))
  rmSync(join(folder, 'apps'), { recursive: true })
  expect(await prepare('whole')).toBe(folder)
  expect(existsSync(join(folder, PROGRAMS[0] ?? ''))).toBe(true)
})

test.each([
  ['never', 2, "'never' is neither a folder nor a commit of this repository."],
  ['--all', 2, "'--all' is neither a folder nor a commit of this repository."],
  ['without-worker', 1, 'without-worker is no version of Parley: its build has no apps/api/dist/'],
  ['broken', 1, 'a type is wrong'],
])('%s: a sentence', async (version, exitCode, says) => {
  const prepared = prepare(version)
  await expect(prepared).rejects.toThrow(says)
  await expect(prepared).rejects.toMatchObject({ exitCode })
})

test('a folder in which nothing was built is named', async () => {
  const empty = join(repository, 'empty')
  mkdirSync(empty)
  await expect(prepare(empty)).rejects.toThrow(
    `${empty} is no build of Parley: it has no apps/gateway/dist/main.js. Build it first.`,
  )
})
