import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const TTL_MS = 8 * 3_600_000
const MOST = 1_000
const COOKIE = 'desk'

/** @param {string} text */
const hash = (text) => createHash('sha256').update(text).digest()

/**
 * Who is signed in at the desk, in memory: a restart signs everybody out. Put your own sign-in here.
 * @param {string} password
 */
export function createSessions(password) {
  /** @type {Map<string, number>} */
  const endsAt = new Map()
  /** @param {string | undefined} cookies */
  const read = (cookies) =>
    new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`, 'u').exec(cookies ?? '')?.[1] ?? ''

  return {
    /** @param {unknown} given @returns {string | null} a cookie, `null` for a wrong password */
    open(given) {
      if (typeof given !== 'string' || !timingSafeEqual(hash(given), hash(password))) return null
      const oldest = endsAt.keys().next()
      if (endsAt.size >= MOST && oldest.done !== true) endsAt.delete(oldest.value)
      const id = randomBytes(32).toString('base64url')
      endsAt.set(id, Date.now() + TTL_MS)
      // Add `Secure` where the desk has HTTPS.
      return `${COOKIE}=${id}; Path=/agent; Max-Age=${TTL_MS / 1_000}; HttpOnly; SameSite=Strict`
    },
    /** @param {string | undefined} cookies */
    isOpen: (cookies) => (endsAt.get(read(cookies)) ?? 0) > Date.now(),
    /** @param {string | undefined} cookies */
    close(cookies) {
      endsAt.delete(read(cookies))
      return `${COOKIE}=; Path=/agent; Max-Age=0; HttpOnly; SameSite=Strict`
    },
  }
}
