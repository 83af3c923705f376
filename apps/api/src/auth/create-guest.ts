import { randomInt } from 'node:crypto'
import { ParleyError, type AuthSession } from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import type { UserStore } from '../db/users/user-store.ts'
import type { OpenSession } from './open-session.ts'

export type CreateGuest = (displayName: string | undefined) => Promise<AuthSession>

export function createCreateGuest(
  users: Pick<UserStore, 'create'>,
  openSession: OpenSession,
): CreateGuest {
  return async (displayName = `Guest ${randomInt(1_000, 10_000)}`) => {
    const user = await users.create({
      id: uuidv7(),
      kind: 'guest',
      username: null,
      displayName,
      passwordHash: null,
    })
    if (user === null) throw new ParleyError('CONFLICT')
    return openSession(user)
  }
}
