import { createHmac, randomBytes } from 'node:crypto'

const PREFIX = 'whsec_'
const SECRET_BYTES = 32

export const makeSecret = (): Buffer => randomBytes(SECRET_BYTES)
export const showSecret = (secret: Buffer): string => PREFIX + secret.toString('base64')

/**
 * Headers of Standard Webhooks (https://www.standardwebhooks.com): one signature a secret, so that a
 * receiver that knows either takes it.
 */
export function signWebhook(
  message: { readonly id: string; readonly body: string; readonly at: Date },
  secrets: readonly Buffer[],
): Record<string, string> {
  const timestamp = Math.floor(message.at.getTime() / 1_000)
  const signed = `${message.id}.${timestamp}.${message.body}`
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`,
  )
  return {
    'content-type': 'application/json',
    'webhook-id': message.id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
