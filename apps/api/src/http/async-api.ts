import { COMMANDS, ErrorBody, FACTS, Handshake, PROTOCOL_VERSION } from '@parley/message-schema'
import type { z } from 'zod'
import { Components, type JsonSchema } from './open-api-components.ts'

interface CommandSchemas {
  readonly payload: z.ZodType
  readonly data?: z.ZodType
}

const CHANNEL = '#/channels/socket'

/** Names of the document may have no colon; what travels on the wire is in `name`. */
const keyOf = (event: string): string => event.replaceAll(':', '.')
const messageRef = (key: string): JsonSchema => ({ $ref: `${CHANNEL}/messages/${key}` })

function replyOf(data: z.ZodType, components: Components): JsonSchema {
  const ok = {
    type: 'object',
    required: ['ok', 'data'],
    properties: { ok: { const: true }, data: components.add(data, 'output') },
  }
  const failed = {
    type: 'object',
    required: ['ok', 'error'],
    properties: { ok: { const: false }, error: components.add(ErrorBody, 'output') },
  }
  return { oneOf: [ok, failed] }
}

/** What a client asks and is answered, by the callback of `emit`. */
function describeCommands(components: Components) {
  const messages: Record<string, JsonSchema> = {}
  const operations: Record<string, JsonSchema> = {}
  for (const [name, { payload, data }] of Object.entries<CommandSchemas>(COMMANDS)) {
    const key = keyOf(name)
    messages[key] = { name, title: name, payload: components.add(payload, 'input') }
    operations[key] = {
      action: 'receive',
      channel: { $ref: CHANNEL },
      summary:
        data === undefined ? `\`${name}\`, without an answer.` : `\`${name}\`, acknowledged.`,
      messages: [messageRef(key)],
    }
    if (data === undefined) continue
    messages[`${key}.reply`] = {
      name: `${name} (acknowledgement)`,
      title: `Answer to ${name}`,
      payload: replyOf(data, components),
    }
    Object.assign(operations[key], {
      reply: { channel: { $ref: CHANNEL }, messages: [messageRef(`${key}.reply`)] },
    })
  }
  return { messages, operations }
}

/** What the server tells by itself. */
function describeFacts(components: Components) {
  const messages: Record<string, JsonSchema> = {}
  const operations: Record<string, JsonSchema> = {}
  for (const [name, schema] of Object.entries<z.ZodType>(FACTS)) {
    const key = keyOf(name)
    messages[key] = { name, title: name, payload: components.add(schema, 'output') }
    operations[key] = {
      action: 'send',
      channel: { $ref: CHANNEL },
      summary: `\`${name}\`, told by the server.`,
      messages: [messageRef(key)],
    }
  }
  return { messages, operations }
}

/** AsyncAPI 3.0 of the socket, as the server sees it: it receives commands and sends facts. */
export function createAsyncApi(): JsonSchema {
  const components = new Components()
  const commands = describeCommands(components)
  const facts = describeFacts(components)
  const handshake = components.add(Handshake, 'input')
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley',
      version: String(PROTOCOL_VERSION),
      description:
        'Socket.IO, namespace `/`. A command is one event with one payload; its answer is the acknowledgement. Fields and types of events may be added to what the server sends: ignore those that you do not know.',
    },
    defaultContentType: 'application/json',
    servers: {
      here: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'wss',
        description: 'Socket.IO 4, WebSocket only or with polling.',
        variables: { host: { description: 'Where this document came from.' } },
      },
    },
    channels: {
      socket: {
        address: '/',
        title: 'The socket',
        description: 'Everything goes over one socket. `auth` of the handshake is `Handshake`.',
        servers: [{ $ref: '#/servers/here' }],
        messages: { ...commands.messages, ...facts.messages },
      },
    },
    operations: { ...commands.operations, ...facts.operations },
    components: { schemas: { ...components.schemas, SocketHandshake: handshake } },
  }
}
