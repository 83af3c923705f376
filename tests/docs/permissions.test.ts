import { readFileSync, writeFileSync } from 'node:fs'
import {
  ACCESS,
  BUILT_IN_ROLES,
  COMMANDS,
  DIRECT_ROLE,
  PERMISSIONS,
  ROLES,
  ROUTES,
  type CommandName,
  type Permission,
  type RouteName,
} from '@parley/message-schema'
import { expect, test } from 'vitest'

const PAGE = new URL('../../docs/permissions.md', import.meta.url)
const code = (text: string): string => `\`${text}\``
const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`

const permissionRows = (): string[] => {
  const has = (permission: Permission) =>
    [...BUILT_IN_ROLES.map((name) => ROLES[name]), DIRECT_ROLE].map(({ permissions }) =>
      permissions.has(permission) ? 'yes' : '–',
    )
  return Object.entries(PERMISSIONS).map(([name, what]) =>
    row(code(name), what, ...has(name as Permission)),
  )
}

const rankRow = (): string =>
  row('rank', '', ...BUILT_IN_ROLES.map((name) => String(ROLES[name].rank)), '–')

const SHOWN: Readonly<Record<string, string>> = {
  anybody: 'anybody',
  link: 'whoever has the address',
  key: 'API key',
  user: 'whoever is signed in',
  visitor: 'members; of a public room everybody',
  member: 'members',
}

function needOf(name: RouteName | CommandName): string {
  const { need } = ACCESS[name]
  return [need]
    .flat()
    .map((one) => SHOWN[one] ?? code(one))
    .join(' or ')
}

const routeRows = (): string[] =>
  Object.entries(ROUTES).map(([name, { method, path, ...spec }]) => {
    const scope = 'scope' in spec ? ` with ${code(spec.scope)}` : ''
    const operators = 'operators' in spec ? ' or an operator' : ''
    const note = ACCESS[name as RouteName].note ?? '–'
    return row(
      code(`${method.toUpperCase()} ${path}`),
      `${needOf(name as RouteName)}${scope}${operators}`,
      asProse(note),
    )
  })

const commandRows = (): string[] =>
  Object.keys(COMMANDS).map((name) =>
    row(code(name), needOf(name as CommandName), asProse(ACCESS[name as CommandName].note ?? '–')),
  )

/** Names of permissions in a sentence, as code. */
const asProse = (note: string): string =>
  Object.keys(PERMISSIONS).reduce((text, name) => text.replaceAll(name, code(name)), note)

/** The only table below a heading: its rows without the head. With `UPDATE_DOCS=1` it is written. */
function keep(heading: string, expected: readonly string[]): void {
  const lines = readFileSync(PAGE, 'utf8').split('\n')
  const start = lines.indexOf(heading)
  expect(start, `${heading} is a heading of the page`).toBeGreaterThanOrEqual(0)
  const separator = lines.findIndex((line, at) => at > start && /^\|[- |:]+$/u.test(line))
  const end = lines.findIndex((line, at) => at > separator && !line.startsWith('|'))
  if (process.env['UPDATE_DOCS'] !== undefined) {
    lines.splice(separator + 1, end - separator - 1, ...expected)
    writeFileSync(PAGE, lines.join('\n'))
    return
  }
  expect(lines.slice(separator + 1, end)).toEqual(expected)
}

test('what the roles may do is on the page as it is in the code', () => {
  keep('## Roles', [rankRow(), ...permissionRows()])
})

test('what each route of REST needs is on the page', () => {
  keep('## REST', routeRows())
})

test('what each command of the socket needs is on the page', () => {
  keep('## Commands', commandRows())
})
