import {
  createStore,
  type Chat,
  type ConnectionState,
  type Guarantees,
  type OutboxEntry,
  type RoomList,
  type Store,
  type Unread,
  type WritableStore,
} from '@parley/client'
import type { MyPresence, PresenceState, SessionReady, User } from '@parley/message-schema'
import { user } from './memory-message.ts'
import { createMemoryRoom, missing, type MemoryRoom } from './memory-room.ts'
import { beginUpload, type MemoryUpload } from './memory-uploads.ts'

/** A chat without a server, of real stores, and what a test sees and moves of it. */
export interface MemoryChat {
  readonly chat: Chat
  readonly me: User
  readonly connection: WritableStore<ConnectionState>
  readonly list: WritableStore<RoomList>
  readonly unread: WritableStore<Unread>
  readonly guarantees: WritableStore<Guarantees>
  readonly presence: WritableStore<ReadonlyMap<string, PresenceState>>
  /** Ids that are watched now, each watch by itself. */
  readonly watched: (readonly string[])[]
  readonly drafts: Map<string, string>
  readonly people: Map<string, WritableStore<User | null>>
  readonly uploads: readonly MemoryUpload[]
  readonly room: (roomId: string) => MemoryRoom
  /** How often it was closed. */
  readonly closed: () => number
}

export const LIVE: ConnectionState = {
  status: 'live',
  via: 'websocket',
  gateway: 'g1',
  attempt: 0,
  retryAt: null,
  error: null,
}

const draftKey = (roomId: string, threadId?: number): string => `${roomId}/${threadId ?? ''}`

/** What no test of hooks asks for. */
const NOTHING = {
  rooms: {
    create: missing,
    openDm: missing,
    browse: missing,
    joinByCode: missing,
    showLatest: () => undefined,
    refresh: missing,
  },
  people: {
    search: missing,
    blocked: createStore<ReadonlySet<string>>(new Set()),
    block: missing,
    unblock: missing,
  },
  presence: {
    mine: createStore<MyPresence | null>(null),
    set: missing,
    setIdle: () => undefined,
  },
  chat: {
    search: missing,
    exportRoom: missing,
    updateMe: missing,
    getPrivacy: missing,
    setPrivacy: missing,
    call: missing,
    invites: createStore([]),
    acceptInvite: missing,
    declineInvite: missing,
  },
}

export function createMemoryChat(): MemoryChat {
  const me = user('me', 'Me Myself')
  const rooms = new Map<string, MemoryRoom>()
  const connection = createStore<ConnectionState>(LIVE)
  const list = createStore<RoomList>({ status: 'ready', error: null, rooms: [] })
  const unread = createStore<Unread>({ messages: 0, mentions: 0, rooms: 0 })
  const guarantees = createStore<Guarantees>({ events: 0, gaps: 0, doubles: 0, regressions: 0 })
  const presence = createStore<ReadonlyMap<string, PresenceState>>(new Map())
  const watched: (readonly string[])[] = []
  const drafts = new Map<string, string>()
  const people = new Map<string, WritableStore<User | null>>()
  const uploads: MemoryUpload[] = []
  let closed = 0

  const room = (roomId: string): MemoryRoom => {
    const known = rooms.get(roomId) ?? createMemoryRoom(roomId, me)
    rooms.set(roomId, known)
    return known
  }
  const person = (userId: string): Store<User | null> => {
    const known = people.get(userId) ?? createStore<User | null>(null)
    people.set(userId, known)
    return known
  }

  const chat: Chat = {
    connection: {
      state: connection,
      session: createStore<SessionReady | null>(null),
      connect: () => undefined,
      disconnect: () => undefined,
      retryNow: () => connection.set({ ...connection.current, status: 'connecting' }),
      request: missing,
      onFact: missing,
      onSession: missing,
    },
    me: createStore<User | null>(me),
    rooms: {
      list,
      unread,
      get: (roomId) => room(roomId).room,
      ...NOTHING.rooms,
      join: async (roomId) => room(roomId).room,
      reload: async () => list.set({ ...list.current, status: 'loading' }),
    },
    people: { ...NOTHING.people, get: person },
    presence: {
      ...NOTHING.presence,
      states: presence,
      watch(userIds) {
        watched.push(userIds)
        return () => void watched.splice(watched.indexOf(userIds), 1)
      },
    },
    files: {
      link: async (fileId, options) =>
        `https://files.example/${fileId}${options?.thumbnail === true ? '?thumbnail=1' : ''}`,
      delete: async () => undefined,
      upload: (file, options) => beginUpload(uploads, file, options?.name),
    },
    outbox: {
      entries: createStore<readonly OutboxEntry[]>([]),
      drafts: {
        get: async (roomId, threadId) => drafts.get(draftKey(roomId, threadId)) ?? '',
        set: (roomId, text, threadId) => void drafts.set(draftKey(roomId, threadId), text),
        rooms: createStore<ReadonlySet<string>>(new Set()),
      },
    },
    guarantees,
    ...NOTHING.chat,
    close: async () => void (closed += 1),
    forget: async () => void (closed += 1),
  }
  const seen = { connection, list, unread, guarantees, presence, watched, drafts, people, uploads }
  return { chat, me, ...seen, room, closed: () => closed }
}
