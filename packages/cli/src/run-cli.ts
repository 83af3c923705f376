import tab from '@bomb.sh/tab/commander'
import { CommanderError, type Command } from 'commander'
import { buildProgram } from './build-program.ts'
import { CliError, EXIT } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

/** Runs one command line; whatever is wrong is a sentence and an exit code. */
export async function runCli(
  args: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<number> {
  const program = buildProgram(terminal, version)
  addCompletion(program)
  const [first, ...about] = args
  // What the library knows as `help` goes one command deep.
  const asked = first === 'help' && about.length > 0 ? [...about, '--help'] : args
  try {
    await program.parseAsync(asked, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    return refused(error, args, terminal)
  }
}

/** `completion <shell>` writes a script, which asks the hidden `complete` while somebody types. */
function addCompletion(program: Command): void {
  tab(program, { completionCommandName: 'completion' })
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('A script that completes commands in bash, zsh, fish or PowerShell.')
    .addHelpText('after', '\nExample:\n  source <(parley completion bash)\n')
}

function refused(error: unknown, args: readonly string[], { note, signal }: Terminal): number {
  // What was asked for is what was typed before Ctrl-C; ending so is no failure.
  if (signal.aborted) return EXIT.ok
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  const isKnown = error instanceof CliError
  const message = error instanceof Error ? error.message : String(error)
  const end = args.indexOf('--')
  if (args.slice(0, end === -1 ? args.length : end).includes('--json')) {
    const code = (isKnown ? error.code : undefined) ?? null
    note(`${JSON.stringify({ error: { code, message } })}\n`)
  } else note(`parley: ${message}\n`)
  return isKnown ? error.exitCode : EXIT.failed
}
