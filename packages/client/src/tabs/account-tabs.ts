import {
  hasTabChannels,
  openTabChannel,
  type OpenTabChannel,
  type TabChannel,
} from './tab-channel.ts'
import { browserLocks, type TabLocks } from './tab-lock.ts'

export interface AccountTabs {
  readonly locks: TabLocks
  readonly openChannel: OpenTabChannel
}

/**
 * Locks and channels among the tabs of one account. What is asked or said before it is known whose it
 * is waits for it. `null` where there is no page, or no locks: then a tab is alone.
 */
export function createAccountTabs(account: Promise<string>): AccountTabs | null {
  // Programs may have locks and channels too, and each chat of theirs is one of its own.
  const locks = typeof document === 'object' ? browserLocks() : null
  if (locks === null || !hasTabChannels()) return null
  return {
    locks: {
      request: async (name, options, hold) =>
        locks.request(`${name} ${await account}`, options, hold),
    },
    openChannel(name, hear) {
      let channel: TabChannel | null = null
      let isClosed = false
      let waiting: unknown[] = []
      void account.then((whose) => {
        if (isClosed) return
        channel = openTabChannel(`${name} ${whose}`, hear)
        for (const message of waiting) channel.post(message)
        waiting = []
      })
      return {
        post(message) {
          if (channel !== null) channel.post(message)
          else if (!isClosed) waiting.push(message)
        },
        close() {
          isClosed = true
          channel?.close()
        },
      }
    },
  }
}
