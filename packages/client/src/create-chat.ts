import type { Chat, ChatOptions, GetToken } from './chat.ts'
import { chooseLinks } from './chat/choose-links.ts'
import { createChatAccount } from './chat/chat-account.ts'
import { createInvites } from './chat/create-invites.ts'
import { createMe } from './chat/create-me.ts'
import { createSearch } from './chat/search-messages.ts'
import { sendCommand } from './chat/send-command.ts'
import { createBrowserNetwork } from './connection/browser-network.ts'
import { createConnection } from './connection/create-connection.ts'
import { createGuaranteeMonitor } from './connection/guarantee-monitor.ts'
import { startSystemTimer } from './connection/timer.ts'
import { createFiles } from './files/create-files.ts'
import { createLogFollower } from './log/create-log-follower.ts'
import { createMessages } from './messages/create-messages.ts'
import { createDrafts } from './outbox/create-drafts.ts'
import { createOutbox } from './outbox/create-outbox.ts'
import { createPeople } from './people/create-people.ts'
import { createPresenceWatch } from './presence/create-presence-watch.ts'
import { createCallRoute } from './rest/create-call-route.ts'
import { createRoomsChanged } from './rest/rooms-changed.ts'
import { createRooms } from './rooms/create-rooms.ts'
import { createTyping } from './rooms/create-typing.ts'
import { createLazyStorage } from './storage/lazy-storage.ts'
import { createStore, type Store } from './store.ts'
import { createAccountTabs } from './tabs/account-tabs.ts'

const CLOSE_MS = 5_000

function tokenOf({ token, getToken }: ChatOptions): GetToken {
  if (getToken !== undefined) return getToken
  if (token === undefined) throw new TypeError('createChat needs getToken, or a token.')
  return async () => token
}

/** Whether the outbox may send: a store of its own, so that it is told of nothing else. */
function isLive({ state }: Chat['connection']): Store<boolean> {
  const look = (): boolean => state.current.status === 'live'
  const store = createStore(look())
  state.subscribe(() => store.set(look()))
  return store
}

/**
 * Opens a chat, which connects at once unless `autoConnect` is false. Throws nothing that has to do with
 * the network: `connection.state` tells of it.
 */
export function createChat(options: ChatOptions): Chat {
  const url = (options.url ?? '').replace(/\/+$/u, '')
  const account = createChatAccount(url, options.userId, tokenOf(options))
  const { getToken } = account
  const tabs = createAccountTabs(account.name)
  const tabId = crypto.randomUUID()

  const roomsChanged = createRoomsChanged()
  const call = createCallRoute({ url, getToken, fetch: options.fetch, onDone: roomsChanged.done })
  const monitor = createGuaranteeMonitor({ startTimer: startSystemTimer })
  const connection = createConnection({
    url,
    deviceId: tabId,
    getToken,
    links: chooseLinks(options, { monitor, call, tabs, tabId, roomsChanged }),
    network: createBrowserNetwork(),
    startTimer: startSystemTimer,
    now: Date.now,
    random: Math.random,
  })

  const storage =
    options.storage ??
    createLazyStorage(
      Promise.all([account.name, import('./storage/open-storage.ts')]).then(
        ([name, { openStorage }]) => openStorage({ account: name }),
      ),
    )
  const people = createPeople({ call })
  const me = createMe({ connection, call, people })
  const shared = { locks: tabs?.locks ?? null, openChannel: tabs?.openChannel ?? null, name: '' }
  const drafts = createDrafts({ storage, ...shared })
  const outbox = createOutbox({
    storage,
    drafts,
    ...shared,
    tabId,
    isReady: isLive(connection),
    send: (roomId, command, clientMsgId) =>
      sendCommand(connection.request, roomId, command, clientMsgId),
  })
  const follower = createLogFollower({ connection, call })
  const { rooms, flush, stop } = createRooms({
    follower,
    connection,
    call,
    people,
    createContent({ id: roomId, log, info }) {
      const typing = createTyping({
        roomId,
        log,
        connection,
        meId: () => me.me.current?.id,
        isOn: () => info.current?.features.typing !== false,
      })
      const messages = createMessages({
        roomId,
        log,
        outbox,
        call,
        connection,
        people,
        me: me.me,
        onSend: typing.sent,
      })
      return { messages, typing, open: messages.open }
    },
  })
  const presence = createPresenceWatch({ connection, call })
  const invites = createInvites({
    connection,
    call,
    joined: async (roomId) => void (await rooms.join(roomId)),
  })

  let closing: Promise<void> | null = null
  async function close(timeoutMs: number): Promise<void> {
    flush()
    if (connection.state.current.status === 'live') await within(timeoutMs, outbox.drained())
    await drafts.close()
    for (const end of [outbox.close, presence.close, invites.stop, me.stop, stop, follower.stop]) end()
    connection.disconnect()
    storage.close()
  }

  if (options.autoConnect !== false) connection.connect()
  return {
    connection,
    me: me.me,
    updateMe: me.updateMe,
    getPrivacy: me.getPrivacy,
    setPrivacy: me.setPrivacy,
    rooms,
    people,
    presence,
    files: createFiles({
      url,
      call,
      getToken,
      fetch: options.fetch,
      fileBytes: () => connection.session.current?.limits['fileBytes'],
    }),
    outbox,
    guarantees: monitor.guarantees,
    search: createSearch(call),
    call,
    invites: invites.invites,
    acceptInvite: invites.acceptInvite,
    declineInvite: invites.declineInvite,
    close: (timeoutMs = CLOSE_MS) => (closing ??= close(timeoutMs)),
  }
}

async function within(timeoutMs: number, done: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)))
  await Promise.race([done, late])
  clearTimeout(timer)
}
