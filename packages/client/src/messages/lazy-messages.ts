import { newId } from '../new-id.ts'
import { ChatError, unknownOutcome } from '../chat-error.ts'
import { createStore, type Store, type WritableStore } from '../store.ts'
import { laterMethods } from '../later-methods.ts'
import type { MessagesPorts, RoomMessages } from './create-messages.ts'
import { IDLE } from './idle-timeline.ts'
import type { Messages, MessageSubscription, SentMessage, Thread, Timeline } from './messages.ts'

const LATER = [
  'edit',
  'delete',
  'react',
  'pin',
  'pinned',
  'report',
  'get',
  'versions',
  'loadBefore',
  'loadAfter',
  'jumpTo',
  'jumpToLatest',
] as const

/** Fetches `create-messages.ts` once. What it answers may fail, and is asked for again then. */
export type LoadMessages = () => Promise<(ports: MessagesPorts) => RoomMessages>

function mirror<Value>(shown: WritableStore<Value>, source: Store<Value>): void {
  shown.set(source.current)
  source.subscribe(() => shown.set(source.current))
}

/** Opens once it is there, unless it was closed before. */
function openLater(opened: Promise<() => void>): () => void {
  let isClosed = false
  let close: (() => void) | null = null
  opened.then(
    (end) => {
      if (isClosed) end()
      else close = end
    },
    // Told by the timeline.
    () => undefined,
  )
  return () => {
    isClosed = true
    close?.()
    close = null
  }
}

/** The outbox keeps it at once, whether or not the rest is there: it is sent also if this page goes. */
function sendAtOnce({ roomId, outbox, onSend }: MessagesPorts): Messages['send'] {
  return (given): SentMessage => {
    const { clientMsgId = newId(), ...draft } = typeof given === 'string' ? { text: given } : given
    const added = outbox.add(roomId, { kind: 'send', draft }, clientMsgId)
    onSend?.(draft.threadId)
    const stored = added.stored.then(({ seq, msgNo = 0, ts = '' }) => ({ seq, msgNo, ts }))
    // Whoever does not ask is not told by a crash.
    stored.catch(() => undefined)
    return { ...added, stored }
  }
}

function laterThread(
  rootSeq: number,
  loaded: () => Promise<RoomMessages>,
  failed: (shown: WritableStore<Timeline>, error: unknown) => void,
  send: Messages['send'],
): Thread {
  const root = createStore<Thread['root']['current']>(null)
  const timeline = createStore(IDLE)
  let isMirrored = false
  const thread = async (): Promise<Thread> => {
    const real = (await loaded()).thread(rootSeq)
    if (!isMirrored) {
      isMirrored = true
      mirror(root, real.root)
      mirror(timeline, real.timeline)
    }
    return real
  }
  return {
    rootSeq,
    root,
    timeline,
    open() {
      const opened = thread().then((real) => real.open())
      opened.catch((error: unknown) => failed(timeline, error))
      return openLater(opened)
    },
    loadBefore: async () => (await thread()).loadBefore(),
    send: (draft) =>
      send({ ...(typeof draft === 'string' ? { text: draft } : draft), threadId: rootSeq }),
  }
}

/**
 * The messages of a room that was asked for before their code was there. No session is live before it
 * is: so nothing of the log is told meanwhile, and a subscription misses nothing.
 */
export function createLazyMessages(ports: MessagesPorts, load: LoadMessages): RoomMessages {
  const timeline = createStore(IDLE)
  let real: RoomMessages | null = null
  let isClosed = false
  const threads = new Map<number, Thread>()

  async function loaded(): Promise<RoomMessages> {
    const create = await load().catch((cause: unknown) => {
      throw unknownOutcome(cause)
    })
    if (real === null) {
      real = create(ports)
      mirror(timeline, real.timeline)
      if (isClosed) real.close()
    }
    return real
  }
  const failed = (shown: WritableStore<Timeline>, error: unknown): void => {
    if (real !== null || !(error instanceof ChatError)) return
    shown.set({ ...IDLE, status: 'failed', error })
  }
  const send: Messages['send'] = (draft) => (real?.send ?? sendAtOnce(ports))(draft)

  return {
    timeline,
    open() {
      if (real !== null) return real.open()
      timeline.set({ ...IDLE, status: 'loading' })
      const opened = loaded().then((messages) => messages.open())
      opened.catch((error: unknown) => failed(timeline, error))
      return openLater(opened)
    },
    close() {
      isClosed = true
      real?.close()
    },
    subscribe: (listener, onReset) =>
      real?.subscribe(listener, onReset) ??
      subscribeLater(loaded().then((messages) => messages.subscribe(listener, onReset))),
    send,
    retry: (clientMsgId) => ports.outbox.retry(ports.roomId, clientMsgId),
    cancel: (clientMsgId) =>
      real?.cancel(clientMsgId) ?? ports.outbox.cancel(ports.roomId, clientMsgId),
    ...laterMethods(loaded, LATER),
    trim: () => real?.trim(),
    thread(rootSeq) {
      if (real !== null) return threads.get(rootSeq) ?? real.thread(rootSeq)
      const known = threads.get(rootSeq) ?? laterThread(rootSeq, loaded, failed, send)
      threads.set(rootSeq, known)
      return known
    },
  }
}

function subscribeLater(subscribed: Promise<MessageSubscription>): MessageSubscription {
  const end = openLater(subscribed.then(({ unsubscribe }) => unsubscribe))
  return {
    historyBefore: async (options) => (await subscribed).historyBefore(options),
    unsubscribe: end,
  }
}
