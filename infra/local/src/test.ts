import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REPOSITORY } from './app-process.ts'
import { ensurePrograms } from './install-programs.ts'
import { LaunchError } from './launch-error.ts'
import { createProgress } from './progress.ts'
import { countTests, type TestCounts, type VitestReport } from './test-counts.ts'

process.exitCode = await run(process.argv.slice(2))

/** All tests, or those that the arguments, which are Vitest's, name. The last line is the counts. */
async function run(args: readonly string[]): Promise<number> {
  const progress = createProgress()
  try {
    const programs = [
      'redis-server',
      'mariadbd',
      'haproxy',
      'chromium',
      'nginx',
      'php',
      'promtool',
      // Root on Linux drops packets in a network of its own; others leave those faults out.
      ...(process.platform === 'linux' && process.getuid?.() === 0 ? (['nft', 'ip'] as const) : []),
    ] as const
    await ensurePrograms(programs, progress.step)
    progress.done()
  } catch (error) {
    progress.fail()
    console.error(error instanceof LaunchError ? error.message : error)
    console.log('0 passed, 0 failed, 0 skipped')
    return 1
  }
  const folder = mkdtempSync(join(tmpdir(), 'parley-test-'))
  try {
    const reportFile = join(folder, 'report.json')
    const code = await vitest(reportFile, args)
    const counts = readCounts(reportFile)
    console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
    // A run in which nothing ran proves nothing; one that crashed has counted what came before.
    return code === 0 && counts.failed === 0 && counts.passed > 0 ? 0 : code || 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function vitest(reportFile: string, args: readonly string[]): Promise<number> {
  const flags = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  const bin = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [bin, ...flags, ...args], {
    cwd: REPOSITORY,
    stdio: 'inherit',
  })
  // Vitest hears Ctrl-C itself and closes what its tests opened; the counts come after that.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.once('error', () => resolve(1))
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

function readCounts(reportFile: string): TestCounts {
  try {
    return countTests(JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport)
  } catch {
    // It crashed before it could report.
    return { passed: 0, failed: 0, skipped: 0 }
  }
}
