import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram, type Ended } from './run-program.ts'

const PROGRAM = fileURLToPath(
  new URL('../../packages/bench/dist/capacity/capacity.js', import.meta.url),
)

const capacity = (args: string): Promise<Ended> => runProgram(PROGRAM, args)

test('a table with a reason in each line', async () => {
  const { code, stdout, stderr } = await capacity('--sockets 100k')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^ {2}gateways +\d+ {2}[\d,]+ sockets and [\d,]+ rooms on each; /mu)
  for (const line of stdout.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(100)
})

test('with --json it is one object, with the same lines', async () => {
  const { code, stdout } = await capacity('--sockets 1M --watched 0 --json')
  expect(code).toBe(0)
  const plan = JSON.parse(stdout)
  expect(plan).toMatchObject({ demand: { sockets: 1_000_000, watched: 0 }, warnings: [] })
  expect(plan.cluster.gateways).toBeGreaterThan(1)
  expect(plan.rows.length).toBeGreaterThan(10)
  for (const { what, count, because } of plan.rows) {
    expect(what && count && because, what).toBeTruthy()
  }
})

test('what cannot be is refused in a sentence: wrong flags with 2, too much with 1', async () => {
  const wrong = await capacity('--sockets lots')
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).toMatch(/^--sockets takes a whole number .* not 'lots'\. See npm run/u)
  const much = await capacity(
    '--sockets 10M --presence-per-user-hour 10000 --watched 200 --load 0.05 --mysql-cores 1 --heads-interval-ms 100',
  )
  expect(much).toMatchObject({ code: 1, stdout: '' })
  expect(much.stderr).toMatch(/^Not even 10,?000 clusters hold this: .*\n$/u)
})

test('--help needs no sockets', async () => {
  const { code, stdout } = await capacity('--help')
  expect(code).toBe(0)
  expect(stdout).toContain('Usage: npm run capacity -- --sockets N [flags]')
})
