import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'must be a time such as 2026-01-02T03:04:05Z',
  date: 'must be a day such as 2026-01-02',
  email: 'must be an e-mail address',
  url: 'must be an address such as https://example.com',
  uuid: 'must be a UUID',
  guid: 'must be a UUID',
}

/** What is counted in a thing of this kind: one, and several. */
const COUNTED: Readonly<Record<string, readonly [string, string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  set: ['item', 'items'],
  map: ['entry', 'entries'],
  record: ['entry', 'entries'],
  object: ['entry', 'entries'],
}

interface NumberDef {
  readonly check?: string
  readonly format?: string
  readonly value?: number
  readonly inclusive?: boolean
  readonly checks?: readonly { readonly _zod: { readonly def: NumberDef } }[]
}

/** What the schema of a number asks for: it is told as a whole, whichever part of it did not fit. */
function boundsOf(issue: Issue): { min?: number; max?: number; isWhole: boolean } {
  const { schema } = issue as { schema?: z.core.$ZodType }
  const own = ((schema ?? issue.inst)?._zod.def ?? {}) as NumberDef
  const defs = [own, ...(own.checks ?? []).map(({ _zod }) => _zod.def)]
  const isWhole = defs.some(({ format }) => format === 'safeint')
  const step = isWhole ? 1 : 0
  const bounds = (check: string, sign: 1 | -1): number[] =>
    defs
      .filter((def) => def.check === check && typeof def.value === 'number')
      .map(({ value = 0, inclusive }) => (inclusive === true ? value : value + sign * step))
  const above = bounds('greater_than', 1)
  const below = bounds('less_than', -1)
  return {
    isWhole,
    ...(above.length > 0 && { min: Math.max(...above) }),
    ...(below.length > 0 && { max: Math.min(...below) }),
  }
}

function describeNumber(issue: Issue): string {
  const { min, max, isWhole } = boundsOf(issue)
  const what = isWhole ? 'must be a whole number' : 'must be a number'
  if (min !== undefined && max !== undefined) return `${what} from ${min} to ${max}`
  if (min !== undefined) return `${what} of at least ${min}`
  if (max !== undefined) return `${what} of at most ${max}`
  return what
}

function describeSize(issue: Issue & { code: 'too_small' | 'too_big' }): string {
  const amount = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum)
  const counted = COUNTED[issue.origin]
  if (counted === undefined) return describeNumber(issue)
  const [one, many] = counted
  const bound = issue.exact ? 'exactly' : issue.code === 'too_small' ? 'at least' : 'at most'
  return `must have ${bound} ${amount} ${amount === 1 ? one : many}`
}

function describeType(issue: Issue & { code: 'invalid_type' }): string {
  if (issue.expected === 'number' || issue.expected === 'int') return describeNumber(issue)
  const type = TYPES[issue.expected]
  return type === undefined ? 'does not fit' : `must be ${type}`
}

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${String(values[0])}` : `must be one of ${values.join(', ')}`

const NEEDED: ReadonlySet<string> = new Set([
  'invalid_type',
  'invalid_value',
  'invalid_format',
  'invalid_union',
])

/** What is wrong, in a sentence that can follow the name of the field. It never tells the value. */
export function describeIssue(issue: Issue): string {
  const { input } = issue
  if (NEEDED.has(issue.code) && input === undefined) return 'is required'
  switch (issue.code) {
    case 'invalid_type':
      return describeType(issue)
    case 'invalid_value':
      return oneOf(issue.values)
    case 'invalid_format':
      return FORMATS[issue.format] ?? 'has the wrong form'
    case 'too_small':
    case 'too_big':
      return describeSize(issue)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return 'is not known here'
    case 'invalid_key':
      return 'has a name that does not fit'
    case 'invalid_union': {
      const { options } = issue as { options?: readonly unknown[] }
      return options?.length ? oneOf(options) : 'has none of the forms that are taken here'
    }
    case 'custom':
    case 'invalid_element':
      return 'does not fit'
    default:
      return 'does not fit'
  }
}
