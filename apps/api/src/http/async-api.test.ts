import { COMMANDS, FACTS } from '@parley/message-schema'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { createAsyncApi } from './async-api.ts'

interface Operation {
  readonly action: string
  readonly channel: { readonly $ref: string }
  readonly messages: readonly { readonly $ref: string }[]
  readonly reply?: { readonly messages: readonly { readonly $ref: string }[] }
}
interface Document {
  readonly asyncapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly servers: Record<string, { readonly host: string; readonly protocol: string }>
  readonly channels: Record<
    string,
    {
      readonly address: string
      readonly messages: Record<string, { name: string; payload: object }>
    }
  >
  readonly operations: Record<string, Operation>
  readonly components: { readonly schemas: Record<string, object> }
}

const document = createAsyncApi() as unknown as Document
const messages = document.channels['socket']?.messages ?? {}
const KEY = /^[\w.-]+$/u

function refsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' ? [String(value)] : refsIn(value),
  )
}

function resolve(ref: string): unknown {
  const steps = ref.replace('#/', '').split('/')
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)?.[step], document)
}

describe('the document', () => {
  test('has the parts that AsyncAPI 3.0 asks for, and no others', () => {
    expect(document.asyncapi).toBe('3.0.0')
    const parts = ['asyncapi', 'channels', 'components', 'defaultContentType', 'info']
    expect(Object.keys(document).toSorted()).toEqual([...parts, 'operations', 'servers'])
    expect(document.info).toMatchObject({ title: 'Parley', version: expect.any(String) })
    for (const { host, protocol } of Object.values(document.servers)) {
      expect([typeof host, typeof protocol]).toEqual(['string', 'string'])
    }
    const named = [document.servers, document.channels, document.operations, messages]
    for (const keys of [...named, document.components.schemas].map(Object.keys)) {
      for (const key of keys) expect(key).toMatch(KEY)
    }
  })

  test('refers only to what it has', () => {
    const refs = new Set(refsIn(document))
    expect(refs.size).toBeGreaterThan(10)
    for (const ref of refs) expect(resolve(ref), ref).toBeDefined()
    expect(JSON.stringify(document)).not.toMatch(/\$defs|__schema/u)
  })

  test('every operation names messages of its channel', () => {
    for (const [key, operation] of Object.entries(document.operations)) {
      expect(['send', 'receive'], key).toContain(operation.action)
      expect(resolve(operation.channel.$ref), key).toBe(document.channels['socket'])
      expect(operation.messages, key).toHaveLength(1)
      const all = [...operation.messages, ...(operation.reply?.messages ?? [])]
      for (const { $ref } of all) expect($ref).toMatch(/^#\/channels\/socket\/messages\//u)
    }
  })
})

test('every command is received, with its answer, and every fact is sent', () => {
  const named = (action: string) =>
    Object.entries(document.operations)
      .filter(([, operation]) => operation.action === action)
      .map(([key]) => messages[key]?.name)
  expect(named('receive').toSorted()).toEqual(Object.keys(COMMANDS).toSorted())
  expect(named('send').toSorted()).toEqual(Object.keys(FACTS).toSorted())
  expect(document.operations['message.send']?.reply).toBeDefined()
})

describe('the schemas', () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false }))
  const check = (key: string) =>
    ajv.compile({ components: document.components, ...messages[key]?.payload })

  test.each(Object.keys(messages))('%s is a JSON Schema', (key) => {
    expect(check(key)).toBeTypeOf('function')
  })

  test('let pass what is right, and nothing else', () => {
    const id = '0197f0c1-0000-7000-8000-000000000003'
    const send = check('message.send')
    expect(send({ roomId: id, clientMsgId: id, text: 'Hello' })).toBe(true)
    expect(send({ roomId: id, text: 'Hello' })).toBe(false)
    expect(send({ roomId: id, clientMsgId: id, text: 'Hello', more: 1 })).toBe(false)
    const reply = check('message.send.reply')
    const ts = '2026-01-01T00:00:00.000Z'
    expect(reply({ ok: true, data: { seq: 1, msgNo: 1, ts } })).toBe(true)
    const error = { code: 'NOT_MEMBER', message: 'x', retryable: false, requestId: 'r' }
    expect(reply({ ok: false, error })).toBe(true)
    expect(reply({ ok: false, error: { ...error, code: 'OTHER' } })).toBe(false)
  })
})
