import { ROUTES, type RouteSpec } from '@parley/message-schema'
// @boundaries-ignore the pages are made of what the API publishes
import { createOpenApi } from '../../../apps/api/src/http/open-api.ts'
import { asSchema, code, describe, linkFrom, row, typeWords, type Schema } from './schema-words.ts'

interface Content {
  readonly content?: Readonly<
    Record<string, { readonly schema?: Schema; readonly example?: unknown }>
  >
}

interface Operation {
  readonly parameters: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description?: string
    readonly schema: Schema
  }[]
  readonly requestBody?: Content & { readonly required: boolean }
  readonly responses: Readonly<Record<string, Content>>
}

/** Areas in the order in which they are read; others follow by the name of their tag. */
const AREAS: Readonly<Record<string, string>> = {
  auth: 'Signing in',
  me: 'Me',
  users: 'Users',
  rooms: 'Rooms',
  members: 'Members',
  invites: 'Invites',
  messages: 'Messages',
  log: 'The log',
  files: 'Files',
  search: 'Search',
  notifications: 'Notifications',
  moderation: 'Moderation',
  reports: 'Reports',
  words: 'Word list',
  'message-types': 'Types of messages',
  server: 'For backends',
  'server-moderation': 'Moderation by backends',
  webhooks: 'Webhooks',
  transfer: 'Export and import',
  'api-keys': 'API keys',
  admin: 'Administration',
  pusher: 'Pusher-compatible',
}

const link = linkFrom('rest.md')
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')

const WHO: Readonly<Record<RouteSpec['auth'], string>> = {
  none: 'none.',
  user: 'an access token.',
  link: 'none, the address is secret by itself.',
  key: 'an API key',
}

function whoMayCall({ auth, scope, operators }: RouteSpec, operation: Operation): string {
  if (auth === 'key') {
    const orOperator = operators === true ? ', or the access token of an operator' : ''
    return `${WHO.key} with ${code(scope ?? 'any scope')}${orOperator}.`
  }
  const mayActAs = operation.parameters.some(({ name }) => name === 'Parley-Act-As')
  return mayActAs ? 'an access token, or an API key with `Parley-Act-As`.' : WHO[auth]
}

function parameterTable({ parameters }: Operation): string[] {
  // What nearly every route takes is told once, at the top.
  const own = parameters.filter((one) => one.in !== 'header')
  if (own.length === 0) return []
  const rows = own.map(({ name, in: place, required, schema }) => {
    const fallback =
      schema.default === undefined ? '' : `, ${code(JSON.stringify(schema.default))} by default`
    return row(
      code(`${name}${required === true ? '' : '?'}`),
      place,
      `${typeWords(schema, link)}${fallback}`,
    )
  })
  return [row('parameter', 'in', 'type'), row('---', '---', '---'), ...rows, '']
}

function contentWords({ content }: Content, what: string): string[] {
  const [[type, { schema, example }] = ['', {}]] = Object.entries(content ?? {})
  if (type === '') return []
  if (type !== 'application/json') return [`${what}: ${code(type)}.`, '']
  const shown =
    example === undefined ? [] : ['```json', JSON.stringify(example, null, 2), '```', '']
  return [...describe(schema ?? {}, link, what), ...shown]
}

function routeSection(spec: RouteSpec, operation: Operation): string[] {
  const { method, path, summary, status, errors = [] } = spec
  const isIdempotent = operation.parameters.some(({ name }) => name === 'Idempotency-Key')
  const answer = operation.responses[String(status)] ?? {}
  const refusals = errors.map((name) => code(name)).join(' ')
  return [
    `### ${method.toUpperCase()} ${path}`,
    '',
    summary,
    '',
    `Auth: ${whoMayCall(spec, operation)}${isIdempotent ? ' Heeds `Idempotency-Key`.' : ''}`,
    '',
    ...parameterTable(operation),
    ...contentWords(operation.requestBody ?? {}, 'Body'),
    ...(answer.content === undefined
      ? [`Answers ${status} without a body.`, '']
      : contentWords(answer, `Answers ${status}`)),
    ...(refusals === '' ? [] : [`Errors of its own: ${refusals}`, '']),
  ]
}

const INTRODUCTION = `# REST: every route

Made of the schemas that the requests are checked with; \`/openapi.json\` of a running API says the same to
programs, and \`/docs\` lets one try it. The [rules](../rest.md) that all routes have in common, lists and long
polling among them, are on a page of their own; what somebody must be allowed to is on
[permissions](../permissions.md).

- \`?\` behind a name: it may be left out. Fields that are not named here are refused in what is sent. Fields may be
  added to what is answered: ignore those that you do not know.
- An access token, or an API key, goes into \`Authorization: Bearer …\`. A key may call a route for users as a user:
  \`Parley-Act-As: <user id>\` ([server API](../server-api.md)).
- \`Idempotency-Key\` (1-128 characters) is the same on every retry: then a retry changes nothing and answers the
  same ([idempotency](../protocol.md#idempotency)).
- Besides those that are named every route may refuse with \`INVALID\`, \`RATE_LIMITED\`, \`SERVER_BUSY\` and
  \`INTERNAL\`, with a token also with \`AUTH_REQUIRED\`, \`AUTH_INVALID\`, \`AUTH_EXPIRED\` and \`AUTH_REVOKED\`:
  [errors](../errors.md).
`

export function restPage(): string {
  const { paths } = createOpenApi('0') as unknown as {
    paths: Record<string, Record<string, Operation>>
  }
  const routes = Object.values<RouteSpec>(ROUTES)
  const tags = [...new Set([...Object.keys(AREAS), ...routes.map(({ tag }) => tag)])].filter(
    (tag) => routes.some((spec) => spec.tag === tag),
  )
  const titleOf = (tag: string): string => AREAS[tag] ?? tag
  const sections = tags.flatMap((tag) => {
    const own = routes.filter((spec) => spec.tag === tag)
    return [
      `## ${titleOf(tag)}`,
      '',
      ...own.flatMap((spec) => {
        const template = spec.path.replaceAll(/:(\w+)/gu, '{$1}')
        const operation = paths[template]?.[spec.method]
        if (operation === undefined)
          throw new Error(`${spec.method} ${spec.path} is not published.`)
        return routeSection(spec, operation)
      }),
    ]
  })
  const areas = tags.map((tag) => `[${titleOf(tag)}](#${anchor(titleOf(tag))})`).join(' · ')
  return [INTRODUCTION, areas, '', ...sections].join('\n')
}

export const restShapes = (): Readonly<Record<string, Schema>> => {
  const { components } = createOpenApi('0') as unknown as {
    components: { schemas: Record<string, Schema> }
  }
  return Object.fromEntries(
    Object.entries(components.schemas).map(([name, schema]) => [name, asSchema({ ...schema })]),
  )
}
