import { createHash } from 'node:crypto'
import { ParleyError, type MyEmail } from '@parley/message-schema'

export type EmailLinkPurpose = 'confirm' | 'unsubscribe'

export interface EmailStore {
  readonly find: (userId: string) => Promise<MyEmail | null>
  /** Has a mail with a link sent, if the address is not confirmed already. `null`: too many were. */
  readonly ask: (userId: string, address: string, now: Date) => Promise<MyEmail | null>
  /** Of a host application, which says that the address is theirs: no mail asks about it. */
  readonly trust: (userId: string, address: string, now: Date) => Promise<void>
  readonly forget: (userId: string) => Promise<void>
  /** `false`: there is no such link, it has expired, or it is of an address of before. */
  readonly confirm: (tokenHash: Buffer, now: Date) => Promise<boolean>
  readonly unsubscribe: (tokenHash: Buffer, now: Date) => Promise<boolean>
}

export interface MyEmailPorts {
  readonly store: EmailStore
  readonly isMailOn: boolean
  readonly now: () => Date
}

export interface MyEmailOperations {
  readonly get: (userId: string) => Promise<MyEmail | null>
  readonly put: (userId: string, address: string) => Promise<MyEmail>
  readonly remove: (userId: string) => Promise<void>
  readonly confirm: (token: string) => Promise<boolean>
  readonly unsubscribe: (token: string) => Promise<boolean>
}

/** Tokens are of 256 random bits: there is nothing to guess, so nothing that need be slow. */
export const hashEmailToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Nobody is sent anything but one mail with a link until they have said that the address is theirs. */
export function createMyEmail({ store, isMailOn, now }: MyEmailPorts): MyEmailOperations {
  return {
    get: store.find,
    async put(userId, address) {
      if (!isMailOn) throw new ParleyError('REJECTED', { message: 'This server sends no mails.' })
      const email = await store.ask(userId, address, now())
      if (email !== null) return email
      throw new ParleyError('RATE_LIMITED', {
        message: 'Too many mails with links were asked for.',
        retryAfterMs: 3_600_000,
      })
    },
    remove: store.forget,
    confirm: (token) => store.confirm(hashEmailToken(token), now()),
    unsubscribe: (token) => store.unsubscribe(hashEmailToken(token), now()),
  }
}
