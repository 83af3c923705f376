import { ParleyError, type AuthSession } from '@parley/message-schema'
import type { UserStore } from '../db/users/user-store.ts'
import type { FailedLogins } from './failed-logins.ts'
import type { OpenSession } from './open-session.ts'
import type { PasswordHash } from './password-hash.ts'

export interface LoginPorts {
  readonly users: Pick<UserStore, 'findCredentials'>
  readonly passwords: PasswordHash
  readonly failedLogins: FailedLogins
  readonly openSession: OpenSession
}

export type Login = (credentials: {
  readonly username: string
  readonly password: string
}) => Promise<AuthSession>

/** A wrong password and an unknown name answer the same, after the same work. */
export function createLogin(ports: LoginPorts): Login {
  const { users, passwords, failedLogins, openSession } = ports
  return async ({ username: typed, password }) => {
    const username = typed.toLowerCase()
    const user = await failedLogins.attempt(username, async () => {
      const found = await users.findCredentials(username)
      const isRight = await passwords.verify(found?.passwordHash ?? null, password)
      return found !== null && isRight ? found.user : null
    })
    if (user === null) {
      throw new ParleyError('AUTH_INVALID', { message: 'Username or password is wrong.' })
    }
    return openSession(user)
  }
}
