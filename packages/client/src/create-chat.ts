import { newId } from './new-id.ts'
import type { Chat, ChatOptions, GetToken } from './chat.ts'
import { CHAT_ACTIONS } from './chat/chat-action-names.ts'
import { createChatAccount } from './chat/chat-account.ts'
import { createInvites } from './chat/create-invites.ts'
import { createKept } from './chat/create-kept.ts'
import { createMe } from './chat/create-me.ts'
import { createShownRooms } from './chat/create-shown-rooms.ts'
import { createWay } from './chat/create-way.ts'
import { onPageHidden } from './chat/on-page-hidden.ts'
import { createFiles } from './files/create-files.ts'
import { laterMethods } from './later-methods.ts'
import { loadLater } from './load-later.ts'
import { createPeople } from './people/create-people.ts'
import { createPresenceWatch } from './presence/create-presence-watch.ts'
import { createAccountTabs } from './tabs/account-tabs.ts'

const CLOSE_MS = 5_000
/** How far I have read is worth a moment, and is told with the next move otherwise. */
const READ_MS = 1_000

function tokenOf({ token, getToken }: ChatOptions): GetToken {
  if (getToken !== undefined) return getToken
  if (token === undefined) throw new TypeError('createChat needs getToken, or a token.')
  return async () => token
}

/**
 * Opens a chat, which connects at once unless `autoConnect` is false. Throws nothing that has to do with
 * the network: `connection.state` tells of it.
 */
export function createChat(options: ChatOptions): Chat {
  const url = (options.url ?? '').replace(/\/+$/u, '')
  const { name: accountName, getToken } = createChatAccount(url, options.userId, tokenOf(options))
  const tabs = createAccountTabs(accountName)
  // `crypto.randomUUID` is missing in pages that did not come over HTTPS.
  const tabId = newId()
  const ended = new AbortController()

  const server = { url, getToken, fetch: options.fetch }
  const { connection, call, guarantees } = createWay({ options, url, getToken, tabs, tabId })
  const { storage, onWarning } = options
  const kept = createKept({ storage, onWarning, accountName, connection, tabs, tabId })
  const { outbox } = kept
  const people = createPeople({ call, signal: ended.signal })
  const me = createMe({ connection, call, people })
  const shown = createShownRooms({ connection, call, people, me: me.store, outbox })
  const { rooms } = shown
  const presence = createPresenceWatch({ connection, call })
  const invites = createInvites(connection, call)
  const actions = loadLater(async () => {
    const { createChatActions } = await import('./chat/chat-actions.ts')
    return createChatActions({ ...server, call, takeMe: me.take, invites, joined: rooms.join })
  })
  const stopPage = onPageHidden(shown.flush)

  let closing: Promise<void> | null = null
  async function close(timeoutMs: number, isForgotten = false): Promise<void> {
    const isLive = connection.state.current.status === 'live'
    if (isLive && !isForgotten) {
      await Promise.all([
        within(timeoutMs, outbox.drained()),
        within(Math.min(timeoutMs, READ_MS), shown.flush()),
      ])
    }
    for (const end of [stopPage, presence.close, invites.stop, me.stop, shown.stop]) end()
    connection.disconnect()
    ended.abort()
    await kept.close(isForgotten)
  }

  if (options.autoConnect !== false) connection.connect()
  return {
    connection,
    me: me.store,
    rooms,
    people,
    presence,
    files: createFiles({
      ...server,
      call,
      fileBytes: () => connection.session.current?.limits['fileBytes'],
    }),
    outbox,
    guarantees,
    call,
    invites: invites.store,
    ...laterMethods(actions, CHAT_ACTIONS),
    close: (timeoutMs = CLOSE_MS) => (closing ??= close(timeoutMs)),
    forget: () => (closing ??= close(0, true)),
  }
}

async function within(timeoutMs: number, done: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))
  await Promise.race([done, late])
  clearTimeout(timer)
}
