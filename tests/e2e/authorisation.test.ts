import { randomUUID } from 'node:crypto'
import type { CommandName, ErrorCode, Reply, Visibility } from '@parley/message-schema'
import {
  ConnectRefused,
  eventually,
  startTestCluster,
  type TestCluster,
  type TestSocket,
  type TestUser,
} from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT_API_KEY = 'root-api-key-of-a-test-0123456789abcdef'

/** Those who may least come first, so that the others meet what they asked about. */
const CALLERS = ['otherRoom', 'banned', 'formerMember', 'member', 'moderator', 'owner'] as const
type Caller = (typeof CALLERS)[number]
type Cell = 'ok' | ErrorCode | 'not-member'
type Cells = Readonly<Record<Caller, Cell>>

let cluster: TestCluster
let people: Record<Caller | 'outsider', TestUser>
let sockets: Record<Caller, TestSocket>
/** What each socket was told of its rooms: `caller added|removed roomId`. */
const told = new Set<string>()
beforeAll(async () => {
  cluster = await startTestCluster({
    env: {
      api: { ROOT_API_KEY },
      gateway: { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' },
    },
  })
  const users = await Promise.all([...CALLERS, 'outsider'].map(() => cluster.register()))
  people = Object.fromEntries(
    [...CALLERS, 'outsider'].map((name, at) => [name, users[at]]),
  ) as typeof people
  await cluster.createRoom([people.otherRoom])
  // Each through another gateway than the one before.
  const gateways = cluster.info().gateways.map(({ name }) => name)
  const connected = await Promise.all(
    CALLERS.map((name, at) =>
      cluster.connect(people[name], { gateway: gateways[at % gateways.length] ?? '' }),
    ),
  )
  sockets = Object.fromEntries(CALLERS.map((name, at) => [name, connected[at]])) as typeof sockets
  for (const name of CALLERS) {
    sockets[name].on('room:added', ({ roomId }) => told.add(`${name} added ${roomId}`))
    sockets[name].on('room:removed', ({ roomId }) => told.add(`${name} removed ${roomId}`))
  }
})
afterAll(() => cluster.stop())

interface Stage {
  readonly room: string
  /** Of a message of the owner. */
  readonly seq: number
}

/** What a gateway answers from what it knows waits until it knows. */
const allTold = (
  what: 'added' | 'removed',
  callers: readonly Caller[],
  roomId: string,
): Promise<void> =>
  eventually(() => {
    for (const name of callers) expect(told).toContain(`${name} ${what} ${roomId}`)
  })

async function setStage(visibility: Visibility): Promise<Stage> {
  const { owner, moderator, member, formerMember, banned } = people
  const { room } = (await cluster.rest('POST', '/v1/rooms', {
    user: owner,
    body: {
      name: 'A room',
      visibility,
      memberIds: [moderator, member, formerMember, banned].map(({ userId }) => userId),
    },
  })) as { room: { id: string } }
  await allTold('added', ['owner', 'moderator', 'member', 'formerMember', 'banned'], room.id)
  const of = `/v1/rooms/${room.id}`
  await cluster.rest('PATCH', `${of}/members/${moderator.userId}`, {
    user: owner,
    body: { role: 'moderator' },
  })
  await cluster.leave(formerMember, room.id)
  await cluster.rest('PUT', `${of}/bans/${banned.userId}`, { user: owner, body: {} })
  const { seq } = (await cluster.rest('POST', `${of}/messages`, {
    user: owner,
    body: { text: 'hello' },
  })) as { seq: number }
  await allTold('removed', ['formerMember', 'banned'], room.id)
  return { room: room.id, seq }
}

interface Row {
  readonly payload: (stage: Stage, caller: Caller) => object
  readonly cells: Readonly<Record<Visibility, Cells>>
  /** Each caller has a room of their own: asking once changes what is there. */
  readonly alone?: true
  /** What was answered, where that alone tells. */
  readonly read?: (data: never, stage: Stage) => Cell
}

const inRoom = (
  payload: Row['payload'],
  inside: Pick<Cells, 'member' | 'moderator' | 'owner'>,
  more: Pick<Row, 'alone' | 'read'> & { readonly outside?: Cell } = {},
): Row => {
  const { outside, ...rest } = more
  const cells = (visibility: Visibility): Cells => ({
    otherRoom: outside ?? (visibility === 'public' ? 'NOT_MEMBER' : 'NOT_FOUND'),
    banned: outside ?? 'BANNED',
    formerMember: outside ?? 'NOT_MEMBER',
    ...inside,
  })
  return { payload, cells: { public: cells('public'), private: cells('private') }, ...rest }
}
const all = { member: 'ok', moderator: 'ok', owner: 'ok' } as const
const ofUser = (payload: Row['payload']): Row => inRoom(payload, all, { outside: 'ok' })

/** A command without its row does not compile. */
const ROWS: Readonly<Record<CommandName, Row>> = {
  'auth:refresh': ofUser((_, caller) => ({ token: people[caller].token })),
  sync: inRoom(({ room }) => ({ rooms: { [room]: 0 } }), all, {
    outside: 'not-member',
    read: ({ rooms }: { rooms: Record<string, { reason?: Cell }> }, { room }) =>
      rooms[room]?.reason ?? 'ok',
  }),
  'message:send': inRoom(
    ({ room }) => ({ roomId: room, clientMsgId: randomUUID(), text: 'hello' }),
    all,
  ),
  'message:edit': inRoom(
    ({ room, seq }) => ({ roomId: room, seq, clientMsgId: randomUUID(), text: 'changed' }),
    { member: 'FORBIDDEN', moderator: 'FORBIDDEN', owner: 'ok' },
  ),
  'message:delete': inRoom(
    ({ room, seq }) => ({ roomId: room, seq, clientMsgId: randomUUID() }),
    { member: 'FORBIDDEN', moderator: 'ok', owner: 'ok' },
    { alone: true },
  ),
  'reaction:set': inRoom(({ room, seq }) => ({ roomId: room, seq, key: '👍', on: true }), all),
  'pin:set': inRoom(({ room, seq }) => ({ roomId: room, seq, on: true }), {
    member: 'FORBIDDEN',
    moderator: 'ok',
    owner: 'ok',
  }),
  'read:set': inRoom(({ room, seq }) => ({ roomId: room, upTo: seq }), all),
  // Answered by the gateway, which knows of no room but those of the user: any other is the same to it.
  'typing:set': inRoom(({ room }) => ({ roomId: room, on: true }), all, { outside: 'NOT_MEMBER' }),
  'presence:subscribe': ofUser(() => ({ userIds: [people.outsider.userId] })),
  'presence:set': ofUser(() => ({ status: 'away' })),
}

async function ask(
  name: CommandName,
  { payload, read }: Row,
  stage: Stage,
  caller: Caller,
): Promise<Cell> {
  const socket = sockets[caller].timeout(5_000) as unknown as {
    emitWithAck: (name: string, payload: object) => Promise<Reply<never>>
  }
  const reply = await socket.emitWithAck(name, payload(stage, caller))
  if (!reply.ok) return reply.error.code
  return read === undefined ? 'ok' : read(reply.data, stage)
}

describe.each(['public', 'private'] as const)('in a %s room', (visibility) => {
  test.each(Object.entries(ROWS) as [CommandName, Row][])(
    '%s answers each caller as it should',
    async (name, row) => {
      let stage = await setStage(visibility)
      const got: Partial<Cells> = {}
      for (const caller of CALLERS) {
        const cell = await ask(name, row, stage, caller)
        Object.assign(got, { [caller]: cell })
        if (row.alone === true && cell === 'ok') stage = await setStage(visibility)
      }
      expect(got).toEqual(row.cells[visibility])
    },
  )
})

test('without a token, and with that of an API key, there is no socket', async () => {
  const refusalOf = async (token: string): Promise<unknown> => {
    const error: unknown = await cluster.connect({ token }).catch((cause: unknown) => cause)
    return error instanceof ConnectRefused ? (error.data as { code: string }).code : error
  }
  expect(await refusalOf('')).toBe('AUTH_REQUIRED')
  expect(await refusalOf(ROOT_API_KEY)).toBe('AUTH_INVALID')
  const { token } = (await cluster.rest('POST', '/v1/api-keys', {
    user: { token: ROOT_API_KEY },
    body: { name: 'One', scopes: ['rooms:read'] },
  })) as { token: string }
  expect(await refusalOf(token)).toBe('AUTH_INVALID')
})
