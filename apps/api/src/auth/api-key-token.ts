import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * `parley_<id>_<secret>`, the id in 32 hexadecimal digits and the secret in 64: of one form and with a
 * name of its own, so that whoever looks for leaked secrets finds it (`docs/server-api.md`).
 */
const FORM = /^parley_([0-9a-f]{32})_([0-9a-f]{64})$/u

/**
 * A plain SHA-256 and no slow hash: the secret is 256 random bits and not chosen by a person, so
 * nobody can try them out, and every request has to be checked.
 */
export const secretHash = (secret: string): Buffer<ArrayBuffer> =>
  Buffer.from(createHash('sha256').update(secret).digest())

export const isSameHash = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other)

export const keyPrefix = (id: string): string => `parley_${id.replaceAll('-', '')}`

export function makeApiKeyToken(id: string): {
  readonly token: string
  readonly hash: Buffer<ArrayBuffer>
} {
  const secret = randomBytes(32).toString('hex')
  return { token: `${keyPrefix(id)}_${secret}`, hash: secretHash(secret) }
}

export const looksLikeApiKey = (token: string): boolean => token.startsWith('parley_')

export function readApiKeyToken(
  token: string,
): { readonly id: string; readonly hash: Buffer<ArrayBuffer> } | null {
  const [, hex = '', secret = ''] = FORM.exec(token) ?? []
  if (secret === '') return null
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5')
  return { id, hash: secretHash(secret) }
}
