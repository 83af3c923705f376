import { COMMANDS, FACTS } from '@parley/message-schema'
// @boundaries-ignore the pages are made of what the API publishes
import { createAsyncApi } from '../../../apps/api/src/http/async-api.ts'
import { code, describe, fieldRows, linkFrom, nameOf, table, type Schema } from './schema-words.ts'

interface AsyncApi {
  readonly channels: {
    readonly socket: { readonly messages: Readonly<Record<string, { readonly payload: Schema }>> }
  }
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

const link = linkFrom('events.md')
const keyOf = (name: string): string => name.replaceAll(':', '.')

const INTRODUCTION = `# Events

What goes over the socket, made of the schemas that it is checked with; \`/asyncapi.json\` of a running API says
the same to programs. What it means, and in which order it comes, is [the protocol](../protocol.md).

\`?\` behind a name: it may be left out. Unknown fields in what a client sends are refused; unknown fields and types
of events in what the server sends are to be ignored.
`

export function eventsPage(): string {
  const api = createAsyncApi() as unknown as AsyncApi
  const { messages } = api.channels.socket
  /** Named schemas of this page are written out: nobody looks for a command under the shapes. */
  const open = (schema: Schema | undefined): Schema => {
    if (schema?.$ref === undefined) return schema ?? {}
    return api.components.schemas[nameOf(schema.$ref)] ?? {}
  }
  const payloadOf = (key: string): Schema => open(messages[key]?.payload)
  const commands = Object.keys(COMMANDS).flatMap((name) => {
    const data = messages[`${keyOf(name)}.reply`]?.payload.oneOf?.[0]?.properties?.['data']
    return [
      `### ${name}`,
      '',
      ...describe(payloadOf(keyOf(name)), link, 'Payload'),
      ...describe(open(data), link, 'Answered with `data`'),
    ]
  })
  const facts = Object.keys(FACTS).flatMap((name) => [
    `### ${name}`,
    '',
    ...describe(payloadOf(keyOf(name)), link, 'Payload'),
  ])
  return [
    INTRODUCTION,
    '## Handshake',
    '',
    ...describe(open({ $ref: 'Handshake' }), link, '`auth` of the connection'),
    '## Commands',
    '',
    'From the client, each with an acknowledgement: `{ ok: true, data }`, or `{ ok: false, error }` with an',
    `${link('ErrorBody')}.`,
    '',
    ...commands,
    '## Facts',
    '',
    'From the server, by itself.',
    '',
    ...facts,
    ...eventTypes(open({ $ref: 'Event' })),
  ].join('\n')
}

/** The union of all types, one after the other: what they have in common is told once. */
function eventTypes({ oneOf = [] }: Schema): string[] {
  const types = oneOf.flatMap(({ properties = {} }) => {
    const { type, data = {} } = properties
    const rows = fieldRows(data, link)
    const named = data.$ref === undefined ? 'nothing.' : `${link(nameOf(data.$ref))}.`
    return [
      `### ${String(type?.const)}`,
      '',
      ...(rows.length === 0 ? ['`data`: '.concat(named)] : ['`data`:', '', ...table(rows)]),
      '',
    ]
  })
  const [first] = oneOf
  const { data: _data, type: _type, ...common } = first?.properties ?? {}
  const envelope: Schema = { properties: common, required: first?.required ?? [] }
  return [
    '## Events of a log',
    '',
    `What ${code('room:events')}, ${code('sync')} and the pages of the log carry. Each has ${code('type')}, ${code('data')} and:`,
    '',
    ...table(fieldRows(envelope, link)),
    '',
    ...types,
  ]
}

export const eventShapes = (): Readonly<Record<string, Schema>> =>
  (createAsyncApi() as unknown as AsyncApi).components.schemas
