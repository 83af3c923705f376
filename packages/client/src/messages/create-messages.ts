import { newId } from '../new-id.ts'
import { createThread } from './create-thread.ts'
import { MessageHub, type MessagesPorts } from './message-hub.ts'
import type { Messages, SentMessage, Thread, TimelineMessage } from './messages.ts'
import { subscribeMessages } from './subscribe-messages.ts'
import { toItem } from './to-item.ts'

export { sendCommand } from './send-command.ts'
export type { MessagesPorts }

/** The messages of one room, with what the room needs of them. */
export interface RoomMessages extends Messages {
  /** Follows the log and reads the latest page until as many have closed it as have opened it. */
  readonly open: () => () => void
  /** At the end of everything. */
  readonly close: () => void
}

const REASONS = ['spam', 'abuse', 'violence', 'sexual', 'illegal', 'other'] as const
const THREADS = 100
const VERSIONS = 200

function createSend(hub: MessageHub): Messages['send'] {
  return (given): SentMessage => {
    const { clientMsgId = newId(), ...draft } = typeof given === 'string' ? { text: given } : given
    const added = hub.own.add({ kind: 'send', draft }, clientMsgId)
    hub.ports.onSend?.(draft.threadId)
    const stored = added.stored.then(({ seq, msgNo = 0, ts = '' }) => ({ seq, msgNo, ts }))
    // Whoever does not ask is not told by a crash.
    stored.catch(() => {})
    return { ...added, stored }
  }
}

/** Refused, an edit or a delete is taken back and forgotten: its caller is told. */
async function ask(
  hub: MessageHub,
  command: Parameters<MessageHub['own']['add']>[0],
): Promise<void> {
  const { clientMsgId, stored } = hub.own.add(command, newId())
  try {
    await stored
  } catch (error) {
    hub.own.cancel(clientMsgId)
    throw error
  }
}

function createThreads(hub: MessageHub, send: Messages['send']): Messages['thread'] {
  const threads = new Map<number, Thread & { readonly isOpen: () => boolean }>()
  return (rootSeq) => {
    const known = threads.get(rootSeq)
    if (known !== undefined) return known
    const made = createThread(hub, rootSeq, send)
    threads.set(rootSeq, made)
    for (const [seq, { isOpen }] of threads) {
      if (threads.size <= THREADS) break
      if (!isOpen() && seq !== rootSeq) threads.delete(seq)
    }
    return made
  }
}

function createReads(hub: MessageHub) {
  const { call, roomId } = hub.ports
  const toOne = (seq: number) => ({ params: { id: roomId, seq } })
  const item = (message: Parameters<typeof toItem>[0]): TimelineMessage =>
    toItem(message, hub.meId, hub.overlayOf(message.seq))
  return {
    async get(seq: number) {
      const { message } = await call('GET /v1/rooms/:id/messages/:seq', toOne(seq))
      return item(message)
    },
    async pinned() {
      const { data } = await call('GET /v1/rooms/:id/pins', { params: { id: roomId } })
      return data.map(item)
    },
    async versions(seq: number) {
      const versions: { version: number; text: string | null; ts: string }[] = []
      for (;;) {
        const after = versions.at(-1)?.version
        const query = { limit: VERSIONS, ...(after !== undefined && { after }) }
        const route = 'GET /v1/rooms/:id/messages/:seq/versions'
        const { data, page } = await call(route, { ...toOne(seq), query })
        for (const { version, text, ts } of data) versions.push({ version, text, ts })
        if (!page.hasMoreAfter || data.length === 0) return versions
      }
    },
    async report(seq: number, reason: string) {
      const known = REASONS.find((name) => name === reason)
      const said =
        known === undefined ? { reason: 'other' as const, note: reason } : { reason: known }
      await call('POST /v1/reports', { body: { roomId, seq, ...said } })
    },
  }
}

/** Costs nothing until it is opened. */
export function createMessages(ports: MessagesPorts): RoomMessages {
  const hub = new MessageHub(ports)
  const send = createSend(hub)
  const reads = createReads(hub)
  return {
    timeline: hub.main.store,
    open: () => hub.open(),
    close: () => hub.stop(),
    subscribe: (listener, onReset) =>
      subscribeMessages(hub, (seq) => reads.get(seq), listener, onReset),
    send,
    retry: (clientMsgId) => ports.outbox.retry(ports.roomId, clientMsgId),
    cancel: (clientMsgId) => hub.own.cancel(clientMsgId),
    edit: (seq, text) => ask(hub, { kind: 'edit', seq, text }),
    delete: (seq) => ask(hub, { kind: 'delete', seq }),
    react: (seq, key, on = true) => hub.wishes.set(seq, key, on),
    pin: (seq, on = true) => hub.wishes.set(seq, null, on),
    ...reads,
    loadBefore: () => hub.main.loadBefore(),
    loadAfter: () => hub.main.loadAfter(),
    jumpTo: (seq) => hub.main.jumpTo(seq),
    jumpToLatest: () => hub.main.jumpToLatest(),
    trim: () => hub.main.trim(),
    thread: createThreads(hub, send),
  }
}
