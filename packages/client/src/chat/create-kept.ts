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

async function openOwn(accountName: Promise<string>): Promise<ClientStorage> {
  const { openStorage } = await import('../storage/open-storage.ts')
  return openStorage({ account: await accountName })
}

export function createKept(options: KeptOptions): Kept {
  const { accountName, connection, tabs, tabId } = options
  const storage = options.storage ?? createLazyStorage(() => openOwn(accountName))
  // The name of the account is put to it where it is known.
  const shared = { locks: tabs?.locks ?? null, openChannel: tabs?.openChannel ?? null, name: '' }
  const drafts = createLazyDrafts({ storage, ...shared, accountName })
  const outbox = createOutbox({
    storage,
    drafts,
    ...shared,
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
