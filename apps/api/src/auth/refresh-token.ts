import { createHash, randomBytes } from 'node:crypto'

/** `<sessionId>.<secret>`, opaque to its holder. Only the hash of it is kept. */
export interface RefreshToken {
  readonly sessionId: string
  readonly hash: Buffer<ArrayBuffer>
}

const FORM = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.[\w-]{43}$/u

const hashOf = (token: string): Buffer<ArrayBuffer> =>
  Buffer.from(createHash('sha256').update(token).digest())

export function makeRefreshToken(sessionId: string): RefreshToken & { readonly token: string } {
  const token = `${sessionId}.${randomBytes(32).toString('base64url')}`
  return { sessionId, token, hash: hashOf(token) }
}

/** The one that `token` is exchanged for: the same each time, so that a lost answer can be asked for again. */
export function nextRefreshToken(
  token: string,
  sessionId: string,
  derive: (text: string) => Buffer,
): RefreshToken & { readonly token: string } {
  const next = `${sessionId}.${derive(token).toString('base64url')}`
  return { sessionId, token: next, hash: hashOf(next) }
}

export function readRefreshToken(token: string): RefreshToken | null {
  const sessionId = FORM.exec(token)?.[1]
  return sessionId === undefined ? null : { sessionId, hash: hashOf(token) }
}
