import {
  invalid,
  LIMITS,
  ParleyError,
  type Block,
  type SignIn,
  type User,
} from '@parley/message-schema'
import type { Identity } from '@parley/server-kit'
import type { EndSession } from '../auth/end-session.ts'
import type { LivingSessions } from '../auth/living-sessions.ts'
import type { AccountStore, ProfileChange } from '../db/users/account-store.ts'

export interface MyAccountPorts {
  readonly store: AccountStore
  readonly findUser: (id: string) => Promise<User | null>
  readonly endSession: EndSession
  readonly living: Pick<LivingSessions, 'forget'>
  readonly notifyUsers: (userIds: string[]) => void
  /** Who may see that the user is there is another question from now on. */
  readonly audienceChanged: (userId: string) => void
}

export interface MyAccount {
  readonly change: (userId: string, change: ProfileChange) => Promise<User>
  readonly sessions: (identity: Identity) => Promise<SignIn[]>
  readonly endSession: (userId: string, id: string) => Promise<void>
  readonly endOthers: (identity: Identity) => Promise<number>
  readonly blocks: (
    userId: string,
    after: string | undefined,
    limit: number,
  ) => Promise<{ readonly blocks: Block[]; readonly hasMore: boolean }>
  readonly block: (userId: string, blockedId: string) => Promise<void>
  readonly unblock: (userId: string, blockedId: string) => Promise<void>
}

export function createMyAccount(ports: MyAccountPorts): MyAccount {
  const { store, findUser, endSession, living, notifyUsers, audienceChanged } = ports

  async function requireUser(id: string): Promise<User> {
    const user = await findUser(id)
    if (user === null) throw new ParleyError('NOT_FOUND', { message: 'There is no such user.' })
    return user
  }

  return {
    async change(userId, change) {
      const before = await requireUser(userId)
      // The next token of the host would undo it.
      if (before.kind === 'host') {
        throw new ParleyError('FORBIDDEN', {
          message: 'The host application says how its users are called.',
        })
      }
      await store.changeProfile(userId, change)
      return requireUser(userId)
    },

    sessions: ({ userId, sessionId }) => store.sessions(userId, sessionId),

    async endSession(userId, id) {
      if (!(await store.hasSession(userId, id))) {
        throw new ParleyError('NOT_FOUND', { message: 'There is no such session of yours.' })
      }
      await endSession(id, userId)
    },

    async endOthers({ userId, sessionId }) {
      const ended = await store.endOthers(userId, sessionId, new Date())
      for (const id of ended) living.forget(id)
      if (ended.length > 0) notifyUsers([userId])
      return ended.length
    },

    async blocks(userId, after, limit) {
      const blocks = await store.blocks(userId, after, limit + 1)
      return { blocks: blocks.slice(0, limit), hasMore: blocks.length > limit }
    },

    async block(userId, blockedId) {
      if (userId === blockedId) {
        throw invalid('userId', 'one does not block oneself')
      }
      await requireUser(blockedId)
      if ((await store.countBlocks(userId)) >= LIMITS.blocksPerUser) {
        throw new ParleyError('REJECTED', {
          message: `One may block at most ${LIMITS.blocksPerUser} people.`,
        })
      }
      await store.block(userId, blockedId, new Date())
      audienceChanged(userId)
    },

    async unblock(userId, blockedId) {
      await store.unblock(userId, blockedId)
      audienceChanged(userId)
    },
  }
}
