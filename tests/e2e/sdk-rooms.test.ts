import { createChat, type Chat } from '@parley/client'
import type { Event, Room } from '@parley/message-schema'
import { eventually, startTestCluster, type TestCluster, type TestUser } from '@parley/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({
    env: { gateway: { SENDS_PER_SECOND: '1000', SEND_BURST: '1000' } },
  })
})
afterAll(() => cluster.stop())

const chats: Chat[] = []
afterEach(async () => {
  await Promise.all(chats.splice(0).map((chat) => chat.close(0)))
})

type Transports = ('websocket' | 'polling' | 'http')[]

async function open(user: TestUser, transports: Transports = ['websocket']): Promise<Chat> {
  const chat = createChat({ url: cluster.url, token: user.token, tabs: 'own', transports })
  chats.push(chat)
  await eventually(() => {
    expect(chat.connection.state.current.status).toBe('live')
    expect(chat.rooms.list.current.status).toBe('ready')
  })
  return chat
}

/** The same numbers for the same seed, from 0 to below `n`. */
function dice(seed: number): (n: number) => number {
  let state = seed
  return (n) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * n)
  }
}

const shownOf = (room: Room) => ({
  id: room.id,
  name: room.name,
  head: room.head,
  lastMsgNo: room.lastMsgNo,
  memberCount: room.memberCount,
  role: room.me?.role,
  permissions: room.me?.permissions,
  unread: room.me?.unread,
  mentions: room.me?.mentions,
})

/** The list and its counts are what `GET /v1/rooms` says. */
async function expectTruth(chat: Chat, user: TestUser): Promise<void> {
  const rooms = async (): Promise<Room[]> => {
    const { data } = (await cluster.rest('GET', '/v1/rooms?limit=200', { user })) as {
      data: Room[]
    }
    return data
  }
  await eventually(
    async () => {
      const truth = (await rooms()).toSorted((one, other) => (one.id < other.id ? -1 : 1))
      const items = chat.rooms.list.current.rooms
      const shown = items.map(({ info }) => info).toSorted((a, b) => (a.id < b.id ? -1 : 1))
      expect(shown.map(shownOf)).toEqual(truth.map(shownOf))
      const sum = (of: 'unread' | 'mentions') =>
        truth.reduce((all, { me }) => all + (me?.[of] ?? 0), 0)
      expect(chat.rooms.unread.current).toMatchObject({
        messages: sum('unread'),
        mentions: sum('mentions'),
      })
      const times = items.map(({ activeAt }) => activeAt)
      expect(times).toEqual(times.toSorted((one, other) => other - one))
    },
    { timeoutMs: 15_000, everyMs: 200 },
  )
}

async function people() {
  const [ada, bob] = [await cluster.register(), await cluster.register()]
  const rooms: string[] = []
  for (let n = 0; n < 4; n += 1) {
    rooms.push(await cluster.createRoom([ada, bob], { name: `room ${n}` }))
  }
  return { ada, bob, rooms }
}

/** What one person does at random; some of it is refused, and that is no matter. */
async function act(chat: Chat, rooms: string[], other: TestUser, roll: (n: number) => number) {
  const roomId = rooms[roll(rooms.length)] ?? ''
  const room = chat.rooms.get(roomId)
  const seq = 1 + roll(room.info.current?.head ?? 1)
  const kind = roll(20)
  if (kind < 10) {
    const clientMsgId = crypto.randomUUID()
    const mentions = kind < 3 ? [other.userId] : []
    const all = kind === 3 ? { mentionAll: 'here' as const } : {}
    const payload = { roomId, clientMsgId, text: `message ${kind}`, mentions, ...all }
    await chat.connection.request('message:send', payload)
  } else if (kind < 12) {
    const clientMsgId = crypto.randomUUID()
    await chat.connection.request('message:delete', { roomId, seq, clientMsgId })
  } else if (kind < 15) room.reading.markRead(kind === 12 ? undefined : seq)
  else if (kind === 15) await room.reading.markUnread(seq)
  else if (kind === 16) await room.update({ name: `named ${seq}` })
  else if (kind === 17) await room.leave()
  else if (kind === 18) await chat.rooms.join(roomId)
  else {
    const made = await chat.rooms.create({ name: `made ${seq}`, visibility: 'public' })
    rooms.push(made.id)
  }
}

