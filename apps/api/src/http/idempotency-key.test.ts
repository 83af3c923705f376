import { Uuid } from '@parley/message-schema'
import type { Request } from 'express'
import { expect, test } from 'vitest'
import { clientMsgIdOf } from './idempotency-key.ts'

const request = (key?: string) => ({ get: () => key }) as unknown as Request
const uuid = '0197F0C1-0000-7000-8000-000000000000'

test('the id of the body goes before the header, and a UUID of the header is itself', () => {
  expect(clientMsgIdOf(request('key'), 'mine')).toBe('mine')
  expect(clientMsgIdOf(request(uuid), undefined)).toBe(uuid.toLowerCase())
})

test('any other key is the same id each time, and no key is a new one', () => {
  const id = clientMsgIdOf(request('order-1'), undefined)
  expect(Uuid.safeParse(id).success).toBe(true)
  expect(clientMsgIdOf(request('order-1'), undefined)).toBe(id)
  expect(clientMsgIdOf(request('order-2'), undefined)).not.toBe(id)
  expect(clientMsgIdOf(request(), undefined)).not.toBe(clientMsgIdOf(request(), undefined))
})

test.each(['', 'a b', 'ü', 'x'.repeat(129)])('%j is no key', (key) => {
  expect(() => clientMsgIdOf(request(key), undefined)).toThrow('Idempotency-Key')
})
