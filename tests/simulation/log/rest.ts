import {
  ParleyError,
  type ModerationAction,
  type RoomChange,
  type SyncResult,
} from '@parley/message-schema'
import {
  createActOnMember,
  createAllowReading,
  createGetMessage,
  createListMessages,
  createListPins,
  createListReplies,
  createSyncRooms,
  type RoomLog,
  type WaitForEvents,
} from '../product.ts'
import type { MemoryDatabase, RoomRows } from './memory-database.ts'
import { createStores, membersOf, showRoom } from './memory-reads.ts'

export interface RestRequest {
  readonly userId: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  /** `Idempotency-Key`. */
  readonly key: string | undefined
  readonly signal: AbortSignal
}

/** Answers what the route answers. Throws `ParleyError`. */
export type Rest = (request: RestRequest) => Promise<unknown>

export interface RestPorts {
  readonly database: MemoryDatabase
  /** Takes the time of one query. */
  readonly query: () => Promise<void>
  readonly run: RoomLog['run']
  readonly waitForEvents: WaitForEvents
}

const NO_PAGE = { before: null, after: null, hasMoreBefore: false, hasMoreAfter: false } as const

const toUser = (id: string) => ({
  id,
  username: id,
  displayName: id,
  avatarUrl: null,
  createdAt: '2026-01-01T00:00:00.000Z',
})

type Called = RestRequest & { readonly params: readonly string[] }
type Handle = (request: Called) => Promise<unknown>

