import { readTokenTimes, type TokenTimes } from '../rest/token-times.ts'

/** As the gateway warns. */
const EXPIRING_MS = 60_000
const LONGEST_TIMER_MS = 2 ** 31 - 1
/** Of a token that does not tell it: it is renewed when it is refused. */
const UNKNOWN_LIFE_MS = 3_600_000

/**
 * How long a token is good that the server has just accepted. It is signed by the server's clock, and that
 * of the device may be another one: where the token would not be good by it, or was made just now, it has
 * its whole life before it.
 */
function leftOf({ expiresAt, issuedAt }: TokenTimes, isNew: boolean): number {
  const left = expiresAt - Date.now()
  if (issuedAt === null) return left > 0 ? left : UNKNOWN_LIFE_MS
  const life = expiresAt - issuedAt
  return isNew || left <= 0 || left > life ? life : left
}

/** What the session says of its token: both times are of one clock, so that their distance is right. */
export function sessionTimes(token: string): {
  readonly serverTime: string
  readonly expiresAt: string
} {
  const times = readTokenTimes(token)
  const expiresAt = times?.expiresAt ?? Date.now() + UNKNOWN_LIFE_MS
  const left = times === null ? UNKNOWN_LIFE_MS : leftOf(times, false)
  return {
    serverTime: new Date(expiresAt - left).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
  }
}

/** Tells `auth:expiring` a minute before a token ends, once for each. `isNew`: it was made just now. */
export function createExpiryWatch(expiring: (expiresAt: string) => void, ended: AbortSignal) {
  let timer: ReturnType<typeof setTimeout> | undefined
  ended.addEventListener('abort', () => clearTimeout(timer), { once: true })
  return (token: string, isNew: boolean): void => {
    clearTimeout(timer)
    const times = readTokenTimes(token)
    if (times === null || ended.aborted) return
    const inMs = Math.max(0, leftOf(times, isNew) - EXPIRING_MS)
    const tell = (): void => expiring(new Date(times.expiresAt).toISOString())
    timer = setTimeout(tell, Math.min(inMs, LONGEST_TIMER_MS))
  }
}
