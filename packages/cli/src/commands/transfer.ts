import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { ImportReport } from '@parley/message-schema'
import type { Command } from 'commander'
import { badUsage, CliError, EXIT } from '../cli-error.ts'
import { fields } from '../output/table.ts'
import { NoAnswer } from '../rest/api.ts'
import { linesOf } from '../rest/lines-of.ts'
import type { Terminal } from '../terminal.ts'
import { addLeaf, typed, type Run } from './command-kit.ts'
import { saveLines } from './save-lines.ts'
import { roomIdOf, wholeNumber } from './what-is-asked.ts'

type Line = { readonly kind: string } & Record<string, unknown>

interface ImportOptions {
  readonly source?: string
  readonly createUsers?: boolean
  readonly dryRun?: boolean
  readonly retries: number
}

const SHOWN_ERRORS = 20

export function addTransfer(program: Command, terminal: Terminal): void {
  addLeaf<{ output?: string; versions?: boolean }>(program, terminal, {
    usage: 'export <room>',
    summary: 'All messages of a room, a JSON object a line.',
    examples: ['parley export 0193f2c1-0000-7000-8000-000000000001 --output lobby.jsonl'],
    needs: 'api',
    options: (command) =>
      command
        .option('-o, --output <path>', 'a file in place of standard output')
        .option('--versions', 'what edited messages were before, too'),
    async run(run, { output, versions }, [given]) {
      const path = ['v1', 'server', 'rooms', roomIdOf(given), 'export']
      await saveLines(run, {
        request: { path, query: { versions: versions === true ? 1 : undefined } },
        output,
        isLast: (line) => (line as Line).kind === 'end',
      })
    },
  })
  addLeaf<ImportOptions>(program, terminal, {
    usage: 'import <room> <file>',
    summary: 'Bring messages into a room. The same again brings in what is missing.',
    examples: ['parley import 0193f2c1-0000-7000-8000-000000000001 lobby.jsonl --create-users'],
    needs: 'api',
    options: (command) =>
      command
        .option('--source <name>', 'where the ids of the lines come from; import if absent')
        .option('--create-users', 'make senders who are not there')
        .option('--dry-run', 'look at everything, change nothing')
        .option(
          '--retries <n>',
          'how often it goes on after it was cut off',
          typed(wholeNumber),
          5,
        ),
    async run(run, options, [room, file = '']) {
      const report = await importFile(run, roomIdOf(room), file, options)
      const { lines, imported, already, failed, usersCreated } = report
      await run.show(report, () =>
        fields({ lines, imported, already, failed, 'users made': usersCreated }),
      )
      for (const error of run.isJson ? [] : report.errors.slice(0, SHOWN_ERRORS)) {
        run.terminal.note(`line ${error.line}: ${error.message} (${error.code})\n`)
      }
      if (report.stoppedBy !== undefined) throw new CliError(report.stoppedBy.message)
      if (failed > 0 || !report.isComplete) run.terminal.setExitCode(EXIT.failed)
    },
  })
}

/** What was brought in stays: sending all of it again goes on behind it. */
async function importFile(
  run: Run,
  roomId: string,
  file: string,
  options: ImportOptions,
): Promise<ImportReport> {
  await checkFile(file)
  const { terminal } = run
  for (let left = options.retries; ; left -= 1) {
    try {
      return await importOnce(run, roomId, file, options)
    } catch (error) {
      terminal.signal.throwIfAborted()
      if (!(error instanceof NoAnswer) || left <= 0) throw error
      terminal.note(`${error.message}; sending it again\n`)
    }
  }
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw badUsage(`${file} cannot be read (${cause.code ?? 'unknown'}).`)
  })
  if (!found.isFile()) throw badUsage(`${file} is no file.`)
}

async function importOnce(
  run: Run,
  roomId: string,
  file: string,
  { source, createUsers = false, dryRun = false }: ImportOptions,
): Promise<ImportReport> {
  const bytes = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>
  const answer = await run.api().open({
    method: 'POST',
    path: ['v1', 'rooms', roomId, 'import'],
    query: {
      source,
      users: createUsers ? 'create' : 'refuse',
      dryRun: dryRun ? 1 : undefined,
    },
    lines: bytes,
  })
  try {
    for await (const text of linesOf(answer)) {
      const line = JSON.parse(text.toString('utf8')) as Line
      if (line.kind === 'report') return line as unknown as ImportReport
      run.terminal.note(`${String(line['lines'])} lines, ${String(line['failed'])} failed …\n`)
    }
  } catch (cause) {
    run.terminal.signal.throwIfAborted()
    throw new NoAnswer('The import was cut off', { cause })
  }
  throw new NoAnswer('The import ended without a report')
}
