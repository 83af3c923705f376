import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { makeSecret, showSecret, signWebhook } from './sign-webhook.ts'

const message = { id: 'room:7', body: '{"type":"message:created","text":"ä€😀"}', at: new Date() }

test('a receiver verifies it with the secret that it was shown', () => {
  const secret = makeSecret()
  const headers = signWebhook(message, [secret])
  expect(showSecret(secret)).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/u)
  expect(new Webhook(showSecret(secret)).verify(message.body, headers)).toEqual(
    JSON.parse(message.body),
  )
  expect(() => new Webhook(showSecret(secret)).verify(`${message.body} `, headers)).toThrow()
  const moved = { ...headers, 'webhook-id': 'room:8' }
  expect(() => new Webhook(showSecret(secret)).verify(message.body, moved)).toThrow()
})

test('with two secrets either verifies it, and no third', () => {
  const secrets = [makeSecret(), makeSecret()]
  const headers = signWebhook(message, secrets)
  for (const secret of secrets) new Webhook(showSecret(secret)).verify(message.body, headers)
  expect(() => new Webhook(showSecret(makeSecret())).verify(message.body, headers)).toThrow()
})
