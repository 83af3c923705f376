import { expect, test } from 'vitest'
// @boundaries-ignore all commands are documented
import { buildProgram } from '../../packages/cli/src/build-program.ts'
// @boundaries-ignore all that is looked at is documented
import { CHECKS } from '../../packages/cli/src/doctor/finding.ts'
// @boundaries-ignore commands are made for a terminal
import { testTerminal } from '../../packages/cli/src/testing/test-terminal.ts'
import { keepTable } from './keep-table.ts'

const PAGE = 'docs/cli.md'
type Program = ReturnType<typeof buildProgram>

function rowsOf(command: Program, before = ''): string[] {
  const path = `${before}${command.name()}`
  if (command.commands.length > 0) {
    return command.commands.flatMap((one) => rowsOf(one as Program, `${path} `))
  }
  const args = command.registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? '...' : ''}`
    return one.required ? ` <${name}>` : ` [${name}]`
  })
  return [`| \`${path}${args.join('')}\` | ${needsOf(command)} | ${command.description()} |`]
}

function needsOf(command: Program): string {
  if (command.options.some(({ long }) => long === '--key')) return 'API'
  let help = ''
  command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp()
  return help.includes('DATABASE_URL') ? 'database' : '–'
}

test('the page has every command, with what it needs and does', () => {
  const program = buildProgram(testTerminal(), '0.0.0')
  const rows = program.commands.flatMap((command) => rowsOf(command as Program))
  expect(rows.length).toBeGreaterThan(15)
  keepTable(PAGE, '## Commands', [
    ...rows,
    '| `completion <shell>` | – | A script that completes commands in bash, zsh, fish or PowerShell. |',
  ])
})

test('the page has everything that doctor looks at', () => {
  const rows = Object.entries(CHECKS).map(([code, holds]) => `| \`${code}\` | ${holds} |`)
  keepTable(PAGE, '## What `doctor` looks at', rows)
})
