import { createContext, Script } from 'node:vm'
import { ParleyError, type PayloadProblem } from '@parley/message-schema'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** Problems of a payload; empty if it fits. */
export type CheckPayload = (payload: unknown) => PayloadProblem[]

const PROBLEMS_MAX = 20
/** Of one payload of at most 16 KiB: what takes longer goes round in circles. */
const CHECK_MS = 50

/** Patterns may take for ever for some strings, and references for some depths. */
const MAY_BE_SLOW = new Set(['pattern', 'patternProperties', '$ref', '$dynamicRef', 'uniqueItems'])

const OPTIONS = { strict: true, allErrors: true, logger: false, unicodeRegExp: true } as const

/** Knows the schema of schemas, which takes a while to learn. */
let ofSchemas: Ajv2020 | undefined

/** One a type: what a schema names must not be found by others, nor stay when it is changed. */
function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ ...OPTIONS, validateSchema: false, meta: false })
  addFormats.default(ajv, { mode: 'fast' })
  return ajv
}

/** Says what was wanted, without what was given: that may be somebody's. */
function describe({ keyword, message, params }: ErrorObject): string {
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    return 'has a field that the type does not have'
  }
  if (keyword === 'enum') {
    const { allowedValues } = params as { allowedValues: unknown[] }
    return `must be one of ${JSON.stringify(allowedValues).slice(0, 200)}`
  }
  return (message ?? 'does not fit').slice(0, 300)
}

function toProblems(root: string, errors: readonly ErrorObject[]): PayloadProblem[] {
  return errors.slice(0, PROBLEMS_MAX).map((error) => {
    const { missingProperty } = error.params as { missingProperty?: string }
    const at = `${root}${error.instancePath}`
    if (error.keyword === 'required' && missingProperty !== undefined) {
      return { path: `${at}/${missingProperty}`, problem: 'is required' }
    }
    return { path: at, problem: describe(error) }
  })
}

function hasSlowKeyword(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, part]) => MAY_BE_SLOW.has(name) || hasSlowKeyword(part))
}

const invalid = (details: PayloadProblem[]): ParleyError => {
  const [first] = details
  const more = details.length > 1 ? ` (and ${details.length - 1} more)` : ''
  return new ParleyError('INVALID', {
    message: `${first?.path ?? 'schema'}: ${first?.problem ?? 'is no JSON Schema'}${more}`,
    details,
  })
}

const WATCHED = new Script('check()')
const watch: { check: () => unknown } = { check: () => true }
let watched: object | undefined

/** Ends also a regular expression, which nothing else can. It costs a thread, a tenth of a millisecond. */
function runWatched(check: () => unknown): unknown {
  watched ??= createContext(watch)
  watch.check = check
  return WATCHED.runInContext(watched, { timeout: CHECK_MS })
}

const TOO_LONG = [{ path: 'payload', problem: 'takes too long to check against its type' }]

/** Throws `INVALID`, with paths, for what is no schema, or refers to anything outside itself. */
export function compilePayloadSchema(schema: Record<string, unknown>): CheckPayload {
  const validate = compile(schema)
  const isWatched = hasSlowKeyword(schema)
  return (payload) => {
    try {
      const fits = isWatched ? runWatched(() => validate(payload)) : validate(payload)
      return fits === true ? [] : toProblems('payload', validate.errors ?? [])
    } catch (error) {
      // A schema that refers to itself without end, or too slow a pattern.
      if (error instanceof RangeError || isTimeout(error)) return TOO_LONG
      throw error
    }
  }
}

const isTimeout = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

function compile(schema: Record<string, unknown>): ValidateFunction {
  if ('$async' in schema) throw invalid([{ path: 'schema/$async', problem: 'is not taken' }])
  ofSchemas ??= new Ajv2020(OPTIONS)
  try {
    if (ofSchemas.validateSchema(schema) === true) return createAjv().compile(schema)
  } catch (error) {
    const problem = error instanceof Error ? error.message.slice(0, 300) : 'cannot be used'
    throw invalid([{ path: 'schema', problem }])
  }
  throw invalid(toProblems('schema', ofSchemas.errors ?? []))
}
