import { expect, test } from 'vitest'
import { createChatAccount } from './chat-account.ts'

const tokenOf = (claims: object): string => `h.${btoa(JSON.stringify(claims))}.s`
const HERE = 'https://chat.example.com'

function accountOf(tokens: readonly string[], userId?: string) {
  let next = 0
  return createChatAccount(HERE, userId, async () => tokens[next++]!)
}

test('is of whom it was told, or of whom the first token names', async () => {
  const told = accountOf([tokenOf({ sub: 'ada' })], 'ada at work')
  await expect(told.name).resolves.toBe(`${HERE} ada at work`)
  const read = accountOf([tokenOf({ sub: 'ada' })])
  await read.getToken(null)
  await expect(read.name).resolves.toBe(`${HERE} ada`)
  const silent = accountOf(['no token that says it'])
  await silent.getToken(null)
  await expect(silent.name).resolves.toBe(`${HERE} unknown`)
})

test.each([undefined, 'ada at work'])(
  'a token of somebody else is refused, and the right one is taken after it (userId: %s)',
  async (userId) => {
    const [ada, ben] = [tokenOf({ sub: 'ada' }), tokenOf({ sub: 'ben' })]
    const account = accountOf([ada, ben, tokenOf({ sub: 'ada', n: 2 }), 'opaque'], userId)
    await expect(account.getToken(null)).resolves.toBe(ada)
    await expect(account.getToken(ada)).rejects.toMatchObject({
      code: 'AUTH_INVALID',
      isRetryable: false,
      message: 'The token is of another user.',
    })
    await expect(account.getToken(ada)).resolves.not.toBe(ada)
    await expect(account.getToken(ada)).resolves.toBe('opaque')
  },
)
