import type { MessageType, PayloadProblem } from '@parley/message-schema'
import type { CheckPayload } from './check-payload.ts'
import type { Refusal } from './refusal.ts'

/** What is known of types: all that are registered, and whether others may be sent. */
export interface MessageTypes {
  readonly names: ReadonlySet<string>
  readonly refusalOf: (type: string, payload: unknown) => Refusal | undefined
}

export const BUILT_IN_TYPE = 'text'

const invalid = (message: string, details: PayloadProblem[]): Refusal => ({
  code: 'INVALID',
  message,
  details,
})

/** A schema is compiled when a message of its type comes for the first time. */
export function createMessageTypes(
  types: readonly Pick<MessageType, 'name' | 'schema'>[],
  settings: {
    readonly compile: (schema: Record<string, unknown>) => CheckPayload
    /** Types that nobody registered are refused. */
    readonly isClosed: boolean
  },
): MessageTypes {
  const schemas = new Map(types.map(({ name, schema }) => [name, schema]))
  const checks = new Map<string, CheckPayload>()

  function checkOf(name: string, schema: Record<string, unknown>): CheckPayload {
    const there = checks.get(name)
    if (there !== undefined) return there
    const check = settings.compile(schema)
    checks.set(name, check)
    return check
  }

  return {
    names: new Set(schemas.keys()),
    refusalOf(type, payload) {
      if (type === BUILT_IN_TYPE) return undefined
      const schema = schemas.get(type)
      if (schema === undefined) {
        if (!settings.isClosed) return undefined
        const problem = 'is no registered type'
        return invalid(`type: ${problem}`, [{ path: 'type', problem }])
      }
      if (payload === undefined) {
        const problem = `is required by the type ${type}`
        return invalid(`payload: ${problem}`, [{ path: 'payload', problem }])
      }
      const problems = checkOf(type, schema)(payload)
      const [first] = problems
      if (first === undefined) return undefined
      const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
      return invalid(`${first.path}: ${first.problem}${more}`, problems)
    },
  }
}
