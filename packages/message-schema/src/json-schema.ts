import { z } from 'zod'
import { COMMANDS } from './commands.ts'
import { FACTS } from './facts.ts'
import { ROUTES } from './http/routes.ts'
import type { RouteSpec } from './http/route.ts'
import { ErrorBody, ProblemDocument } from './reply.ts'
import { Handshake } from './session.ts'

type JsonSchema = Record<string, unknown>

const toJson = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    // What is not declared strict may say more one day: readers ignore what they do not know.
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod
      if (def.type === 'object' && !('catchall' in def && def.catchall !== undefined)) {
        delete jsonSchema.additionalProperties
      }
    },
  })

const each = <Value, Out>(table: Record<string, Value>, make: (value: Value) => Out) =>
  Object.fromEntries(Object.entries(table).map(([name, value]) => [name, make(value)]))

function routeSchemas(route: RouteSpec): JsonSchema {
  return {
    method: route.method,
    path: route.path,
    ...(route.params && { params: toJson(route.params, 'input') }),
    ...(route.query && { query: toJson(route.query, 'input') }),
    ...(route.body && { body: toJson(route.body, 'input') }),
    ...(route.response && { response: toJson(route.response, 'output') }),
  }
}

/** JSON Schema (2020-12) of all that crosses the wire: commands, facts, errors, REST. */
export function exportJsonSchema(): JsonSchema {
  return {
    handshake: toJson(Handshake, 'input'),
    commands: each(COMMANDS, ({ payload, data }: { payload: z.ZodType; data: z.ZodType }) => ({
      payload: toJson(payload, 'input'),
      data: toJson(data, 'output'),
    })),
    facts: each(FACTS, (schema: z.ZodType) => toJson(schema, 'output')),
    error: toJson(ErrorBody, 'output'),
    problem: toJson(ProblemDocument, 'output'),
    routes: each(ROUTES, routeSchemas),
  }
}
