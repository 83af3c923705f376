import {
  ACT_AS_HEADER,
  actAsScope,
  ERRORS,
  KEY_SCOPES,
  ParleyError,
  ProblemDocument,
  ROUTES,
  toProblemDocument,
  type ErrorCode,
  type RouteSpec,
} from '@parley/message-schema'
import { Components, type JsonSchema } from './open-api-components.ts'
import { REQUEST_EXAMPLES } from './open-api-examples.ts'

const ALWAYS = ['INVALID', 'RATE_LIMITED', 'INTERNAL', 'SERVER_BUSY'] as const
const WITH_TOKEN = ['AUTH_REQUIRED', 'AUTH_INVALID', 'AUTH_EXPIRED', 'AUTH_REVOKED'] as const
const ONCE = ['CONFLICT', 'IDEMPOTENCY_MISMATCH'] as const
const REQUEST_ID = '0197f0c1-0000-7000-8000-000000000000'

const IDEMPOTENCY_KEY: JsonSchema = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'The same on every retry: then a retry changes nothing and answers the same. Kept for 7 days.',
  schema: { type: 'string', minLength: 1, maxLength: 128 },
}
const ACT_AS: JsonSchema = {
  name: ACT_AS_HEADER,
  in: 'header',
  description: 'With an API key: the user as whom it calls.',
  schema: { type: 'string', minLength: 1, maxLength: 64 },
}

const hasCaller = ({ auth }: RouteSpec): boolean => auth === 'user' || auth === 'key'
const isKeptOnce = (spec: RouteSpec): boolean =>
  hasCaller(spec) && spec.method === 'post' && spec.idempotencyKey !== true

const errorCodesOf = (spec: RouteSpec): ErrorCode[] => [
  ...new Set<ErrorCode>([
    ...ALWAYS,
    ...(hasCaller(spec) ? WITH_TOKEN : []),
    ...(spec.auth === 'key' ? (['FORBIDDEN'] as const) : []),
    ...(isKeptOnce(spec) ? ONCE : []),
    ...(spec.body === undefined && spec.consumes === undefined ? [] : (['TOO_LARGE'] as const)),
    ...(spec.auth === 'user' && spec.method !== 'get' ? (['UNKNOWN_OUTCOME'] as const) : []),
    ...(spec.errors ?? []),
  ]),
]

const exampleOf = (code: ErrorCode) => ({
  value: toProblemDocument(new ParleyError(code), REQUEST_ID),
})

function problemResponses(spec: RouteSpec, problem: JsonSchema): JsonSchema {
  const all = errorCodesOf(spec)
  const statuses = [...new Set(all.map((code) => ERRORS[code].status))].toSorted((a, b) => a - b)
  const responses = statuses.map((status) => {
    const codes = all.filter((code) => ERRORS[code].status === status)
    const description = codes.map((code) => `\`${code}\` ${ERRORS[code].message}`).join('\n\n')
    const examples = Object.fromEntries(codes.map((code) => [code, exampleOf(code)]))
    const content = { 'application/problem+json': { schema: problem, examples } }
    return [String(status), { description, content }]
  })
  return Object.fromEntries(responses) as JsonSchema
}

function parametersOf(spec: RouteSpec, components: Components): JsonSchema[] {
  const of = (place: 'path' | 'query', shape: RouteSpec['params']): JsonSchema[] =>
    Object.entries(shape?.shape ?? {}).map(([name, schema]) => ({
      name,
      in: place,
      required: place === 'path' || !schema.safeParse(undefined).success,
      // What a parameter is, not that it is spelled as text in the address.
      schema: components.add(schema, 'output'),
    }))
  return [
    ...of('path', spec.params),
    ...of('query', spec.query),
    ...(spec.idempotencyKey === true || isKeptOnce(spec) ? [IDEMPOTENCY_KEY] : []),
    ...(actAsScope(spec) === undefined ? [] : [ACT_AS]),
  ]
}

const BYTES: JsonSchema = {}
/** Whatever the field is called; generators of clients want a name. */
const FORM_WITH_FILE: JsonSchema = {
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'string', format: 'binary' } },
}

function successOf(spec: RouteSpec, components: Components): JsonSchema {
  const description = spec.status === 202 ? 'Begun: it goes on after the answer.' : 'Done.'
  if (spec.produces !== undefined) {
    return { description, content: { [spec.produces]: { schema: BYTES } } }
  }
  if (spec.response === undefined) return { description }
  const schema = components.add(spec.response, 'output')
  return { description, content: { 'application/json': { schema } } }
}

function requestBodyOf(name: string, spec: RouteSpec, components: Components): JsonSchema {
  if (spec.consumes !== undefined) {
    const schema = spec.consumes === 'multipart/form-data' ? FORM_WITH_FILE : BYTES
    const content = { [spec.consumes]: { schema } }
    return { requestBody: { required: true, content } }
  }
  if (spec.body === undefined) return {}
  const example = REQUEST_EXAMPLES[name]
  const schema = components.add(spec.body, 'input')
  return {
    requestBody: {
      required: !spec.body.safeParse(undefined).success,
      content: { 'application/json': { schema, ...(example !== undefined && { example }) } },
    },
  }
}

/** Each of them by itself is enough. */
function securityOf(spec: RouteSpec): JsonSchema[] {
  if (spec.auth === 'key') {
    const byKey = { apiKey: spec.scope === undefined ? [] : [spec.scope] }
    return spec.operators === true ? [byKey, { accessToken: [] }] : [byKey]
  }
  if (spec.auth !== 'user') return []
  const scope = actAsScope(spec)
  return [{ accessToken: [] }, ...(scope === undefined ? [] : [{ apiKey: [scope] }])]
}

const SECURITY_SCHEMES: JsonSchema = {
  accessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of ours, or one that the host application signed.',
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'parley_<id>_<secret>',
    description: `A key for backends. Its scopes: ${Object.entries(KEY_SCOPES)
      .map(([scope, meaning]) => `\`${scope}\` ${meaning}`)
      .join(' ')} On routes for users it needs the header \`${ACT_AS_HEADER}\`.`,
  },
}

function operation(name: string, spec: RouteSpec, components: Components): JsonSchema {
  const problem = components.add(ProblemDocument, 'output')
  return {
    operationId: name,
    summary: spec.summary,
    tags: [spec.tag],
    security: securityOf(spec),
    parameters: parametersOf(spec, components),
    ...requestBodyOf(name, spec, components),
    responses: {
      [spec.status]: successOf(spec, components),
      ...problemResponses(spec, problem),
    },
  }
}

const toTemplate = (path: string): string => path.replaceAll(/:(\w+)/gu, '{$1}')

/** OpenAPI 3.1 of `ROUTES`: made of the schemas that the requests are checked with. */
export function createOpenApi(version: string): JsonSchema {
  const components = new Components()
  const paths: Record<string, JsonSchema> = {}
  for (const [name, spec] of Object.entries<RouteSpec>(ROUTES)) {
    const path = (paths[toTemplate(spec.path)] ??= {})
    path[spec.method] = operation(name, spec, components)
  }
  const tags = [...new Set(Object.values(ROUTES).map(({ tag }) => tag))]
  return {
    openapi: '3.1.0',
    info: {
      title: 'Parley',
      version,
      description:
        'Rooms are numbered logs. Errors are problem documents (RFC 9457) with a `code` of one closed table. Fields may be added to what is answered: ignore those that you do not know.',
    },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: components.schemas,
    },
  }
}
