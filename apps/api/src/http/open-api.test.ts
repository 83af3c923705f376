import { actAsScope, ERRORS, ROUTES, type RouteSpec } from '@parley/message-schema'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { createOpenApi } from './open-api.ts'

interface Operation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Record<string, unknown>
  readonly requestBody?: { readonly content: { 'application/json': { example?: unknown } } }
}

const document = createOpenApi('1') as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}

function refsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' ? [String(value)] : refsIn(value),
  )
}

test('the document is one of OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
})

test('a form has a field for its file', () => {
  const schema = { properties: { file: { type: 'string', format: 'binary' } } }
  expect(document.paths['/v1/uploads']?.['post']).toMatchObject({
    requestBody: { content: { 'multipart/form-data': { schema } } },
  })
})

test('every route is in the document, with its parameters, its answer and its errors', () => {
  for (const [name, spec] of Object.entries<RouteSpec>(ROUTES)) {
    const path = spec.path.replaceAll(/:(\w+)/gu, '{$1}')
    const operation = document.paths[path]?.[spec.method]
    expect(operation?.operationId, name).toBe(name)
    const tokens = { user: ['accessToken'], key: ['apiKey'], none: [], link: [] }[spec.auth]
    const schemes = operation?.security.map((scheme) => Object.keys(scheme)[0])
    expect(schemes?.slice(0, 1), name).toEqual(tokens)
    const inPath = operation?.parameters.filter((parameter) => parameter.in === 'path')
    expect(inPath?.map((parameter) => `{${parameter.name}}`)).toEqual(path.match(/\{\w+\}/gu) ?? [])
    const statuses = new Set((spec.errors ?? []).map((code) => String(ERRORS[code].status)))
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining([String(spec.status), '400', '500', ...statuses]),
    )
  }
})

test('a key route names its scope, and a user route the scope to act as a user', () => {
  const of = (path: string, method: string) => document.paths[path]?.[method]
  expect(of('/v1/api-keys', 'post')?.security).toEqual([{ apiKey: ['keys:write'] }])
  expect(of('/v1/rooms', 'post')?.security).toEqual([
    { accessToken: [] },
    { apiKey: ['rooms:write'] },
  ])
  expect(of('/v1/auth/logout', 'post')?.security).toEqual([{ accessToken: [] }])
  for (const [name, spec] of Object.entries<RouteSpec>(ROUTES)) {
    if (spec.auth === 'key') expect(spec.scope, name).toBeDefined()
  }
})

test('a key may act as a user wherever a user acts, but sign nobody out', () => {
  const alone = Object.entries<RouteSpec>(ROUTES).filter(
    ([, spec]) => spec.auth === 'user' && actAsScope(spec) === undefined,
  )
  expect(alone.map(([name]) => name)).toEqual(['logout'])
})

test('every POST of somebody may be repeated by the same key', () => {
  for (const [name, spec] of Object.entries<RouteSpec>(ROUTES)) {
    const path = spec.path.replaceAll(/:(\w+)/gu, '{$1}')
    const names = document.paths[path]?.[spec.method]?.parameters.map((one) => one.name) ?? []
    const isOnce = spec.method === 'post' && (spec.auth === 'user' || spec.auth === 'key')
    if (isOnce) expect(names, name).toContain('Idempotency-Key')
  }
})

test('every reference leads somewhere', () => {
  const refs = new Set(refsIn(document))
  expect(refs.size).toBeGreaterThan(10)
  const names = Object.keys(document.components.schemas)
  for (const ref of refs) expect(names).toContain(ref.replace('#/components/schemas/', ''))
  expect(JSON.stringify(document)).not.toMatch(/\$defs|__schema/u)
})

test('every example is a request that is accepted', () => {
  for (const [name, spec] of Object.entries<RouteSpec>(ROUTES)) {
    const path = spec.path.replaceAll(/:(\w+)/gu, '{$1}')
    const content = document.paths[path]?.[spec.method]?.requestBody?.content['application/json']
    if (content?.example === undefined) continue
    expect(spec.body?.safeParse(content.example).success, name).toBe(true)
  }
})
