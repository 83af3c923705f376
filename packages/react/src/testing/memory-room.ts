import {
  createStore,
  type Messages,
  type ReadMark,
  type Room,
  type RoomInfo,
  type SentMessage,
  type Thread,
  type Timeline,
  type TimelineMessage,
  type TypingPeople,
  type WritableStore,
} from '@parley/client'
import type { User } from '@parley/message-schema'
import { message } from './memory-message.ts'

/** A room in memory, and what a test sees and moves of it. */
export interface MemoryRoom {
  readonly room: Room
  readonly info: WritableStore<RoomInfo | null>
  readonly timeline: WritableStore<Timeline>
  readonly typing: WritableStore<TypingPeople>
  readonly mine: WritableStore<ReadMark>
  readonly others: WritableStore<ReadonlyMap<string, number>>
  /** What was called, in this order: `open`, `close`, `keystroke`, `markRead 3` and so on. */
  readonly calls: string[]
  /** All of them in one change of the timeline. */
  readonly arrive: (...messages: readonly TimelineMessage[]) => void
  readonly change: (change: Partial<Timeline>) => void
}

const EMPTY: Timeline = {
  status: 'ready',
  error: null,
  items: [],
  hasBefore: false,
  hasAfter: false,
  isLoadingBefore: false,
  isLoadingAfter: false,
  prepended: 0,
}

export const roomInfo = (id: string, more: Partial<RoomInfo> = {}): RoomInfo => ({
  id,
  kind: 'room',
  name: id,
  visibility: 'public',
  topic: null,
  avatarUrl: null,
  head: 0,
  lastMsgNo: 0,
  memberCount: 2,
  frozen: false,
  archived: false,
  features: { typing: true, readReceipts: 'people', notifyAll: true },
  settings: { history: 'all', slowModeS: 0, retentionDays: null, roleOverrides: null },
  createdAt: '2026-01-01T00:00:00.000Z',
  me: {
    role: 'member',
    permissions: ['message:send', 'message:attach', 'message:react'],
    readSeq: 0,
    unread: 0,
    mentions: 0,
    mutedUntil: null,
    notify: 'all',
  },
  ...more,
})

export const missing = (): never => {
  throw new Error('The chat in memory has no such thing.')
}

const counted = (calls: string[], name: string) => () => {
  calls.push(name)
  let isOpen = true
  return () => {
    if (isOpen) calls.push(name.replace('open', 'close'))
    isOpen = false
  }
}

export function createMemoryRoom(id: string, me: User): MemoryRoom {
  const calls: string[] = []
  const info = createStore<RoomInfo | null>(roomInfo(id))
  const timeline = createStore<Timeline>(EMPTY)
  const typing = createStore<TypingPeople>({ userIds: [], others: 0 })
  const mine = createStore<ReadMark>({ readSeq: 0, unread: 0, mentions: 0 })
  const others = createStore<ReadonlyMap<string, number>>(new Map())

  const change = (part: Partial<Timeline>): void => timeline.set({ ...timeline.current, ...part })
  const arrive = (...messages: readonly TimelineMessage[]): void =>
    change({ items: [...timeline.current.items, ...messages] })

  const messages = createMessages(id, me, calls, timeline, change)
  const tell = (name: string) => (threadId?: number) =>
    void calls.push(threadId === undefined ? name : `${name} in ${threadId}`)
  const room: Room = {
    id,
    info,
    messages,
    typing: {
      people: typing,
      inThread: () => createStore<TypingPeople>({ userIds: [], others: 0 }),
      keystroke: tell('keystroke'),
      stop: tell('stop'),
    },
    reading: {
      mine,
      others,
      markRead: (upTo) => void calls.push(`markRead ${upTo}`),
      markUnread: async (seq) => void calls.push(`markUnread ${seq}`),
    },
    open: counted(calls, 'open'),
    onEvent: missing,
    update: missing,
    leave: missing,
    delete: missing,
    members: {
      list: missing,
      revision: createStore(0),
      add: missing,
      setRole: missing,
      remove: missing,
      mute: missing,
      unmute: missing,
      ban: missing,
      unban: missing,
      kick: missing,
    },
    invite: missing,
    inviteUser: missing,
  }
  return { room, info, timeline, typing, mine, others, calls, arrive, change }
}

function createMessages(
  roomId: string,
  me: User,
  calls: string[],
  timeline: WritableStore<Timeline>,
  change: (part: Partial<Timeline>) => void,
): Messages {
  const threads = new Map<number, Thread>()
  let sent = 0
  const send: Messages['send'] = (draft) => {
    const said = typeof draft === 'string' ? { text: draft } : draft
    sent += 1
    const clientMsgId = `sent-${sent}`
    calls.push(`send ${said.text ?? ''}`)
    const { text = null, attachments = [] } = said
    const mine = { key: clientMsgId, clientMsgId, isMine: true, attachments, roomId }
    const shown = message(0, me, text, { ...mine, state: { name: 'pending' }, msgNo: 0 })
    change({ items: [...timeline.current.items, shown] })
    const stored: SentMessage['stored'] = new Promise(() => undefined)
    return { clientMsgId, stored }
  }
  const told =
    (name: string) =>
    async (...given: readonly unknown[]): Promise<void> =>
      void calls.push([name, ...given].join(' '))

  return {
    timeline,
    subscribe: missing,
    send,
    retry: (clientMsgId) => void calls.push(`retry ${clientMsgId}`),
    cancel: (clientMsgId) => calls.push(`cancel ${clientMsgId}`) > 0,
    edit: told('edit'),
    delete: told('delete'),
    react: told('react'),
    pin: told('pin'),
    pinned: missing,
    report: missing,
    get: missing,
    versions: missing,
    loadBefore: told('loadBefore'),
    loadAfter: told('loadAfter'),
    jumpTo: told('jumpTo'),
    jumpToLatest: told('jumpToLatest'),
    trim: () => void calls.push('trim'),
    thread(rootSeq) {
      const thread = threads.get(rootSeq) ?? {
        rootSeq,
        root: createStore<TimelineMessage | null>(null),
        timeline: createStore<Timeline>(EMPTY),
        open: counted(calls, `open ${rootSeq}`),
        loadBefore: missing,
        send,
      }
      threads.set(rootSeq, thread)
      return thread
    },
  }
}
