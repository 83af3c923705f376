import type { ChatOptions } from '../chat.ts'
import type { Connection } from '../connection/connection.ts'
import { type CreatedOutbox, createOutbox } from '../outbox/create-outbox.ts'
import { createLazyDrafts } from '../outbox/lazy-drafts.ts'
import type { ClientStorage } from '../storage/client-storage.ts'
import { createLazyStorage } from '../storage/lazy-storage.ts'
import { createStore, type Store } from '../store.ts'
import type { AccountTabs } from '../tabs/account-tabs.ts'
import { sendCommand } from './send-command.ts'

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
  const { accountName, connection, tabs, tabId, onWarning = warn } = options
  const storage =
    options.storage ??
    createLazyStorage(async () => {
      const { openStorage } = await import('../storage/open-storage.ts')
      return openStorage({ account: await accountName, onWarning })
    })
  // The name of the account is put to it where it is known.
  const shared = {
    storage,
    onWarning,
    locks: tabs?.locks ?? null,
    openChannel: tabs?.openChannel ?? null,
    name: '',
  }
  const drafts = createLazyDrafts({ ...shared, accountName })
  const outbox = createOutbox({
    ...shared,
    drafts,
    tabId,
    isReady: isLive(connection),
    send: (...command) => sendCommand(connection.request, ...command),
  })
  return {
    outbox,
    async close(isForgotten) {
      await drafts.close()
      outbox.close()
      if (isForgotten) await storage.clear()
      storage.close()
    },
  }
}
