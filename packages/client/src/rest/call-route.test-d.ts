import type { Room, SyncResult, User } from '@parley/message-schema'
import { expectTypeOf, test } from 'vitest'
import type { CallRoute } from './call-route.ts'

declare const call: CallRoute

test('a route answers what the server answers', () => {
  expectTypeOf(call('GET /v1/me')).resolves.toEqualTypeOf<{
    user: User
    operator?: true | undefined
  }>()
  expectTypeOf(call('POST /v1/sync', { body: {} })).resolves.toEqualTypeOf<SyncResult>()
  expectTypeOf(call('GET /v1/rooms/:id', { params: { id: 'a' } })).resolves.toEqualTypeOf<{
    room: Room
  }>()
  expectTypeOf(
    call('DELETE /v1/files/:id', { params: { id: 'a' } }),
  ).resolves.toEqualTypeOf<undefined>()
})

test('a route takes what the server takes', () => {
  void call('GET /v1/users', { query: { q: 'a' }, signal: AbortSignal.abort() })
  void call('POST /v1/rooms', {
    body: { name: 'a', visibility: 'public' },
    idempotencyKey: 'a key',
  })
  // @ts-expect-error There is no such route.
  void call('GET /v1/nothing')
  // @ts-expect-error It needs to know which room.
  void call('GET /v1/rooms/:id')
  // @ts-expect-error It needs a body.
  void call('POST /v1/rooms')
  // @ts-expect-error Rooms are of one of two kinds.
  void call('POST /v1/rooms', { body: { name: 'a', visibility: 'hidden' } })
})
