import type { RouteSpec } from '@parley/message-schema'

export type Json = Record<string, unknown>
/** Whatever says of a value whether it is one of its own. */
type Checks = Pick<NonNullable<RouteSpec['body']>, 'safeParse'>

const UUID = '0197f0c1-0000-7000-8000-000000000001'

/** The first that fits is taken: a pattern that none of these fits wants one more here. */
const TEXTS: readonly string[] = [
  UUID,
  'https://127.0.0.1:9/x',
  '2030-01-01T00:00:00.000Z',
  '2030-01-01',
  '08:00',
  'ada@example.com',
  'message:send',
  'member',
  'ada',
  '👍',
  '1',
  'ab'.repeat(32),
  'a'.repeat(22),
  'a'.repeat(87),
  'a'.repeat(16),
  '12.34',
]
const FORMATS: Readonly<Record<string, string>> = {
  uri: 'https://127.0.0.1:9/x',
  'date-time': '2030-01-01T00:00:00.000Z',
  email: 'ada@example.com',
}

function exampleText({ format, pattern, minLength = 0, maxLength = Infinity }: Json): string {
  if (typeof format === 'string' && FORMATS[format] !== undefined) return FORMATS[format]
  if (pattern === undefined) return 'ada'.padEnd(Number(minLength), 'a').slice(0, Number(maxLength))
  const fits = new RegExp(String(pattern), 'u')
  const found = TEXTS.find(
    (one) => fits.test(one) && one.length >= Number(minLength) && one.length <= Number(maxLength),
  )
  if (found === undefined) throw new Error(`No example fits ${String(pattern)}: add one to TEXTS.`)
  return found
}

interface Wish {
  readonly defs: Json
  /** Only what has to be there. */
  readonly least: boolean
}

/** Something that a JSON Schema of ours allows, as far as it says what it allows. */
function example(schema: Json, wish: Wish): unknown {
  const { $ref, anyOf, oneOf, allOf, properties, items } = schema
  if (typeof $ref === 'string') {
    return example(wish.defs[$ref.slice('#/$defs/'.length)] as Json, wish)
  }
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  const [first] = (anyOf ?? oneOf ?? []) as Json[]
  if (first !== undefined) return example(first, wish)
  if (Array.isArray(allOf))
    return Object.assign({}, ...allOf.map((part: Json) => example(part, wish)))
  const [type] = [schema['type']].flat()
  if (type === 'string') return exampleText(schema)
  if (type === 'integer' || type === 'number') {
    const least =
      schema['exclusiveMinimum'] === undefined ? 0 : Number(schema['exclusiveMinimum']) + 1
    return Math.max(Number(schema['minimum'] ?? least), 1)
  }
  if (type === 'boolean') return true
  if (type === 'array') return [example((items ?? {}) as Json, wish)]
  if (type === 'null') return null
  if (properties === undefined && type !== 'object') return { ada: 1 }
  return exampleObject(schema, wish)
}

function exampleObject(schema: Json, wish: Wish): Json {
  const {
    properties = {},
    required = [],
    propertyNames,
    additionalProperties,
  } = schema as {
    properties?: Record<string, Json>
    required?: readonly string[]
    propertyNames?: Json
    additionalProperties?: Json | false
  }
  const names = Object.keys(properties).filter((name) => !wish.least || required.includes(name))
  const fields: Json = Object.fromEntries(
    names.map((name) => [name, example(properties[name] ?? {}, wish)]),
  )
  if (propertyNames !== undefined && !wish.least) {
    fields[String(example(propertyNames, wish))] = example(additionalProperties || {}, wish)
  }
  return fields
}

/**
 * A valid value, with as many of its fields as go together: what is asked of a value by more than its
 * parts, no JSON Schema says, so the schema itself is asked.
 */
export function exampleOf(name: string, schema: Json, checks: Checks): unknown {
  const defs = (schema['$defs'] ?? {}) as Json
  const [all, least] = [false, true].map((isLeast) => example(schema, { defs, least: isLeast }))
  if (checks.safeParse(all).success) return all
  let fitting: Json | undefined
  const fields = Object.entries(all as Json)
  for (const start of [{}, ...fields.map(([field, value]) => ({ [field]: value }))]) {
    let tried: Json = { ...(least as Json), ...start }
    if (!checks.safeParse(tried).success) continue
    for (const [field, value] of fields) {
      const more = { ...tried, [field]: value }
      if (checks.safeParse(more).success) tried = more
    }
    if (Object.keys(tried).length > Object.keys(fitting ?? {}).length) fitting = tried
    fitting ??= tried
  }
  if (fitting === undefined) throw new Error(`No valid example of ${name} was found.`)
  return fitting
}
