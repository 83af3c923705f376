import { ParleyError, type SyncResult } from '@parley/message-schema'
import {
  createAllowReading,
  createListMessages,
  createSyncRooms,
  readMessages,
  toRoom,
  type RoomLog,
} from '../product.ts'
import type { MemoryDatabase, RoomRows } from './memory-database.ts'
import { createStores, toRoomView } from './memory-reads.ts'

export interface RestRequest {
  readonly userId: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

/** Answers what the route answers. Throws `ParleyError`. */
export type Rest = (request: RestRequest) => Promise<unknown>

export interface RestPorts {
  readonly database: MemoryDatabase
  /** Takes the time of one query. */
  readonly query: () => Promise<void>
  readonly run: RoomLog['run']
}

const NO_PAGE = { before: null, after: null, hasMoreBefore: false, hasMoreAfter: false } as const

const toUser = (id: string) => ({
  id,
  username: id,
  displayName: id,
  avatarUrl: null,
  createdAt: '2026-01-01T00:00:00.000Z',
})

type Handle = (request: RestRequest & { readonly params: readonly string[] }) => Promise<unknown>

/** The routes that the SDK calls: the API's own code where it has to do with the log. */
export function createRest(ports: RestPorts): Rest {
  const routes = [
    ...aboutPeople(),
    ...aboutRooms(ports),
    ...aboutMembers(ports),
    ...aboutLogs(ports),
  ]
  return async (request) => {
    for (const [route, handle] of routes) {
      const params = match(route, `${request.method} ${request.path}`)
      if (params !== undefined) return await handle({ ...request, params })
    }
    throw new ParleyError('NOT_FOUND', { message: `${request.method} ${request.path}` })
  }
}

function match(route: string, called: string): string[] | undefined {
  const wanted = route.split('/')
  const parts = called.split('/')
  if (wanted.length !== parts.length) return undefined
  const params: string[] = []
  for (const [index, part] of wanted.entries()) {
    if (part === ':') params.push(decodeURIComponent(parts[index]!))
    else if (part !== parts[index]) return undefined
  }
  return params
}

const aboutPeople = (): [string, Handle][] => [
  ['GET /v1/me', async ({ userId }) => ({ user: toUser(userId) })],
  ['GET /v1/me/invites', async () => ({ data: [] })],
  [
    'GET /v1/users',
    async ({ query }) => ({ data: (query.get('ids') ?? '').split(',').map(toUser), page: NO_PAGE }),
  ],
]

function aboutRooms({ database, query }: RestPorts): [string, Handle][] {
  const mine = (userId: string): RoomRows[] =>
    [...database.rooms.values()].filter(({ members }) => members.get(userId)?.leftSeq === null)
  const show = (rows: RoomRows, userId: string) => toRoom(toRoomView(database, rows, userId))
  return [
    [
      'GET /v1/rooms',
      async ({ userId, query: { size }, query: asked }) => {
        await query()
        const isArchived = size > 0 && asked.get('archived') === 'true'
        const rooms = isArchived ? [] : mine(userId)
        return { data: rooms.map((rows) => show(rows, userId)), page: NO_PAGE }
      },
    ],
    [
      'GET /v1/rooms/:',
      async ({ userId, params: [roomId = ''] }) => {
        await query()
        const rows = database.rooms.get(roomId)
        if (rows === undefined) throw new ParleyError('NOT_FOUND')
        return { room: show(rows, userId) }
      },
    ],
    [
      'GET /v1/me/unread',
      async ({ userId }) => {
        await query()
        const rows = mine(userId).map((one) => ({
          roomId: one.roomId,
          head: one.room.head,
          ...database.unread(one, userId),
        }))
        const data = rows.filter(({ unread }) => unread > 0)
        const sum = (of: 'unread' | 'mentions') => data.reduce((all, row) => all + row[of], 0)
        const total = { rooms: data.length, unread: sum('unread'), mentions: sum('mentions') }
        return { data, total }
      },
    ],
  ]
}

function aboutMembers({ run }: RestPorts): [string, Handle][] {
  return [
    [
      'PUT /v1/rooms/:/members/:',
      async ({ userId: id, params: [roomId = '', who = ''] }) => {
        const userId = who === 'me' ? id : who
        const actor = { id, kind: 'user' } as const
        await run({ kind: 'member:join', actor, roomId, userId, role: 'member' })
        return { member: { userId, role: 'member' } }
      },
    ],
    [
      'DELETE /v1/rooms/:/members/:',
      async ({ userId: id, params: [roomId = '', who = ''] }) => {
        const userId = who === 'me' ? id : who
        await run({ kind: 'member:leave', actor: { id, kind: 'user' }, roomId, userId })
        return {}
      },
    ],
  ]
}

function aboutLogs({ database, query }: RestPorts): [string, Handle][] {
  const { events, members, messages, marks } = createStores(database, query)
  const allowReading = createAllowReading(members)
  const ports = { allowReading, messages, marks }
  const listMessages = createListMessages(ports)
  const syncRooms = createSyncRooms({ events, waitForEvents: async () => undefined })
  const { signal } = new AbortController()
  const numberOf = (asked: URLSearchParams, name: string): number | undefined =>
    asked.has(name) ? Number(asked.get(name)) : undefined
  return [
    [
      'POST /v1/sync',
      ({ userId, body }): Promise<SyncResult> => syncRooms(userId, body as object, signal),
    ],
    [
      'GET /v1/rooms/:/messages',
      ({ userId, params: [roomId = ''], query: asked }) =>
        listMessages(userId, roomId, {
          before: numberOf(asked, 'before'),
          after: numberOf(asked, 'after'),
          around: numberOf(asked, 'around'),
          limit: numberOf(asked, 'limit') ?? 50,
        }),
    ],
    [
      'GET /v1/rooms/:/messages/:',
      async ({ userId, params: [roomId = '', seq] }) => {
        const { visibleFrom } = await allowReading(userId, roomId)
        const [message] = await readMessages(ports, userId, roomId, [Number(seq)])
        if (message === undefined || message.seq < visibleFrom) throw new ParleyError('NOT_FOUND')
        return { message }
      },
    ],
    [
      'GET /v1/rooms/:/receipts',
      async ({ userId, params: [roomId = ''] }) => {
        await allowReading(userId, roomId)
        const there = [...(database.rooms.get(roomId)?.members ?? [])]
        const data = there
          .filter(([, { leftSeq }]) => leftSeq === null)
          .map(([id, { readSeq }]) => ({ userId: id, readSeq }))
        return { data, page: NO_PAGE, mode: 'people' }
      },
    ],
  ]
}
