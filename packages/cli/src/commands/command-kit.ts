import { Command, InvalidArgumentError } from 'commander'
import type { z } from 'zod'
import {
  findInstallation,
  type ConnectionOptions,
  type Installation,
} from '../installation/installation.ts'
import { createApi, type Api } from '../rest/api.ts'
import type { Terminal } from '../terminal.ts'

/** What every command is handed. */
export interface Run {
  readonly terminal: Terminal
  readonly installation: Installation
  readonly isJson: boolean
  /** Made when it is first asked for: only then an address and a key have to be known. */
  readonly api: () => Api
  /** As JSON, or as `text` for people. */
  readonly show: (value: unknown, text: () => string) => Promise<void>
}

export interface Leaf<Options> {
  /** With its arguments, as Commander writes them: `show <id>`. */
  readonly usage: string
  readonly summary: string
  readonly examples: readonly string[]
  /** Where it reaches out to; its flags and variables follow from it. */
  readonly needs: 'api' | 'database' | 'nothing'
  readonly options?: (command: Command) => void
  readonly run: (run: Run, options: Options, args: string[]) => Promise<void>
}

/** Each command says by itself what it takes, so that flags may stand behind it and its help is whole. */
export function addLeaf<Options = object>(
  parent: Command,
  terminal: Terminal,
  leaf: Leaf<Options>,
): Command {
  const command = parent
    .command(leaf.usage)
    .description(leaf.summary)
    .option('--json', 'JSON for programs')
  leaf.options?.(command)
  if (leaf.needs === 'api') addConnection(command)
  command.addHelpText('after', helpEnd(leaf))
  command.action(async (...given: unknown[]) => {
    const options = command.opts<Options & ConnectionOptions & { json?: boolean }>()
    const args = given
      .slice(0, -2)
      .flat()
      .filter((one) => typeof one === 'string')
    await leaf.run(createRun(terminal, options), options, args)
  })
  return command
}

const VARIABLES = {
  api: 'Without --url and --key: PARLEY_URL, PARLEY_API_KEY or PARLEY_API_KEY_FILE,\nelse the cluster that npm start runs here.\n',
  database: 'Reads DATABASE_URL or DATABASE_URL_FILE, else the database of npm start.\n',
  nothing: '',
} as const

function helpEnd<Options>({ examples, needs }: Leaf<Options>): string {
  const lines = examples.map((example) => `  ${example}\n`)
  const title = lines.length > 1 ? 'Examples' : 'Example'
  return `\n${title}:\n${lines.join('')}${needs === 'nothing' ? '' : `\n${VARIABLES[needs]}`}`
}

function addConnection(command: Command): Command {
  return command
    .option('--url <url>', 'where Parley is')
    .option('--key <key>', 'API key; others on this machine may see it')
    .option('--key-file <path>', 'file with the API key')
}

function createRun(terminal: Terminal, options: ConnectionOptions & { json?: boolean }): Run {
  const installation = findInstallation(options, terminal)
  const isJson = options.json ?? false
  return {
    terminal,
    installation,
    isJson,
    api: () =>
      createApi({ url: installation.url(), key: installation.key(), signal: terminal.signal }),
    show: (value, text) => terminal.out(isJson ? `${JSON.stringify(value, null, 2)}\n` : text()),
  }
}

/** For Commander: what a schema says of something that was typed. */
export const typed =
  <Schema extends z.ZodType>(schema: Schema) =>
  (value: string): z.output<Schema> => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    throw new InvalidArgumentError(parsed.error.issues.map(({ message }) => message).join('; '))
  }
