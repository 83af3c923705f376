import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { QUESTIONS } from '../checks/all-checks.ts'
import { HistoryLine } from './history-line.ts'

const page = readFileSync(new URL('../../../../docs/history-format.md', import.meta.url), 'utf8')
const lines = page.split('\n')

/** Cells of the rows of the first table below a heading. */
function tableBelow(heading: string): string[][] {
  const start = lines.indexOf(heading)
  if (start === -1) throw new Error(`The page has no heading '${heading}'.`)
  const rest = lines.slice(start + 1)
  const table = rest.slice(rest.findIndex((line) => line.startsWith('|')))
  const end = table.findIndex((line) => !line.startsWith('|'))
  return table.slice(2, end).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

interface JsonSchema {
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly anyOf?: readonly JsonSchema[]
}

const quote = (value: unknown): string => `\`${String(value)}\``

function typeOf({ const: only, enum: some, type, format, anyOf }: JsonSchema): string {
  if (only !== undefined) return quote(only)
  if (some !== undefined) return some.map(quote).join(', ')
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ')
  if (Array.isArray(type)) return type.join(' or ')
  return format === 'date-time' ? 'time' : String(type)
}

const kinds = HistoryLine.options.map((option) => {
  const schema = z.toJSONSchema(option, { io: 'input' }) as {
    properties: Record<string, JsonSchema>
    required: string[]
  }
  const fields = Object.entries(schema.properties).map(([name, field]) => [
    quote(name),
    typeOf(field),
    schema.required.includes(name) ? 'yes' : 'no',
  ])
  return { kind: option.shape.kind.value, fields }
})

describe.each(kinds)('$kind', ({ kind, fields }) => {
  test('has its fields on the page, in their order', () => {
    const rows = tableBelow(`### \`${kind}\``)
    expect(rows.map((row) => row.slice(0, 3))).toEqual(fields)
    for (const [name, , , meaning] of rows) expect(meaning, name).not.toBe('')
  })
})

test('the example is a history', () => {
  const start = lines.indexOf('```jsonl') + 1
  const example = lines.slice(start, lines.indexOf('```', start))
  expect(start).toBeGreaterThan(0)
  const read = example.map((line) => HistoryLine.parse(JSON.parse(line)))
  expect(read[0]?.kind).toBe('run')
  expect(new Set(read.map(({ kind }) => kind))).toEqual(new Set(kinds.map(({ kind }) => kind)))
})

test('every check says what it needs', () => {
  const rows = tableBelow('## Checks')
  const expected = Object.entries(QUESTIONS).map(([check, questions]) => [
    check,
    questions.map(({ name }) => quote(name)).join(', '),
  ])
  expect(rows.map((row) => row.slice(0, 2))).toEqual(expected)
  for (const [check, , needs, missing] of rows) {
    expect(needs, check).not.toBe('')
    expect(missing, check).not.toBe('')
  }
})
