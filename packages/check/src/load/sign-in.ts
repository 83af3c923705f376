import { AuthSession } from '@parley/message-schema'
import { createRest, type GetToken, type Rest } from './rest.ts'

export interface Credentials {
  readonly username: string
  readonly password: string
}

/** One device's sign-in. */
export interface SignIn {
  readonly userId: string
  readonly getToken: GetToken
}

/** Somebody who is refused, or not answered, for so long is not signed in at all. */
const GIVE_UP_MS = 60_000
const EARLY_MS = 30_000
const PAUSE_MS = 300

export async function register(url: string, credentials: Credentials): Promise<SignIn> {
  return keepSignedIn(url, credentials, await enter(url, '/v1/auth/register', credentials))
}

export async function logIn(url: string, credentials: Credentials): Promise<SignIn> {
  return keepSignedIn(url, credentials, await enter(url, '/v1/auth/login', credentials))
}

async function enter(url: string, path: string, credentials: Credentials): Promise<AuthSession> {
  const rest = createRest(url)
  const untilMs = performance.now() + GIVE_UP_MS
  for (let where = path; ;) {
    const outcome = await rest({ method: 'POST', path: where, body: credentials })
    if (outcome.type === 'ok') return AuthSession.parse(outcome.result)
    // It was done after all, when its answer was lost.
    const isThere = where !== '/v1/auth/login' && outcome.error === 'CONFLICT'
    if (isThere) where = '/v1/auth/login'
    const mayRetry = isThere || outcome.type === 'info' || outcome.mayRetry
    if (!mayRetry || performance.now() > untilMs) {
      throw new Error(`${url}${where} answered ${outcome.error}.`)
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(PAUSE_MS, outcome.retryAfterMs)))
  }
}

/** A refresh whose answer was lost ends the session: it is begun anew with the password then. */
function keepSignedIn(url: string, credentials: Credentials, first: AuthSession): SignIn {
  const rest: Rest = createRest(url)
  let session = first
  let endsAtMs = endOf(session)
  let renewing: Promise<string> | undefined

  const renew = async (): Promise<string> => {
    const body = { refreshToken: session.refreshToken }
    const outcome = await rest({ method: 'POST', path: '/v1/auth/refresh', body })
    const isRenewed = outcome.type === 'ok'
    const answer = isRenewed ? outcome.result : await enter(url, '/v1/auth/login', credentials)
    session = AuthSession.parse({ ...session, ...answer })
    endsAtMs = endOf(session)
    return session.accessToken
  }
  return {
    userId: first.user.id,
    async getToken(stale) {
      const isGood = session.accessToken !== stale && Date.now() < endsAtMs - EARLY_MS
      if (isGood) return session.accessToken
      renewing ??= renew().finally(() => (renewing = undefined))
      return renewing
    },
  }
}

const endOf = ({ expiresAt }: AuthSession): number => Date.parse(expiresAt)
