import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  COMMANDS,
  ERRORS,
  Event,
  FACTS,
  LIMITS,
  ROUTES,
  SESSION_ENDS,
  type RouteSpec,
} from '@parley/message-schema'
// @boundaries-ignore which variables are secret is documented
import { fileVariable, secretNames } from '../../packages/server-kit/src/secret-files.ts'
// @boundaries-ignore what tests may break is documented
import { MUTANTS } from '../../packages/server-kit/src/test-settings.ts'
import { describe, expect, test } from 'vitest'
// @boundaries-ignore the settings of the apps are what is documented
import { ApiEnv } from '../../apps/api/src/config.ts'
// @boundaries-ignore the settings of the apps are what is documented
import { WorkerEnv } from '../../apps/api/src/worker-config.ts'
// @boundaries-ignore the settings of the apps are what is documented
import { GatewayEnv } from '../../apps/gateway/src/config.ts'
// @boundaries-ignore all that can be broken is documented
import { FAULTS } from '../../packages/check/src/faults/fault-table.ts'

const repository = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, repository), 'utf8')

/** Rows of all tables below a heading, up to the next heading of the same or a higher level. */
function tableRows(page: string, heading: string): string[] {
  const lines = page.split('\n')
  const start = lines.indexOf(heading)
  if (start === -1) throw new Error(`The page has no heading '${heading}'.`)
  const level = heading.indexOf(' ')
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => /^#+ /u.test(line) && line.indexOf(' ') <= level)
  const rows = rest.slice(0, end === -1 ? rest.length : end).filter((line) => line.startsWith('|'))
  // The line after a table's head separates it from the body.
  return rows.filter((_, at) => !isSeparator(rows[at]) && !isSeparator(rows[at + 1]))
}

const isSeparator = (row: string | undefined): boolean =>
  row !== undefined && /^[|:\- ]+$/u.test(row)

const cells = (row: string): string[] =>
  row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())

/** What stands in backticks at the beginning of each row. */
const names = (rows: readonly string[]): string[] =>
  rows.map((row) => /^\| `([^`]+)`/u.exec(row)?.[1] ?? `not a name: ${row}`)

const code = (text: string): string => `\`${text}\``

/** Every row of the code begins a row of the page, and the page has no others. */
function expectRows(rows: readonly string[], expected: readonly string[]): void {
  const begins = (row: string): string | undefined => expected.find((one) => row.startsWith(one))
  expect(rows.map((row) => begins(row) ?? row).toSorted()).toEqual(expected.toSorted())
  for (const row of rows)
    for (const cell of cells(row)) expect(['', 'TODO'], row).not.toContain(cell)
}

/**
 * With `UPDATE_DOCS=1` the page is written instead of compared: rows of the code in the code's order,
 * with what was written by hand behind them; what is new ends in `TODO`, which fails the next time.
 */
function keepTable(path: string, heading: string, expected: readonly string[]): void {
  const rows = tableRows(read(path), heading)
  if (process.env['UPDATE_DOCS'] === undefined) {
    expectRows(rows, expected)
    return
  }
  const page = read(path).split('\n')
  const nameOf = (row: string): string => cells(row)[0] ?? ''
  const at = page.indexOf(
    page.slice(page.indexOf(heading)).find((line) => isSeparator(line)) ?? '',
    page.indexOf(heading),
  )
  const columns = cells(page[at] ?? '').length
  const written = expected.map((row) => {
    const byHand = cells(rows.find((one) => nameOf(one) === nameOf(row)) ?? '')
    const own = cells(row)
    const rest = Array.from(
      { length: columns - own.length },
      (_, index) => byHand[own.length + index] ?? 'TODO',
    )
    return `| ${[...own, ...rest].join(' | ')} |`
  })
  const end = page.findIndex((line, index) => index > at && !line.startsWith('|'))
  page.splice(at + 1, end - at - 1, ...written)
  writeFileSync(new URL(path, repository), page.join('\n'))
}

type EnvSchema = typeof ApiEnv | typeof WorkerEnv | typeof GatewayEnv

/** What is asked of a zod schema here. */
interface Variable {
  readonly description?: string | undefined
  readonly safeParse: (value: unknown) => { readonly success: boolean; readonly data?: unknown }
}

function defaultOf(variable: Variable): string {
  const { success, data } = variable.safeParse(undefined)
  if (!success) return '**required**'
  const isNothing = data === undefined || (Array.isArray(data) && data.length === 0)
  return isNothing ? '–' : code(typeof data === 'string' ? data : JSON.stringify(data))
}

/** `| name | default | meaning |` of each variable. */
export function environmentRows(env: EnvSchema): string[] {
  const secrets = new Set(secretNames(env))
  return Object.entries<Variable>(env.shape).map(([name, variable]) => {
    if (variable.description === undefined) throw new Error(`${name} has no description.`)
    const file = secrets.has(name) ? ` Or ${code(fileVariable(name))}.` : ''
    return `| ${code(name)} | ${defaultOf(variable)} | ${variable.description}${file} |`
  })
}

export const errorRows = (): string[] =>
  Object.entries(ERRORS).map(
    ([name, { status, retry, message }]) =>
      `| ${code(name)} | ${status} | ${code(retry)} | ${message} |`,
  )

export const routeRows = (): string[] =>
  Object.values<RouteSpec>(ROUTES).map((spec) => {
    const { method, path, auth, scope, operators, status, summary, errors = [] } = spec
    const refusals = errors.length === 0 ? '–' : errors.map(code).join(' ')
    const key = scope === undefined ? auth : `${auth} ${code(scope)}`
    const who = operators === true ? `${key} or operator` : key
    return `| ${code(`${method.toUpperCase()} ${path}`)} | ${who} | ${status} | ${summary} | ${refusals} |`
  })

