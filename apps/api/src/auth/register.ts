import { ParleyError, type AuthSession } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { UserStore } from '../db/users/user-store.ts'
import type { OpenSession } from './open-session.ts'
import type { PasswordHash } from './password-hash.ts'

export interface RegisterPorts {
  readonly users: Pick<UserStore, 'create'>
  readonly passwords: PasswordHash
  readonly openSession: OpenSession
}

export type Register = (registration: {
  readonly username: string
  readonly password: string
  readonly displayName?: string | undefined
}) => Promise<AuthSession>

export function createRegister({ users, passwords, openSession }: RegisterPorts): Register {
  return async ({ username, password, displayName = username }) => {
    const passwordHash = await passwords.hash(password)
    const id = uuidv7()
    const user = await users.create({ id, kind: 'account', username, displayName, passwordHash })
    if (user === null) throw new ParleyError('CONFLICT', { message: 'This username is taken.' })
    return openSession(user)
  }
}
