// @boundaries-ignore the pages are made of what the API publishes
import type { JsonSchema } from '../../../apps/api/src/http/open-api-components.ts'

const SHAPES = 'shapes.md'
export const code = (text: string): string => `\`${text}\``
export const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** What a JSON schema is made of, as far as ours use it. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly default?: unknown
  readonly description?: string
}

export const asSchema = (json: JsonSchema | undefined): Schema => (json ?? {}) as Schema
export const nameOf = (reference: string): string => reference.split('/').at(-1) ?? ''

/** A link to a named shape; on the page of the shapes itself only to its heading. */
export type LinkTo = (name: string) => string
export const linkFrom =
  (page: string): LinkTo =>
  (name) =>
    `[${name}](${page === SHAPES ? '' : SHAPES}#${name.toLowerCase()})`

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'address',
  uuid: 'UUID',
  'date-time': 'time (RFC 3339)',
}

const between = (least: number | undefined, most: number | undefined, of: string): string => {
  if (least !== undefined && most !== undefined) {
    return least === most ? `, ${most}${of}` : `, ${least}-${most}${of}`
  }
  if (most !== undefined) return `, at most ${most}${of}`
  return least === undefined ? '' : `, at least ${least}${of}`
}

/** Every whole number has this bound: it says nothing. */
const isBound = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER

function numberWords({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1
  return between(isBound(least) ? least : undefined, isBound(maximum) ? maximum : undefined, '')
}

function plainType(type: string, schema: Schema, link: LinkTo): string {
  switch (type) {
    case 'string': {
      const { format, minLength, maxLength } = schema
      if (format !== undefined) return FORMATS[format] ?? format
      return `string${between(minLength, maxLength, ' characters')}`
    }
    case 'integer':
      return `integer${numberWords(schema)}`
    case 'number':
      return `number${numberWords(schema)}`
    case 'array':
      return `list of ${typeWords(schema.items ?? {}, link)}${between(schema.minItems, schema.maxItems, ' of them')}`
    case 'object':
      return objectWords(schema, link)
    default:
      return type
  }
}

function objectWords({ properties, additionalProperties: rest }: Schema, link: LinkTo): string {
  if (typeof rest === 'object') return `object: to each name ${typeWords(rest, link)}`
  const names = Object.keys(properties ?? {})
  return names.length === 0 ? 'object' : 'object:'
}

/** A type in a cell of a table. */
export function typeWords(schema: Schema, link: LinkTo): string {
  if (schema.$ref !== undefined) return link(nameOf(schema.$ref))
  if (schema.const !== undefined) return code(JSON.stringify(schema.const))
  if (schema.enum !== undefined) {
    return schema.enum.map((one) => code(JSON.stringify(one))).join(' or ')
  }
  const some = schema.anyOf ?? schema.oneOf
  if (some !== undefined) return some.map((one) => typeWords(one, link)).join(' or ')
  if (schema.type === undefined) return 'any JSON'
  return [schema.type]
    .flat()
    .map((type) => plainType(type, schema, link))
    .join(' or ')
}

/** The object that a field is, or that the items of a list are. */
function inside({ type, properties, items, anyOf }: Schema): [Schema, suffix: string] | null {
  if (type === 'object' && properties !== undefined) return [{ type, properties }, '']
  if (type === 'array' && items?.properties !== undefined) return [items, '[]']
  const only = anyOf?.filter((one) => one.type !== 'null') ?? []
  return only.length === 1 && only[0] !== undefined ? inside(only[0]) : null
}

/** A row for each field; what is inside of it follows, with both names. */
export function fieldRows(schema: Schema, link: LinkTo, before = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const isOptional = !(schema.required ?? []).includes(name)
    const fallback =
      field.default === undefined ? '' : `, ${code(JSON.stringify(field.default))} by default`
    const words = `${typeWords(field, link)}${fallback}`.replace(/:$/u, '')
    const found = inside(field)
    const full = `${before}${name}`
    const rows =
      found === null
        ? []
        : fieldRows({ ...found[0], required: requiredOf(field) }, link, `${full}${found[1]}.`)
    return [row(code(`${full}${isOptional ? '?' : ''}`), words), ...rows]
  })
}

const requiredOf = ({ required, items, anyOf }: Schema): readonly string[] =>
  required ?? items?.required ?? anyOf?.find((one) => one.type !== 'null')?.required ?? []

export const table = (rows: readonly string[], title = 'field'): string[] =>
  rows.length === 0 ? [] : [row(title, 'type'), row('---', '---'), ...rows]

/** What a schema is, in whatever form is shortest. */
export function describe(schema: Schema, link: LinkTo, what: string): string[] {
  const rows = fieldRows(schema, link)
  if (rows.length > 0) return [...(what === '' ? [] : [`${what}:`, '']), ...table(rows), '']
  const some = schema.oneOf ?? schema.anyOf
  if (some?.some((one) => one.properties !== undefined) === true) {
    const each = some.flatMap((one, at) => [
      `${at === 0 ? 'Either' : 'Or'}:`,
      '',
      ...table(fieldRows(one, link)),
      '',
    ])
    return each
  }
  const words = typeWords(schema, link)
  return [
    what === '' ? `${words.charAt(0).toUpperCase()}${words.slice(1)}.` : `${what}: ${words}`,
    '',
  ]
}