export const sessionEndRows = (): string[] =>
  Object.entries(SESSION_ENDS).map(
    ([name, { reconnect, message }]) =>
      `| ${code(name)} | ${reconnect ? 'yes' : 'no'} | ${message} |`,
  )

export const limitRows = (): string[] =>
  Object.entries(LIMITS).map(
    ([name, value]) => `| ${code(name)} | ${value.toLocaleString('en-US')} |`,
  )

const METRIC =
  /new (Counter|Gauge|Histogram)\(\{\s*name: '(parley_\w+)',\s*help: '([^']+)',(?:\s*labelNames: \[([^\]]*)\])?/gu
const GAUGE = /\bgauge\('(parley_\w+)', '([^']+)'/gu

/** `| name | type | labels | help |` of each metric that the sources of an app make. */
export function metricRows(folder: string): string[] {
  const sources = readdirSync(new URL(folder, repository), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => `${folder}/${path}`)
    .toSorted()
  return sources.flatMap((path) => {
    const source = read(path)
    const row = (name = '', type = '', labels = '', help = ''): string => {
      const shown = [...labels.matchAll(/'(\w+)'/gu)].map(([, label = '']) => code(label)).join(' ')
      return `| ${code(name)} | ${type} | ${shown || '–'} | ${help} |`
    }
    const found = [
      ...[...source.matchAll(METRIC)].map(([, type, name, help, labels]) =>
        row(name, type?.toLowerCase(), labels, help),
      ),
      ...[...source.matchAll(GAUGE)].map(([, name, help]) => row(name, 'gauge', '', help)),
    ]
    // One that is written in another way would be left out without a word.
    const mentioned = new Set(source.match(/'parley_\w+'/gu))
    expect(found, `${path}: metrics that this test cannot read`).toHaveLength(mentioned.size)
    return found
  })
}

test('faults.md has every fault that can be injected, as --faults list prints it, and no other', () => {
  const rows = FAULTS.map(
    ({ name, needs, description }) => `| ${code(name)} | ${code(needs)} | ${description} |`,
  )
  keepTable('docs/faults.md', '## The table', rows)
})

test('faults.md has every mutant, and no other', () => {
  const rows = tableRows(read('docs/faults.md'), '## Mutants')
  expect(rows.map((row) => cells(row)[0]).toSorted()).toEqual(MUTANTS.map(code).toSorted())
})

test('errors.md has every error of the table, as it is there, and no other', () => {
  keepTable('docs/errors.md', '## The table', errorRows())
})

describe('environment.md', () => {
  test('has every variable of the API, with its default and meaning, and no other', () => {
    keepTable('docs/environment.md', '## API', environmentRows(ApiEnv))
  })

  test('has every variable of the worker, with its default and meaning, and no other', () => {
    keepTable('docs/environment.md', '## Worker', environmentRows(WorkerEnv))
  })

  test('has every variable of the gateway, with its default and meaning, and no other', () => {
    keepTable('docs/environment.md', '## Gateway', environmentRows(GatewayEnv))
  })
})

test('metrics.md has every metric, with its type, labels and help, and no other', () => {
  for (const [heading, folder] of [
    ['## Gateway', 'apps/gateway/src'],
    ['## API', 'apps/api/src'],
    ['## Both', 'packages/server-kit/src'],
  ] as const) {
    const rows = metricRows(folder)
    expect(rows.length).toBeGreaterThan(0)
    keepTable('docs/metrics.md', heading, rows)
  }
})

describe('protocol.md', () => {
  const page = (): string => read('docs/protocol.md')

  test('has every command and no other', () => {
    expect(names(tableRows(page(), '## Commands')).toSorted()).toEqual(
      Object.keys(COMMANDS).toSorted(),
    )
  })

  test('names every field of a command, and none that is refused', () => {
    for (const row of tableRows(page(), '## Commands')) {
      const [name = '', payload = '', data = ''] = cells(row)
      const { payload: given, data: answered } =
        COMMANDS[name.replaceAll('`', '') as keyof typeof COMMANDS]
      expect(fieldsIn(payload), name).toEqual(Object.keys(given.shape).toSorted())
      expect(fieldsIn(data), name).toEqual(Object.keys(answered.shape).toSorted())
    }
  })

  test('has every fact and no other', () => {
    expect(names(tableRows(page(), '## Facts')).toSorted()).toEqual(Object.keys(FACTS).toSorted())
  })

  test('has every type of event and no other', () => {
    const types = Event.options.map(({ shape }) => shape.type.value)
    expect(names(tableRows(page(), '## Events')).toSorted()).toEqual(types.toSorted())
  })

  test('has every end of a session, as it is in the code, and no other', () => {
    keepTable('docs/protocol.md', '## Ends of a session', sessionEndRows())
  })

  test('has every route, with who may call it and what it refuses, and no other', () => {
    keepTable('docs/rest.md', '## Routes', routeRows())
  })

  test('has every limit with its value, and no other', () => {
    keepTable('docs/protocol.md', '## Limits', limitRows())
  })
})

/** `{ a, b?, c: { d } }` → `['a', 'b', 'c']` */
function fieldsIn(cell: string): string[] {
  const shape = /`\{(.*)\}`/u.exec(cell)?.[1] ?? ''
  let flat = shape
  for (let before = ''; before !== flat;) {
    before = flat
    flat = flat.replace(/\{[^{}]*\}|\[[^[\]]*\]/u, '')
  }
  return flat
    .split(',')
    .map((field) => /^\s*(\w+)/u.exec(field)?.[1] ?? '')
    .filter(Boolean)
    .toSorted()
}
