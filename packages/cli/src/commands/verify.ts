import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

const PROGRAM = fileURLToPath(new URL('../../../check/dist/run/verify.js', import.meta.url))

/** The checker is a program of its own, with flags of its own: all of them are handed on. */
export function addVerify(program: Command, terminal: Terminal): void {
  program
    .command('verify')
    .description('Check the guarantees while things break, as npm run verify does.')
    .argument('[flags...]', 'those of npm run verify')
    .option('--json', 'JSON for programs')
    .addHelpText('after', '\nExample:\n  parley verify --duration 10 --faults none --json\n')
    .helpOption('--help', 'all flags of the checker')
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (flags: string[], options: { json?: boolean }) => {
      const args = [...(options.json === true ? ['--json'] : []), ...flags]
      terminal.setExitCode(await runChecker(args))
    })
}

async function runChecker(args: readonly string[]): Promise<number> {
  if (!existsSync(PROGRAM)) {
    throw new CliError(
      'The checker is not here: verify runs in the repository, after npm run build.',
    )
  }
  // Ctrl-C reaches both; the checker ends its clusters, and is waited for.
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
