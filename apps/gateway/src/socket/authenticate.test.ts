import { PROTOCOL_VERSION } from '@parley/message-schema'
import { TokenError } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { createHandshake } from './authenticate.ts'
import type { ChatSocket } from './socket-types.ts'

/** A handshake by itself; resolves with the code of its refusal. */
function begin(handshakesPerSecond: number) {
  const handshake = createHandshake({
    verifyToken: async (token) => {
      if (token !== 'good') throw new TokenError('AUTH_INVALID', 'not verified')
      return { userId: 'ada', issuedAtMs: 0, expiresAtMs: 0 }
    },
    handshakesPerSecond,
    nextRequestId: () => 'r',
    admitted: () => undefined,
    refused: () => undefined,
  })
  return (token?: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      const auth = token === undefined ? {} : { token, v: PROTOCOL_VERSION }
      handshake({ handshake: { auth }, data: {} } as unknown as ChatSocket, (error) => {
        resolve((error?.data as { code: string } | undefined)?.code)
      })
    })
}

test('beyond so many a second who has a token is told to come again', async () => {
  const ask = begin(1)
  expect([await ask('good'), await ask('good'), await ask('good')]).toEqual([
    undefined,
    undefined,
    'SERVER_BUSY',
  ])
})

test('who has none does not keep others out', async () => {
  const ask = begin(1)
  for (let n = 0; n < 50; n += 1) {
    expect(await ask()).toBe('AUTH_REQUIRED')
    expect(await ask('bad')).toBe('AUTH_INVALID')
  }
  expect(await ask('good')).toBeUndefined()
})