/** The routes that the SDK calls: the API's own code where it has to do with the log. */
export function createRest(ports: RestPorts): Rest {
  const routes = [
    ...aboutPeople(),
    ...aboutRooms(ports),
    ...aboutMembers(ports),
    ...aboutModeration(ports),
    ...aboutLogs(ports),
    ...aboutMessages(ports),
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
  ['GET /v1/presence', async () => ({ states: [] })],
  [
    'GET /v1/users',
    async ({ query }) => ({ data: (query.get('ids') ?? '').split(',').map(toUser), page: NO_PAGE }),
  ],
]

function aboutRooms({ database, query, run }: RestPorts): [string, Handle][] {
  const mine = (userId: string): RoomRows[] =>
    [...database.rooms.values()].filter(
      ({ room, members }) => members.get(userId)?.leftSeq === null && room.deletedAt === null,
    )
  const show = (rows: RoomRows, userId: string) => showRoom(database, rows, userId)
  const showOne = async (roomId: string, userId: string) => {
    await query()
    const rows = database.rooms.get(roomId)
    if (rows === undefined || rows.room.deletedAt !== null) throw new ParleyError('NOT_FOUND')
    return { room: show(rows, userId) }
  }
  const change = (id: string, roomId: string, wanted: RoomChange & { deleted?: true }) =>
    run({ kind: 'room:update', actor: { id, kind: 'user' }, roomId, change: wanted })
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
    ['GET /v1/rooms/:', ({ userId, params: [roomId = ''] }) => showOne(roomId, userId)],
    [
      'PATCH /v1/rooms/:',
      async ({ userId, params: [roomId = ''], body }) => {
        await change(userId, roomId, body as RoomChange)
        return await showOne(roomId, userId)
      },
    ],
    [
      'DELETE /v1/rooms/:',
      async ({ userId, params: [roomId = ''] }) => {
        await change(userId, roomId, { deleted: true })
        return {}
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

function aboutMembers({ run, database, query }: RestPorts): [string, Handle][] {
  const { members } = createStores(database, query)
  return [
    [
      'GET /v1/rooms/:/members',
      async ({ userId, params: [roomId = ''] }) => {
        const standing = await members.standing(roomId, userId)
        if (standing?.member?.isActive !== true) throw new ParleyError('NOT_MEMBER')
        await query()
        return { data: membersOf(database.rooms.get(roomId)!), page: NO_PAGE }
      },
    ],
    [
      'PATCH /v1/rooms/:/members/:',
      async ({ userId: id, params: [roomId = '', userId = ''], body }) => {
        const { role } = body as { role: string }
        const actor = { id, kind: 'user' } as const
        await run({ kind: 'member:update', actor, roomId, userId, role })
        return { member: { userId, role } }
      },
    ],
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

function aboutModeration({ run }: RestPorts): [string, Handle][] {
  const act = createActOnMember({ run, missingUsers: async () => [] })
  const handle =
    (action: ModerationAction): Handle =>
    ({ userId: id, params: [roomId = '', who = ''], body }) => {
      const { userId = who, forS } = (body ?? {}) as { userId?: string; forS?: number }
      return act({ id, kind: 'user' }, { roomId, userId, action, forS })
    }
  return [
    ['PUT /v1/rooms/:/mutes/:', handle('mute')],
    ['DELETE /v1/rooms/:/mutes/:', handle('unmute')],
    ['PUT /v1/rooms/:/bans/:', handle('ban')],
    ['DELETE /v1/rooms/:/bans/:', handle('unban')],
    ['POST /v1/rooms/:/kicks', handle('kick')],
  ]
}

function aboutLogs({ database, query, waitForEvents }: RestPorts): [string, Handle][] {
  const { events, members, messages, marks } = createStores(database, query)
  const allowReading = createAllowReading(members)
  const ports = { allowReading, messages, marks }
  const listMessages = createListMessages(ports)
  const getMessage = createGetMessage(ports)
  const listReplies = createListReplies({ ...ports, getMessage, replies: marks })
  const listPins = createListPins({ ...ports, pins: marks.pins })
  const syncRooms = createSyncRooms({ events, waitForEvents })
  const numberOf = (asked: URLSearchParams, name: string): number | undefined =>
    asked.has(name) ? Number(asked.get(name)) : undefined
  return [
    [
      'POST /v1/sync',
      ({ userId, body, signal }): Promise<SyncResult> => syncRooms(userId, body as object, signal),
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
      async ({ userId, params: [roomId = '', seq] }) => ({
        message: await getMessage(userId, roomId, Number(seq)),
      }),
    ],
    [
      'GET /v1/rooms/:/messages/:/replies',
      ({ userId, params: [roomId = '', seq], query: asked }) =>
        listReplies(userId, roomId, Number(seq), {
          before: numberOf(asked, 'before'),
          after: numberOf(asked, 'after'),
          limit: numberOf(asked, 'limit') ?? 50,
        }),
    ],
    [
      'GET /v1/rooms/:/pins',
      async ({ userId, params: [roomId = ''] }) => ({ data: await listPins(userId, roomId) }),
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

/** The way of the commands without a socket: none of them is numbered. */
function aboutMessages({ run }: RestPorts): [string, Handle][] {
  const to = ({ userId: id, params: [roomId = '', seq], body, key }: Called) => ({
    ...(body as { readonly text: string; readonly upTo: number }),
    actor: { id, kind: 'user' } as const,
    roomId,
    ...(seq !== undefined && { seq: Number(seq) }),
    clientMsgId: (body as { clientMsgId?: string } | undefined)?.clientMsgId ?? key ?? '',
  })
  const at = (called: Called) => {
    const { actor, roomId } = to(called)
    return { actor, roomId, seq: Number(called.params[1]) }
  }
  const marks = [true, false].flatMap((on): [string, Handle][] => {
    const way = `${on ? 'PUT' : 'DELETE'} /v1/rooms/:/messages/:`
    return [
      [
        `${way}/reactions/:`,
        (called) => run({ kind: 'reaction:set', ...at(called), key: called.params[2] ?? '', on }),
      ],
      [`${way}/pin`, (called) => run({ kind: 'pin:set', ...at(called), on })],
    ]
  })
  return [
    ['POST /v1/rooms/:/messages', (called) => run({ kind: 'message:send', ...to(called) })],
    [
      'PATCH /v1/rooms/:/messages/:',
      (called) => run({ kind: 'message:edit', ...to(called), ...at(called) }),
    ],
    [
      'DELETE /v1/rooms/:/messages/:',
      (called) => {
        const { clientMsgId } = to(called)
        return run({ kind: 'message:delete', ...at(called), clientMsgId })
      },
    ],
    [
      'PUT /v1/rooms/:/read',
      (called) => {
        const { actor, roomId } = to(called)
        const { upTo, mode } = called.body as { upTo: number; mode?: 'forward' | 'set' }
        return run({ kind: 'read:set', actor, roomId, upTo, ...(mode && { mode }) })
      },
    ],
    ...marks,
  ]
}
