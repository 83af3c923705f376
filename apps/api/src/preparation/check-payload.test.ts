import { describe, expect, test } from 'vitest'
import { compilePayloadSchema } from './check-payload.ts'

const poll = {
  type: 'object',
  required: ['question', 'options'],
  additionalProperties: false,
  properties: {
    question: { type: 'string', maxLength: 200 },
    options: { type: 'array', minItems: 2, items: { type: 'string' } },
    closes: { type: 'string', format: 'date-time' },
    kind: { enum: ['one', 'many'] },
  },
}

describe('a payload', () => {
  const check = compilePayloadSchema(poll)
  test('that fits has no problems', () => {
    expect(check({ question: 'When?', options: ['now', 'later'] })).toEqual([])
  })
  test.each([
    [{ options: ['a', 'b'] }, 'payload/question', 'is required'],
    [{ question: 'x', options: ['a', 2] }, 'payload/options/1', 'must be string'],
    [{ question: 'x', options: ['a'] }, 'payload/options', 'must NOT have fewer than 2 items'],
    [
      { question: 'x', options: ['a', 'b'], more: 1 },
      'payload',
      'has a field that the type does not have',
    ],
    [
      { question: 'x', options: ['a', 'b'], closes: 'soon' },
      'payload/closes',
      'must match format "date-time"',
    ],
    [
      { question: 'x', options: ['a', 'b'], kind: 'none' },
      'payload/kind',
      'must be one of ["one","many"]',
    ],
  ])('%j says where, and what was wanted', (payload, path, problem) => {
    expect(check(payload)).toEqual([{ path, problem }])
  })
  test('with many problems tells the first of them', () => {
    const options = Array.from({ length: 100 }, () => 1)
    expect(check({ question: 'x', options })).toHaveLength(20)
  })
})

describe('a schema', () => {
  const problemsOf = (schema: Record<string, unknown>): unknown => {
    try {
      compilePayloadSchema(schema)
      return undefined
    } catch (error) {
      return (error as { details: unknown }).details
    }
  }
  test.each([
    [{ type: 'objekt' }, 'schema/type'],
    [{ properties: { a: { type: 'string', minLength: -1 } } }, 'schema/properties/a/minLength'],
    [{ type: 'object', propertees: {} }, 'schema'],
    [{ $ref: 'https://example.org/other.json' }, 'schema'],
    [{ $ref: '#/$defs/missing' }, 'schema'],
    [{ $schema: 'http://json-schema.org/draft-04/schema#' }, 'schema'],
    [{ type: 'string', pattern: '(' }, 'schema'],
    [{ type: 'string', format: 'no-such-format' }, 'schema'],
    [{ $async: true, type: 'object' }, 'schema/$async'],
  ])('%j is refused, with its place', (schema, path) => {
    expect(problemsOf(schema)).toEqual(
      expect.arrayContaining([expect.objectContaining({ path, problem: expect.any(String) })]),
    )
  })

  test('may name itself, and be compiled again under the same name', () => {
    const schema = { $id: 'https://example.org/mine', type: 'object' }
    expect(problemsOf(schema)).toBeUndefined()
    expect(problemsOf({ ...schema, minProperties: 1 })).toBeUndefined()
  })

  test('that takes too long for a payload refuses it, and nothing hangs', () => {
    const slow = compilePayloadSchema({
      type: 'object',
      properties: { text: { type: 'string', pattern: '^(a+)+$' } },
    })
    expect(slow({ text: 'aaaa' })).toEqual([])
    expect(slow({ text: `${'a'.repeat(5_000)}b` })).toEqual([
      { path: 'payload', problem: 'takes too long to check against its type' },
    ])
    expect(slow({ text: 'aaaa' })).toEqual([])
  })

  test('that goes round in circles does so for a while', () => {
    const circle = compilePayloadSchema({
      $defs: { a: { $ref: '#/$defs/b' }, b: { not: { $ref: '#/$defs/a' } } },
      $ref: '#/$defs/a',
    })
    expect(circle({})).toHaveLength(1)
    const tree = compilePayloadSchema({
      type: 'object',
      properties: { a: { anyOf: Array.from({ length: 10 }, () => ({ $ref: '#' })) } },
      maxProperties: 1,
    })
    let deep: Record<string, unknown> = { b: 1, c: 2 }
    for (let level = 0; level < 18; level += 1) deep = { a: deep }
    expect(tree(deep)).toHaveLength(1)
  })
})