test.each<[string, Transports]>([
  ['a socket', ['websocket']],
  ['plain HTTP', ['http']],
])(
  'after what two people do at random, over %s, lists and counts are those of the server',
  async (_way, transports) => {
    const { ada, bob, rooms } = await people()
    const [hers, his] = [await open(ada, transports), await open(bob)]
    const roll = dice(7)
    for (let step = 0; step < 100; step += 1) {
      const acts = [act(hers, rooms, bob, roll), act(his, rooms, ada, roll)]
      await Promise.allSettled(acts)
    }
    await expectTruth(hers, ada)
    await expectTruth(his, bob)
  },
)

test('what happened while away is in the list and in the counts when the chat is live again', async () => {
  const { ada, bob, rooms } = await people()
  const [hers, his] = [await open(ada), await open(bob)]
  const events: Event[] = []
  const [first = ''] = rooms
  const room = hers.rooms.get(first)
  const from = room.info.current?.head ?? 0
  room.onEvent((event) => events.push(event))
  const roll = dice(11)
  for (let round = 0; round < 3; round += 1) {
    hers.connection.disconnect()
    for (let step = 0; step < 25; step += 1) await act(his, rooms, ada, roll).catch(() => undefined)
    // On another device she reads, leaves one room and comes into another one.
    const upTo = his.rooms.get(first).info.current?.head ?? 0
    const path = `/v1/rooms/${first}/read`
    await cluster.rest('PUT', path, { user: ada, body: { upTo: Math.max(0, upTo - round) } })
    await cluster.leave(ada, rooms[round + 1] ?? '')
    await cluster.join(ada, await cluster.createRoom([bob], { name: `while away ${round}` }))
    hers.connection.connect()
    await eventually(() => expect(hers.connection.state.current.status).toBe('live'))
    await expectTruth(hers, ada)
  }
  const seqs = events.map(({ seq }) => seq)
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => from + 1 + n))
  expect(seqs.at(-1)).toBe(room.info.current?.head)
})

test('reading on one device is read on the other, and marking unread too', async () => {
  const { ada, bob, rooms } = await people()
  const [phone, laptop, his] = [await open(ada), await open(ada), await open(bob)]
  const [roomId = ''] = rooms
  let last = 0
  for (let n = 0; n < 3; n += 1) {
    const clientMsgId = crypto.randomUUID()
    const text = `hello ${n}`
    last = (await his.connection.request('message:send', { roomId, clientMsgId, text })).seq
  }
  const [mine, other] = [phone.rooms.get(roomId).reading, laptop.rooms.get(roomId).reading]
  await eventually(() => expect(other.mine.current.unread).toBe(3))
  await eventually(() => expect(mine.mine.current.unread).toBe(3))
  const seen = his.rooms.get(roomId)
  const close = seen.open()
  mine.markRead()
  expect(mine.mine.current).toEqual({ readSeq: last, unread: 0, mentions: 0 })
  await eventually(() => expect(other.mine.current).toEqual(mine.mine.current))
  await eventually(() => expect(seen.reading.others.current.get(ada.userId)).toBe(last))
  await other.markUnread(last)
  expect(other.mine.current).toEqual({ readSeq: last - 1, unread: 1, mentions: 0 })
  await eventually(() => expect(mine.mine.current).toEqual(other.mine.current))
  const item = phone.rooms.list.current.rooms[0]
  expect(item?.latest).toMatchObject({ seq: last, senderId: bob.userId, text: 'hello 2' })
  close()
})
