import type { ChatOptions } from '../chat.ts'
import type { Connection } from '../connection/connection.ts'
import { type CreatedOutbox, createOutbox } from '../outbox/create-outbox.ts'
import { loadLater } from '../load-later.ts'
import { createLazyDrafts } from '../outbox/lazy-drafts.ts'
import type { ClientStorage } from '../storage/client-storage.ts'
import { createLazyStorage } from '../storage/lazy-storage.ts'
import { createStore, type Store } from '../store.ts'
import type { AccountTabs } from '../tabs/account-tabs.ts'

export interface KeptOptions {
  readonly storage: ClientStorage | undefined
  readonly accountName: Promise<string>
  readonly connection: Connection
  readonly tabs: AccountTabs | null
  readonly tabId: string
  readonly onWarning: ChatOptions['onWarning']
}

/** What outlasts a reload: what was said and is not stored, and what was only begun. */
export interface Kept {
  readonly outbox: CreatedOutbox
  readonly close: (isForgotten: boolean) => Promise<void>
}

/** A token may be on its way when the chat is closed. */
const NAME_MS = 1_000

/** It is there before a session is live. */
const loadMessages = loadLater(() => import('../messages/create-messages.ts'))

/** Whether the outbox may send: a store of its own, so that it is told of nothing else. */
function isLive({ state }: Connection): Store<boolean> {
  const look = (): boolean => state.current.status === 'live'
  const store = createStore(look())
  state.subscribe(() => store.set(look()))
  return store
}

/** Where nobody is told, it is said where somebody may look: what was said may be lost with the page. */
// oxlint-disable-next-line no-console -- of a page, which has nothing else
const warn = (message: string, cause: unknown): void => console.warn(message, cause)

export function createKept(options: KeptOptions): Kept {
  const { connection, tabs, tabId, onWarning = warn } = options
  let giveUp: () => void = () => undefined
  const unnamed = new Promise<null>((resolve) => (giveUp = () => resolve(null)))
  const account = Promise.race([options.accountName, unnamed])
  const storage =
    options.storage ??
    createLazyStorage(async () => {
      const { openStorage } = await import('../storage/open-storage.ts')
      return openStorage({ account: await account, onWarning })
    })
  // The name of the account is put to it where it is known.
  const shared = {
    storage,
    onWarning,
    locks: tabs?.locks ?? null,
    openChannel: tabs?.openChannel ?? null,
    name: '',
  }
  const drafts = createLazyDrafts({ ...shared, account })
  const outbox = createOutbox({
    ...shared,
    drafts,
    tabId,
    isReady: isLive(connection),
    send: async (...command) => (await loadMessages()).sendCommand(connection, ...command),
  })
  return {
    outbox,
    async close(isForgotten) {
      // Drafts wait until it is known whose they are, which nobody may ever tell now.
      if (isForgotten) giveUp()
      const timer = setTimeout(() => {
        giveUp()
        onWarning('What was begun here is not kept: it is not known whose it is.', undefined)
      }, NAME_MS)
      await drafts.close()
      clearTimeout(timer)
      outbox.close()
      if (isForgotten) await storage.clear()
      storage.close()
    },
  }
}
