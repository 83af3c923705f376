import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { REPOSITORY } from './app-process.ts'
import { LaunchError } from './launch-error.ts'
import { wholeNumber } from './parse-flags.ts'

const MOST = 2 ** 31 - 1

process.exitCode = await simulate(process.argv.slice(2))

/** The test of the simulation, with the seeds that were asked for. */
async function simulate(args: readonly string[]): Promise<number> {
  try {
    // What is no flag was refused by the door.
    const { values } = parseArgs({
      args: [...args],
      options: { from: { type: 'string' }, seeds: { type: 'string' } },
    })
    const from = wholeNumber('--from', values.from ?? '1', 0, MOST)
    const seeds = wholeNumber('--seeds', values.seeds ?? '300', 1, MOST)
    return await runTest({ SIMULATE_FROM: String(from), SIMULATE_SEEDS: String(seeds) })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return error instanceof LaunchError ? error.exitCode : 2
  }
}

function runTest(env: NodeJS.ProcessEnv): Promise<number> {
  const bin = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
  const args = ['run', '--project', 'simulation', 'tests/simulation/simulation.test.ts']
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: REPOSITORY,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  // Vitest hears Ctrl-C itself.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
